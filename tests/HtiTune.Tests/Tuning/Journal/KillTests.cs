using HtiTune.Benchmarks.Resume;
using HtiTune.Journal;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>Real processes, really killed.</summary>
public class KillTests
{
    [Fact]
    public void Killed_at_random_moments_a_study_ends_as_the_undisturbed_one()
    {
        using var folder = new TemporaryFolder();
        var counts = KillRounds.Run(10, 1, Path.GetDirectoryName(folder.File("x"))!, _ => { });
        Assert.Equal(10, counts.Kills);
        Assert.Equal((0, 0), (counts.Lost, counts.Different));
    }

    [Fact]
    public void A_study_at_work_in_another_process_is_not_opened_until_that_one_is_gone()
    {
        using var folder = new TemporaryFolder();
        var study = folder.File("study");
        using var child = KillRounds.Start(study, 100_000);
        try
        {
            // It has written that it begins a training that never ends.
            while (!StudyJournal.Exists(study) || StudyJournal.Read(study).Events[^1] is not TrainingProposed { IsStarted: true })
            {
                Assert.False(child.WaitForExit(20), "the child process ended early");
            }

            var error = Assert.Throws<StudyInUseException>(() => ResumeStudy.Open(study, new ResumeStudy.NotedNetwork(folder.File("notes"), 0)));
            Assert.Contains("is open in another process or tuner", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }

        using var tuner = ResumeStudy.Open(study, new ResumeStudy.NotedNetwork(folder.File("notes"), 0));
        Assert.Single(StudyJournal.Read(study).Events.OfType<TrainingProposed>(), e => e.IsStarted);
        Assert.NotEmpty(ResumeStudy.Program(tuner));
    }
}

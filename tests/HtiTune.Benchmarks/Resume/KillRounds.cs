using System.Diagnostics;
using System.Globalization;
using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Benchmarks.Resume;

/// <summary>What came of killing processes: all counts but the first two should be 0.</summary>
/// <param name="Kills">Processes that were killed at work.</param>
/// <param name="Studies">Studies that were then brought to their end and compared.</param>
/// <param name="Torn">Journals whose last line was torn by a kill.</param>
/// <param name="Kept">Completed trainings that the journals held at the kills.</param>
/// <param name="Lost">Completed trainings that were made again.</param>
/// <param name="Different">Studies that ended otherwise than the undisturbed one, or proposed otherwise.</param>
internal sealed record KillCounts(int Kills, int Studies, int Torn, int Kept, int Lost, int Different);

/// <summary>Kills a process that runs a study, at random moments, again and again until the study has ended; then compares it.</summary>
internal static class KillRounds
{
    // Of one training in a child process.
    private const int Milliseconds = 20;

    // Of one study: more would mostly hit one that is all but done.
    private const int MostKills = 3;

    /// <summary>Kills at least so many processes.</summary>
    /// <param name="kills">Number of kills.</param>
    /// <param name="seed">Seed of the moments.</param>
    /// <param name="root">An empty folder for the studies.</param>
    /// <param name="log">Takes a line for each study.</param>
    /// <param name="workers">
    /// Trainings at the same time. With several, which ends first is left to chance, so a study differs when its own replay does not come to
    /// its proposals.
    /// </param>
    internal static KillCounts Run(int kills, long seed, string root, Action<string> log, int workers = 1)
    {
        var random = new RandomStreams(seed).Stream("moments");
        string undisturbed;
        using (var tuner = ResumeStudy.InMemory(new ResumeStudy.NotedNetwork(Path.Combine(root, "undisturbed.txt"), 0), workers))
        {
            undisturbed = ResumeStudy.Program(tuner);
        }

        var whole = Path.Combine(root, "whole");
        var span = TimeToEnd(whole, workers);
        var proposals = Proposals(StudyJournal.Read(whole));
        var counts = new KillCounts(0, 0, 0, 0, 0, 0);
        while (counts.Kills < kills)
        {
            var folder = Path.Combine(root, counts.Studies.ToString("000", CultureInfo.InvariantCulture));
            var before = counts.Kills;
            while (counts.Kills < Math.Min(kills, before + MostKills) && KillOne(folder, random.NextDouble() * span, workers))
            {
                counts = Count(counts with { Kills = counts.Kills + 1 }, folder, out _);
            }

            counts = Compare(counts, folder, undisturbed, proposals, workers);
            log($"study {counts.Studies}: {counts.Kills - before} kills");
        }

        return counts;
    }

    /// <summary>A child process at work on a study, past its start.</summary>
    internal static Process Start(string folder, int milliseconds, int workers = 1)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(host) { RedirectStandardOutput = true };
        foreach (var argument in (string[])
            [typeof(KillRounds).Assembly.Location, "resume-child", folder, folder + ".txt", milliseconds.ToString(CultureInfo.InvariantCulture), workers.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        var child = Process.Start(start)!;
        return child.StandardOutput.ReadLine() == ResumeStudy.Ready
            ? child
            : throw new InvalidOperationException($"The child process did not start (exit code {(child.WaitForExit(5000) ? child.ExitCode : -1)}).");
    }

    private static double TimeToEnd(string folder, int workers)
    {
        using var child = Start(folder, Milliseconds, workers);
        var started = TimeProvider.System.GetTimestamp();
        child.WaitForExit();
        return child.ExitCode == 0
            ? TimeProvider.System.GetElapsedTime(started).TotalMilliseconds
            : throw new InvalidOperationException($"The undisturbed child process ended with {child.ExitCode}.");
    }


    /// <summary>Whether the process was killed before it had ended.</summary>
    private static bool KillOne(string folder, double after, int workers)
    {
        using var child = Start(folder, Milliseconds, workers);
        if (child.WaitForExit(TimeSpan.FromMilliseconds(after)))
        {
            return child.ExitCode == 0 ? false : throw new InvalidOperationException($"The child process in {folder} ended with {child.ExitCode}.");
        }

        child.Kill();
        child.WaitForExit();
        return true;
    }

    /// <summary>Counts what a journal holds after a kill, and checks that each completed training was begun once since it was completed.</summary>
    private static KillCounts Count(KillCounts counts, string folder, out StudyJournal? journal)
    {
        journal = StudyJournal.Exists(folder) ? StudyJournal.Read(folder) : null;
        if (journal is null)
        {
            return counts;
        }

        // Each line of the notes is a training that was begun. One that completed was begun once for each time that the journal says so,
        // the started lines of kills included, and never after its completion.
        var begun = File.Exists(folder + ".txt")
            ? File.ReadLines(folder + ".txt").Select(line => line.Split(' ')[0]).GroupBy(l => l).ToDictionary(g => g.Key, g => g.Count()) : [];
        var completed = journal.Completed;
        var lost = 0;
        foreach (var training in completed)
        {
            var starts = journal.Events.OfType<TrainingProposed>().Count(s => s.IsStarted && s.Number == training.Number && s.Sequence < training.Sequence);
            if (begun.GetValueOrDefault(training.Lambda.ToString("R", CultureInfo.InvariantCulture)) > starts
                || completed.Count(other => other.Number == training.Number) > 1
                || journal.Events.OfType<TrainingProposed>().Any(s => s.IsStarted && s.Number == training.Number && s.Sequence > training.Sequence))
            {
                lost++;
            }
        }

        return counts with { Torn = counts.Torn + (journal.Torn is null ? 0 : 1), Kept = counts.Kept + completed.Count, Lost = counts.Lost + lost };
    }

    private static KillCounts Compare(KillCounts counts, string folder, string undisturbed, List<TrainingRequest> proposals, int workers)
    {
        string result;
        using (var tuner = ResumeStudy.Open(folder, new ResumeStudy.NotedNetwork(folder + ".txt", 0), workers))
        {
            result = ResumeStudy.Program(tuner);
        }

        var kept = counts.Kept;
        var torn = counts.Torn;
        counts = Count(counts, folder, out var journal);
        var isSame = ResumeStudy.Replay(journal!).SequenceEqual(Proposals(journal!))
            && (workers > 1 || result == undisturbed && Proposals(journal!).SequenceEqual(proposals));
        return counts with { Studies = counts.Studies + 1, Kept = kept, Torn = torn, Different = counts.Different + (isSame ? 0 : 1) };
    }

    private static List<TrainingRequest> Proposals(StudyJournal journal) => [.. journal.Runs.SelectMany(run => run.Proposals)];
}

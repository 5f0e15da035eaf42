using HtiTune.Data;
using HtiTune.Hosting;
using HtiTune.Journal;

namespace HtiTune.Server.Tests.Services;

/// <summary>A hosted study has a journal as one in a folder has: its runs, its trainings with what they answered, and proposals that are computed afresh.</summary>
public sealed class HostedJournalTests : IDisposable
{
    private const string Tenant = "team";
    private static readonly StudyDefinition s_definition = new()
    {
        Name = "two runs", Minimum = 1, Maximum = 8, Scale = "log", Objective = "mean(y0)", Rows = 5, Columns = ["y0"], MaxTrainings = 4, Seed = 5, UseSurrogate = false,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-journal").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_journal_of_a_hosted_study_tells_its_runs_and_repeats_their_proposals()
    {
        await using var host = await ServiceHost.StartAsync(Path.Combine(_folder, "studies.db"));
        var id = (await host.Studies.CreateAsync(Tenant, s_definition)).Id;
        await TrainAsync(host, id);
        await host.Studies.PreferAsync(Tenant, id, "max(y0) - 0.5 * min(y0)", Goal.Minimize, 3);
        await TrainAsync(host, id);

        var journal = await host.Studies.JournalAsync(Tenant, id);
        var trials = await host.Studies.TrialsAsync(Tenant, id);
        Assert.Equal(trials.Select(trial => (trial.Number, trial.Lambda)), journal.Completed.Select(training => (training.Number, training.Lambda)));
        Assert.All(journal.Completed, training => Assert.True(journal.LoadOutputs(training).SameAs(Outputs(training.Lambda))));
        Assert.Equal(trials.Count, journal.LoadAnchors().Count);
        Assert.Equal(["mean(y0)", "max(y0) - 0.5 * min(y0)"], journal.Runs.Select(run => run.Began.Objective));
        Assert.Equal((await host.Studies.GetAsync(Tenant, id)).Result!.Configuration, journal.Runs[^1].End!.Configuration);
        Assert.Equal(journal.Runs[^1].Began.Warm, journal.Runs[0].Proposals.Select(proposal => proposal.Number));
        Assert.All(journal.Runs, run => Assert.NotNull(run.End));
        var modelled = journal.Runs[0].Proposals.Count(proposal => proposal.ExpectedGain is not null);
        Assert.True(modelled > 0);
        Assert.Equal(Proposed(journal.Runs[0].Proposals), Proposed(journal.Replay(0, model => Values(model).Average(value => (double)value))));
        Assert.Equal(Proposed(journal.Runs[1].Proposals), Proposed(journal.Replay(1, model => Values(model).Max(value => (double)value) - 0.5 * Values(model).Min(value => (double)value))));
        await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.JournalAsync("another team", id));
    }

    [Fact]
    public async Task A_hosted_study_that_is_copied_to_a_folder_goes_on_there_as_it_does_in_the_service()
    {
        await using var host = await ServiceHost.StartAsync(Path.Combine(_folder, "studies.db"));
        var definition = s_definition with { MaxTrainings = 7 };
        var id = (await host.Studies.CreateAsync(Tenant, definition)).Id;
        await TrainAsync(host, id, 4);
        var task = await host.ClaimAsync(Tenant, id);
        var folder = Path.Combine(_folder, "study");
        (await host.Studies.JournalAsync(Tenant, id)).CopyTo(folder);
        await host.Studies.TellAsync(Tenant, task.Attempt, new WorkResult { Lease = task.Lease, Outputs = Outputs(task.Lambda) });
        await TrainAsync(host, id);

        using var tuner = Tuner.Resume(folder, new Network());
        Assert.Equal(4, tuner.TrainingsMade);
        var result = tuner.Optimize(model => Values(model).Average(value => (double)value), 7);
        var trials = await host.Studies.TrialsAsync(Tenant, id);
        Assert.Equal(trials.Select(trial => (trial.Number, trial.Lambda, trial.Value)), result.Trials.Select(trial => (trial.Number, trial.Lambda, trial.Value)));
        Assert.Equal((await host.Studies.GetAsync(Tenant, id)).Result!.Configuration, result.Configuration);
        Assert.Single(StudyJournal.Read(folder).Runs);
        Assert.Throws<IOException>(() => StudyJournal.Read(folder).CopyTo(folder));
    }

    private static IEnumerable<(int, double, string)> Proposed(IEnumerable<TrainingRequest> proposals) => proposals.Select(one => (one.Number, one.Lambda, one.Reason));

    private static float[] Values(IConditionalModel model) => model.Sample(Contexts.None(5)).Outputs.Values.ToArray();

    private static Matrix Outputs(double x) => Matrix.Create(5, 1, (i, row) => row[0] = (float)(1.5 + 0.25 * (x - 4) * (x - 4) + 0.1 * x * (i - 2)));

    private static async Task TrainAsync(ServiceHost host, Guid id, int most = int.MaxValue)
    {
        while (most > 0 && (await host.Studies.GetAsync(Tenant, id)).State == StudyState.Active)
        {
            if (await host.Studies.ClaimAsync(Tenant, new WorkRequest("w", Study: id)) is { } task)
            {
                await host.Studies.TellAsync(Tenant, task.Attempt, new WorkResult { Lease = task.Lease, Outputs = Outputs(task.Lambda) });
                most--;
            }
        }
    }

    private sealed class Network : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => new Trained(request.Lambda);
    }

    private sealed class Trained(double lambda) : ITrainedNetwork
    {
        public int? Rows => 5;

        public Matrix Answer(Contexts contexts, long seed) => Outputs(lambda);

        public void Dispose()
        {
        }
    }
}

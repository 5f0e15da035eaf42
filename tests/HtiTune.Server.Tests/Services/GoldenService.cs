using System.Text.Json.Nodes;
using HtiTune.Data;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests.Services;

/// <summary>Studies of the service whose events are kept as a fixture. Hands of the test's own train, in an order that is always the same.</summary>
/// <param name="Definition">What is studied; its name is the study's key.</param>
internal sealed record GoldenService(StudyDefinition Definition)
{
    private const string Tenant = "golden";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    private static readonly StudyDefinition s_outputs = new()
    {
        Name = "", Minimum = 1, Maximum = 8, Scale = "log", Objective = "mean(abs(y0 - 3))", Rows = 7, Columns = ["y0"], MaxTrainings = 6, Seed = 5, MaxAttempts = 1,
    };

    private static readonly StudyDefinition s_space = s_outputs with { Minimum = null, Maximum = null, Scale = "linear" };

    /// <summary>The eight kinds; what the service's definitions cannot say yet is not among them.</summary>
    public static IReadOnlyList<GoldenService> All { get; } =
    [
        new(s_outputs with { Name = "plain", UseSurrogate = false }),
        new(s_outputs with { Name = "surrogate" }),
        new(s_outputs with { Name = "noise", Objective = "value", MaxTrainings = 9 }) { Noise = 0.4 },
        new(s_outputs with { Name = "parallel", UseSurrogate = false, Parallelism = 3, MaxTrainings = 8 }),
        new(s_outputs with { Name = "preferences", MaxTrainings = 5 }) { Preferences = [("max(y0)", 0), ("mean(y0 * y0)", 2)] },
        new(s_outputs with { Name = "reported", Objective = "value", MaxTrainings = 8 }),
        new(s_outputs with { Name = "failures", UseSurrogate = false, MaxTrainings = 8, Goal = Goal.Maximize, Objective = "-mean(abs(y0 - 3))" })
        {
            Fails = lambda => lambda is 8 or > 2 and < 2.5,
        },
        new(s_outputs with { Name = "wide", UseSurrogate = false, Epsilon = 2, Delta = 0.2, Scale = "linear", MaxTrainings = 10 }),
    ];

    /// <summary>Two over spaces: outputs of two hyperparameters, and reported numbers of three, two trainings at a time.</summary>
    public static IReadOnlyList<GoldenService> Spaces { get; } =
    [
        new(s_space with { Name = "space", Hyperparameters = ["rate=1..8:log", "width=1..5:int"], MaxTrainings = 8 }),
        new(s_space with { Name = "space of values", Objective = "value", Hyperparameters = ["rate=1..8:log", "width=1..5:int", "act=relu,gelu"], Parallelism = 2, MaxTrainings = 10 }),
    ];

    /// <summary>Standard deviation of the noise that a training's λ brings.</summary>
    public double Noise { get; init; }

    /// <summary>Whether a training at λ fails.</summary>
    public Func<double, bool> Fails { get; init; } = _ => false;

    /// <summary>Other objectives that are asked in the end, with so many trainings each.</summary>
    public IReadOnlyList<(string Objective, int Trainings)> Preferences { get; init; } = [];

    /// <summary>Begins the study, or takes it up, and trains; with a limit it stops before so many trainings were told.</summary>
    public async Task RunAsync(ServiceHost host, int limit = int.MaxValue)
    {
        var studies = await host.Studies.ListAsync(Tenant, new StudyQuery());
        var id = studies.FirstOrDefault(study => study.Definition.Name == Definition.Name)?.Id ?? (await host.Studies.CreateAsync(Tenant, Definition)).Id;
        if (!await TrainAsync(host, id, limit))
        {
            return;
        }

        // The first is the study's own.
        var answered = (await host.Studies.PreferencesAsync(Tenant, id)).Count;
        foreach (var (objective, trainings) in Preferences.Skip(answered - 1))
        {
            await host.Studies.PreferAsync(Tenant, id, objective, Goal.Minimize, trainings);
            await TrainAsync(host, id, int.MaxValue);
        }
    }

    /// <summary>The tuner's events without what differs from one program to the next; nothing is rounded.</summary>
    public async Task<IReadOnlyList<string>> LinesAsync(ServiceHost host)
    {
        var id = (await host.Studies.ListAsync(Tenant, new StudyQuery())).Single(study => study.Definition.Name == Definition.Name).Id;
        string[] kinds = [StudyEventKind.RunBegan, StudyEventKind.Asked, StudyEventKind.Told, StudyEventKind.ToldFailed, StudyEventKind.RunEnded, StudyEventKind.Preference];
        return [.. (await host.Store.EventsAsync(id, 0, 1000, CancellationToken.None)).Where(row => kinds.Contains(row.Kind)).Select(row => Line(row))];
    }

    /// <summary>Trains at whatever a study asks for, with a number for each λ, until it wants no more.</summary>
    public static async Task TellAllAsync(ServiceHost host, string tenant, Guid id, Func<double, double> value)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while ((await host.Studies.GetAsync(tenant, id, patience.Token)).State == StudyState.Active)
        {
            if (await host.Studies.ClaimAsync(tenant, new WorkRequest("all", 0, id), patience.Token) is { } claimed)
            {
                await host.Studies.TellAsync(tenant, claimed.Attempt, new WorkResult { Lease = claimed.Lease, Value = value(claimed.Lambda) }, cancellation: patience.Token);
            }
            else
            {
                await Task.Delay(20, patience.Token);
            }
        }
    }

    private string Line(StudyEvent row)
    {
        var data = JsonNode.Parse(row.Data)!.AsObject();
        data.Remove("createdAt");
        return new JsonObject { ["study"] = Definition.Name, ["kind"] = row.Kind, ["data"] = data.DeepClone() }.ToJsonString();
    }

    // The middle one of those that are in hand is told first. False where the limit was reached.
    private async Task<bool> TrainAsync(ServiceHost host, Guid id, int limit)
    {
        var held = new SortedDictionary<int, ClaimedAttempt>();
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            // What was told is taken by the tuner first, so that all that it wants now can be claimed.
            var open = await OpenAsync(host, id, held.Count, patience.Token);
            if (open is null)
            {
                return true;
            }

            if (Count(await host.Store.EventsAsync(id, 0, 1000, patience.Token), StudyEventKind.Told, StudyEventKind.ToldFailed) >= limit)
            {
                // What is in hand is given back, which costs no attempt.
                foreach (var claimed in held.Values)
                {
                    await host.Studies.TellAsync(Tenant, claimed.Attempt, new WorkResult { Lease = claimed.Lease, State = AttemptState.Preempted }, cancellation: patience.Token);
                }

                return false;
            }

            for (var hand = 0; held.Count < open; hand++)
            {
                if (await host.Studies.ClaimAsync(Tenant, new WorkRequest(Definition.Name, hand % 3, id), patience.Token) is { } claimed)
                {
                    held[claimed.Trial] = claimed;
                }
                else
                {
                    await Task.Delay(20, patience.Token);
                }
            }

            var next = held.Values.ElementAt(held.Count / 2);
            held.Remove(next.Trial);
            await host.Studies.TellAsync(Tenant, next.Attempt, Result(next.Configuration) with { Lease = next.Lease }, cancellation: patience.Token);
        }
    }

    // Trainings that the tuner wants now, once it has taken all that was told; null where it wants none any more.
    private static async Task<int?> OpenAsync(ServiceHost host, Guid id, int held, CancellationToken cancellation)
    {
        while (true)
        {
            var study = await host.Studies.GetAsync(Tenant, id, cancellation);
            var attempts = await host.Studies.AttemptsAsync(Tenant, id, cancellation: cancellation);
            var events = await host.Store.EventsAsync(id, 0, 1000, cancellation);
            var told = Count(events, StudyEventKind.Told, StudyEventKind.ToldFailed);
            var open = Count(events, StudyEventKind.Asked) - told;
            if (attempts.Count(attempt => attempt.State is AttemptState.Done or AttemptState.Failed) == told)
            {
                if (study.State is not StudyState.Active)
                {
                    return null;
                }

                if (open > 0 && open >= held)
                {
                    return open;
                }
            }

            await Task.Delay(20, cancellation);
        }
    }

    private static int Count(IReadOnlyList<StudyEvent> events, params string[] kinds) => events.Count(row => kinds.Contains(row.Kind));

    private WorkResult Result(Configuration at)
    {
        var x = at.Count == 1 ? at.Lambda : at["rate"] + 0.25 * (at["width"] - 3) + (at.TryGet("act", out var act) && act.Word == "gelu" ? 0.5 : 0);
        if (Fails(x))
        {
            return new WorkResult { State = AttemptState.Failed, Reason = "the training broke" };
        }

        var middle = 1.5 + 0.25 * (x - 4) * (x - 4) - 0.03125 * (x - 1) * (x - 4) * (x - 7);
        if (Definition.Objective != "value")
        {
            return new WorkResult { Outputs = Matrix.Create(Definition.Rows, 1, (i, row) => row[0] = (float)(middle + (0.25 + 0.125 * x) * (i - 3) / 2)) };
        }

        return new WorkResult { Value = middle + (Noise == 0 ? 0 : Noise * new RandomStreams((long)(1e6 * x)).Stream("noise").NextNormal()) };
    }
}

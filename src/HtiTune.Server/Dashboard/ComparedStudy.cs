using HtiTune.Server.Dashboard.Charts;

namespace HtiTune.Server.Dashboard;

/// <summary>A study beside others: all of its newest preference.</summary>
/// <param name="Study">The study.</param>
/// <param name="Asked">What is shown of it.</param>
/// <param name="History">The chart of its trainings; empty where there is none.</param>
internal sealed record ComparedStudy(StudyView Study, AskedVersion Asked, string History)
{
    internal string Objective => Asked.Asked?.Objective ?? Study.Definition.Objective;

    private Goal Goal => Asked.Asked?.Goal ?? Study.Definition.Goal;

    /// <summary>A row of a comparison.</summary>
    /// <param name="Name">What it tells.</param>
    /// <param name="Values">Of each study.</param>
    internal sealed record Fact(string Name, IReadOnlyList<string> Values)
    {
        internal bool IsDifferent => Values.Distinct(StringComparer.Ordinal).Skip(1).Any();
    }

    internal static async Task<ComparedStudy> ReadAsync(IStudyService service, string? tenant, Guid id, CancellationToken cancellation)
    {
        var study = await service.GetAsync(tenant, id, cancellation).ConfigureAwait(false);
        var trials = await service.TrialsAsync(tenant, id, cancellation).ConfigureAwait(false);
        var asked = await AskedVersion.ReadAsync(service, tenant, study, trials, null, cancellation).ConfigureAwait(false);
        return new ComparedStudy(study, asked, StudyCharts.History(asked.Trials, study.Definition.ToSpace(), asked.Asked?.Goal ?? study.Definition.Goal));
    }

    /// <summary>What is compared, a row each.</summary>
    internal static IReadOnlyList<Fact> Facts(IReadOnlyList<ComparedStudy> studies)
    {
        return
        [
            Row("state", one => Say.State(one.Study.State)),
            Row("objective", one => one.Objective),
            Row("best is", one => "the " + Say.Goal(one.Goal)),
            Row("tuned", one => string.Join("; ", one.Study.Definition.Hyperparameters ?? [$"{one.Study.Definition.Hyperparameter} from {Say.Number(one.Study.Definition.Minimum)} to {Say.Number(one.Study.Definition.Maximum)}, {one.Study.Definition.Scale}"])),
            Row("best at", one => one.Asked.Result?.Configuration is { } answer ? Say.At(answer) : one.Asked.Lambda is { } lambda ? Say.Number(lambda) : Say.At(one.Study.Configuration)),
            Row("best value", one => Say.Number(one.Asked.BestValue)),
            Row("certificate", one => Say.Claim(one.Asked.Result).Head),
            Row("why it ended", one => one.Asked.Result is { } result ? Say.Stop(result.StopReason) : "–"),
            Row("trainings", one => $"{one.Study.TrainingsUsed} of {one.Study.Definition.MaxTrainings}"),
            Row("failed", one => $"{one.Asked.Trials.Count(trial => trial.Status == TrialStatus.Failed)}"),
            Row("trained by", one => one.Study.Definition.Network ?? "outside workers"),
            Row("queue", one => one.Study.Definition.Queue),
            Row("seed", one => $"{one.Study.Definition.Seed}"),
            Row("tenant", one => one.Study.Tenant),
            Row("begun", one => Say.Time(one.Study.CreatedAt)),
            Row("took", one => one.Study.EndedAt is { } ended ? Say.Span(ended - one.Study.CreatedAt) : "–"),
        ];

        Fact Row(string name, Func<ComparedStudy, string> value) => new(name, [.. studies.Select(value)]);
    }
}

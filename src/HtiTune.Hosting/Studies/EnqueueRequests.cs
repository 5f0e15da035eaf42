namespace HtiTune.Hosting;

/// <summary>Configurations of a user's own choice: trained next, or taken out again.</summary>
internal sealed class EnqueueRequests(TenantFinder finder, StudyEngine engine, NetworkRegistry registry, IWakeUps wakeUps)
{
    public async Task<EnqueuedLambdas> EnqueueAsync(string? tenant, Guid study, IReadOnlyList<double> lambdas, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(lambdas);
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        var problem = StudyProblem.Of(row, registry);
        return problem.Space.IsLine
            ? (await GrantedAsync(tenant, study, StudyWish.Of(lambdas, problem.Hyperparameter), cancellation).ConfigureAwait(false)).Enqueued!
            : throw new StudyServiceException(StudyServiceError.Invalid, $"lambdas are given, and the study tunes {problem.Space.Label}; expected configurations, each an object of names and values.");
    }

    public async Task<EnqueuedLambdas> EnqueueAsync(string? tenant, Guid study, IReadOnlyList<Configuration> configurations, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(configurations);
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        var space = StudyProblem.Of(row, registry).Space;
        return (await GrantedAsync(tenant, study, StudyWish.Of(configurations, space), cancellation).ConfigureAwait(false)).Enqueued!;
    }

    public async Task<IReadOnlyList<Configuration>> ClearAsync(string? tenant, Guid study, CancellationToken cancellation)
    {
        await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        return (await GrantedAsync(tenant, study, new StudyWish(null), cancellation).ConfigureAwait(false)).Cleared!;
    }

    private async Task<StudyWish> GrantedAsync(string? tenant, Guid study, StudyWish wish, CancellationToken cancellation)
    {
        await engine.AdvanceAsync(study, wish, cancellation).ConfigureAwait(false);
        if (wish is { Enqueued: null, Cleared: null })
        {
            if (wish.Fault is { } fault)
            {
                throw new StudyServiceException(StudyServiceError.Conflict, $"Nothing was changed: {fault.Message.ReplaceLineEndings(" ")} Expected a study whose tuner can go on; resume it when the cause is gone.");
            }

            var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
            throw new StudyServiceException(StudyServiceError.Conflict, $"The study is {StudyJson.Word(row.State)}{(row.Reason is { } why ? $" ({why})" : "")}; expected active or paused, so that a training can follow.");
        }

        wakeUps.Outbox();
        return wish;
    }
}

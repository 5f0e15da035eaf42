using HtiTune.Surrogates;

namespace HtiTune.Hosting;

/// <summary>What a study's tuner and surrogate believe, for those who look at it.</summary>
internal sealed class StudyBeliefs(StudyStore store, TenantFinder finder, StudyEngine engine, NetworkRegistry registry, SurrogateCache surrogates, TimeProvider time)
{
    private const int PredictionLimit = 1000;

    /// <summary>What is believed about the objective over λ.</summary>
    public async Task<StudyCurve?> CurveAsync(string? tenant, Guid study, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        var problem = StudyProblem.Of(row, registry);
        _ = problem.Hyperparameter;
        RequireCurve(problem.Definition);
        if (row.Curve is { } hash)
        {
            return await store.BytesAsync(hash, cancellation).ConfigureAwait(false) is { } bytes ? StudyJson.Read<StudyCurve>(System.Text.Encoding.UTF8.GetString(bytes)) : null;
        }

        // What was waited for may have come meanwhile; and of a study that was cancelled before its first step nothing is believed.
        using var turn = await engine.TurnAsync(row, cancellation).ConfigureAwait(false);
        row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        return row.Curve is not null ? await CurveAsync(tenant, study, cancellation).ConfigureAwait(false)
            : row.State == StudyState.Cancelled && !problem.IsValue ? null
            : await engine.WithAsync(row, BeliefKeeper.CurveOf, cancellation).ConfigureAwait(false);
    }

    /// <summary>What is believed of the objective at some configurations.</summary>
    public async Task<StudyBelief?> PredictAsync(string? tenant, Guid study, IReadOnlyList<Configuration> configurations, bool importances, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(configurations);
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        var space = StudyProblem.Of(row, registry).Space;
        List<string> faults = [.. StudyProblem.FaultsOf(configurations, space.RangeFaultsOf)];
        if (configurations.Count > PredictionLimit)
        {
            faults.Insert(0, $"configurations has {configurations.Count} members; expected at most {PredictionLimit}");
        }

        StudyServiceException.ThrowIf(faults.Count > 0, StudyServiceError.Invalid, $"{string.Join("; ", faults)}.");

        return await WithBeliefAsync(row, belief => new StudyBelief(
            [.. configurations.Select(space.Ordered).Select(one => (One: one, At: belief.Predict(one))).Select(one => new PredictionAt(one.One, one.At.Mean, one.At.Low, one.At.High))],
            importances ? [.. belief.Importances.Select(one => new HyperparameterImportance(one.Name, one.First, one.Total))] : null), cancellation).ConfigureAwait(false);
    }

    /// <summary>What further trainings are expected to gain.</summary>
    public async Task<HtiTune.Diagnostics.BudgetOutlook?> OutlookAsync(string? tenant, Guid study, int trainings, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        StudyServiceException.ThrowIf(
            trainings is < 1 or > 100, StudyServiceError.Invalid, $"trainings is {trainings}; expected 1 to 100.");

        StudyServiceException.ThrowIf(!StudyJson.Read<StudyDefinition>(row.Definition).HasOneObjective,
            StudyServiceError.Conflict, "The study has constraints or a front, and what further trainings would gain is told of one objective alone; expected a study without.");

        return await WithBeliefAsync(row, belief => belief.Outlook(trainings), cancellation).ConfigureAwait(false);
    }

    /// <summary>Does something with the study as its trainings so far would end it; null before the first value.</summary>
    public async Task<T?> WithBeliefAsync<T>(StudyRow row, Func<TuningResult, T?> use, CancellationToken cancellation)
        where T : class
    {
        using var turn = await engine.TurnAsync(row, cancellation).ConfigureAwait(false);
        return await engine.WithAsync(row, loaded => loaded.Belief() is { } belief ? use(belief) : null, cancellation).ConfigureAwait(false);
    }

    /// <summary>The outputs at any λ.</summary>
    public async Task<Distribution?> DistributionAsync(string? tenant, Guid study, double lambda, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, study, cancellation).ConfigureAwait(false);
        var definition = StudyJson.Read<StudyDefinition>(row.Definition);
        var problem = new StudyProblem(definition, registry);
        RequireLambda(problem.Hyperparameter, lambda);
        if (problem.IsValue)
        {
            return null;
        }

        var trained = (await store.TrialsAsync(study, cancellation).ConfigureAwait(false)).Where(trial => trial.Samples is not null).OrderBy(trial => trial.EndOrder).ToList();
        if (trained.Find(trial => trial.Lambda == lambda) is { } own)
        {
            return Shown(DistributionKind.Trained, await store.OutputsAsync(own.Samples!, cancellation).ConfigureAwait(false));
        }

        if (row.SurrogateId is not { } id || await surrogates.FindAsync(row.Tenant, id, cancellation).ConfigureAwait(false) is not { } surrogate)
        {
            return null;
        }

        var isInside = lambda >= trained.Min(trial => trial.Lambda) && lambda <= trained.Max(trial => trial.Lambda);
        var contexts = problem.ContextsOf(await store.OutputsAsync(trained[0].Samples!, cancellation).ConfigureAwait(false));
        return Shown(isInside ? DistributionKind.Interpolated : DistributionKind.Extrapolated, surrogate.Sample(lambda, contexts).Samples.Outputs);

        Distribution Shown(DistributionKind kind, Matrix outputs) => new(
            lambda, kind, outputs, [.. Enumerable.Range(0, outputs.Columns).Select(j => definition.Columns is { } names && j < names.Count ? names[j] : $"y{j}")], row.Trust);
    }

    /// <summary>Samples a surrogate.</summary>
    public async ValueTask<Matrix> SampleAsync(string? tenant, Guid surrogate, double lambda, Matrix conditions, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        var found = await surrogates.FindAsync(tenant, surrogate, cancellation).ConfigureAwait(false);
        if (found is null && await store.FindAsync(surrogate, cancellation).ConfigureAwait(false) is { SurrogateId: { } newest } row && (tenant is null || row.Tenant == tenant))
        {
            found = await surrogates.FindAsync(tenant, newest, cancellation).ConfigureAwait(false);
        }

        StudyServiceException.ThrowIf(found is null, StudyServiceError.NotFound, "There is no such surrogate.");

        RequireLambda(found.Hyperparameter, lambda);
        StudyServiceException.ThrowIf(conditions.Columns != found.ConditionCount || conditions.Rows < 1,
            StudyServiceError.Invalid, $"conditions has {conditions.Rows} rows of {conditions.Columns} numbers; expected at least one row of {found.ConditionCount}.");

        return found.Sample(lambda, new Contexts(conditions)).Samples.Outputs;
    }

    /// <summary>The surrogate's file (.hti), or as ONNX.</summary>
    public async Task<byte[]> SurrogateFileAsync(string? tenant, Guid surrogate, bool onnx, CancellationToken cancellation)
    {
        var row = await store.FindSurrogateAsync(surrogate, cancellation).ConfigureAwait(false);
        if (row is null || tenant is not null && row.Tenant != tenant || await store.BytesAsync(row.Blob, cancellation).ConfigureAwait(false) is not { } bytes)
        {
            throw new StudyServiceException(StudyServiceError.NotFound, "There is no such surrogate.");
        }

        if (!onnx)
        {
            return bytes;
        }

        // What informs the tuner has no maps, and a file for others must do without its stored partners: it is fitted anew, with them.
        var study = await finder.RowAsync(tenant, row.StudyId, cancellation).ConfigureAwait(false);
        var definition = StudyJson.Read<StudyDefinition>(study.Definition);
        var problem = new StudyProblem(definition, registry);
        var journal = await StoredLog.ReadAsync(store, row.StudyId, problem, time, cancellation).ConfigureAwait(false);
        using var turn = await engine.TurnAsync(study, cancellation).ConfigureAwait(false);
        var loaded = await OffPool.RunAsync(true, () => TrajectorySurrogate.Fit(journal.LoadAnchors(), new TrajectoryOptions { Seed = definition.Seed }, null, cancellation)).ConfigureAwait(false);
        var file = Path.Combine(Path.GetTempPath(), $"htitune-{surrogate:N}-{Environment.ProcessId}-{time.GetTimestamp()}.onnx");
        try
        {
            loaded.ExportOnnx(file, loaded.Anchors[0]);
            return await File.ReadAllBytesAsync(file, cancellation).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void RequireCurve(StudyDefinition definition) => StudyServiceException.ThrowIf(
        !definition.HasCurve, StudyServiceError.Conflict,
        "The study has constraints or a front, and a curve tells of one objective alone; expected a study without, or a configuration to ask about (predict).");

    private static void RequireLambda(ContinuousHyperparameter hyperparameter, double lambda) => StudyServiceException.ThrowIf(
        !double.IsFinite(lambda) || !hyperparameter.Contains(lambda), StudyServiceError.Invalid,
        $"lambda is {lambda:R}; expected a number in [{hyperparameter.Minimum:R}, {hyperparameter.Maximum:R}].");
}

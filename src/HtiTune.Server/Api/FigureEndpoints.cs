using HtiTune.Plotting;
using HtiTune.Server.Dashboard;

namespace HtiTune.Server;

/// <summary>Figures of a study, drawn when they are asked for.</summary>
internal static class FigureEndpoints
{
    internal static void Map(RouteGroupBuilder api) =>
        MapFigure(api.MapGroup("/studies/{id:guid}"))
            .WithTags("Studies").RequireAuthorization(ApiEndpoints.Read)
            .WithSummary("A figure")
            .WithDescription("objective: what is believed over λ, with the trainings and the recommendation. history: what each training brought. distribution: how the outputs move with λ. slices, of several hyperparameters: what is believed along each of them, with the others at the recommendation. "
                + "front: the trainings that none beats in every objective, of a study that looks for them. "
                + "?width and ?height in pixels, 240 to 4000; ?title. 202: it is being computed; ask again after Retry-After.");

    /// <summary>Figures of the study that a group is of.</summary>
    internal static RouteHandlerBuilder MapFigure(RouteGroupBuilder study) =>
        study.MapGet("/figures/{figure:regex(^(objective|history|distribution|slices|front)$)}.{format:regex(^(png|svg)$)}", FigureAsync);

    private static async Task<IResult> FigureAsync(
        Guid id, string figure, string format, HttpContext context, IStudyService service, NetworkRegistry registry, SurrogateCache surrogates, TenantFinder finder, StudyBeliefs beliefs, LongAnswers answers, int? width, int? height, string? title)
    {
        var (wide, high) = (width ?? 1200, height ?? 640);
        StudyServiceException.ThrowIf(wide is < 240 or > 4000 || high is < 240 or > 4000 || title?.Length > 200,
            StudyServiceError.Invalid, $"width is {wide}, height {high}, and title has {title?.Length ?? 0} characters; expected 240 to 4000 pixels and at most 200 characters.");

        var options = new FigureOptions { Width = wide, Height = high, Title = title };
        var (tenant, cancellation) = (context.User.Tenant(), context.RequestAborted);
        var study = await service.GetAsync(tenant, id, cancellation).ConfigureAwait(false);
        return await answers.AnswerAsync(
            context, id, study.LastSequence, $"figures/{figure}.{format} {wide}×{high} {title}", DrawnAsync, bytes => Results.Bytes(bytes, format == "png" ? "image/png" : "image/svg+xml")).ConfigureAwait(false);

        async Task<byte[]?> DrawnAsync(CancellationToken token) => figure switch
        {
            "slices" => await SlicesAsync(finder, beliefs, tenant, id, options, format, token).ConfigureAwait(false) ?? throw Missing("no training has a value yet"),
            "front" => await FrontAsync(finder, beliefs, registry, tenant, id, options, format, token).ConfigureAwait(false)
                ?? throw Missing("no training has a value yet, or its newest preference has a single best"),
            "objective" => Drawn(await ObjectiveAsync(service, registry, tenant, study, options, token).ConfigureAwait(false), format),
            "history" => Drawn(await HistoryAsync(service, tenant, study, options, token).ConfigureAwait(false), format),
            _ => Drawn(await DistributionAsync(service, registry, surrogates, tenant, study, options, token).ConfigureAwait(false), format),
        };
    }

    // A figure as the bytes of the file that it is drawn into.
    private static byte[] Drawn(Action<string> draw, string format)
    {
        var file = Path.Combine(Path.GetTempPath(), $"htitune-{Guid.CreateVersion7():N}.{format}");
        try
        {
            draw(file);
            return File.ReadAllBytes(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What is believed along each hyperparameter, as the bytes of a figure; null before the first value.</summary>
    internal static async Task<byte[]?> SlicesAsync(TenantFinder finder, StudyBeliefs beliefs, string? tenant, Guid id, FigureOptions options, string format, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, id, cancellation).ConfigureAwait(false);
        return await beliefs.WithBeliefAsync(row, study => Drawn(file => StudyFigures.Slices(study, file, options), format), cancellation).ConfigureAwait(false);
    }

    private static async Task<byte[]?> FrontAsync(
        TenantFinder finder, StudyBeliefs beliefs, NetworkRegistry registry, string? tenant, Guid id, FigureOptions options, string format, CancellationToken cancellation)
    {
        var row = await finder.RowAsync(tenant, id, cancellation).ConfigureAwait(false);
        var problem = StudyProblem.Of(row, registry);
        (string, Goal)[] features =
            [(problem.Definition.Objective, problem.Definition.Goal), .. problem.Front.Select(metric => (metric.Objective, metric.Goal))];
        return await beliefs.WithBeliefAsync(
            row, study => study.ComputeFront(cancellation) is { Count: > 0 } front ? Drawn(file => PreferenceFigures.Front(problem.Space, features, front, file, options), format) : null,
            cancellation).ConfigureAwait(false);
    }

    private static async Task<Action<string>> ObjectiveAsync(
        IStudyService service, NetworkRegistry registry, string? tenant, StudyView study, FigureOptions options, CancellationToken cancellation)
    {
        var curve = await service.CurveAsync(tenant, study.Id, cancellation).ConfigureAwait(false);
        var asked = await AskedAsync(service, tenant, study, curve, cancellation).ConfigureAwait(false);
        if (curve is not { Posterior.Count: > 0 } || asked.Lambda is not { } lambda)
        {
            throw Missing("no training has a value yet");
        }

        Trial[] anchors = [.. curve.Anchors.Where(anchor => anchor.Value is not null)
            .Select(anchor => new Trial { Number = anchor.Number, Configuration = new(study.Definition.Hyperparameter, anchor.Lambda), Value = anchor.Value, State = TrialState.Completed, Reason = "" })];
        var place = curve.Posterior.MinBy(point => Math.Abs(point.Lambda - lambda))!;
        var hyperparameter = new StudyProblem(study.Definition, registry).Hyperparameter;
        var recommended = new CurvePoint(lambda, asked.Result?.Value ?? asked.BestValue ?? place.Mean);
        return file => StudyFigures.Objective(hyperparameter, curve.Posterior, anchors, recommended, file, options: options, goal: asked.Asked?.Goal ?? study.Definition.Goal);
    }

    private static async Task<Action<string>> HistoryAsync(IStudyService service, string? tenant, StudyView study, FigureOptions options, CancellationToken cancellation)
    {
        var trials = await service.TrialsAsync(tenant, study.Id, cancellation).ConfigureAwait(false);
        var asked = await AskedVersion.ReadAsync(service, tenant, study, trials, null, cancellation).ConfigureAwait(false);
        Trial[] ended = [.. asked.Trials.Where(trial => trial.Status is TrialStatus.Completed or TrialStatus.Failed or TrialStatus.Cancelled).Select(trial => new Trial
        {
            Number = trial.Number,
            Configuration = trial.Configuration,
            Value = trial.Value,
            Reason = trial.Reason,
            IsReused = trial.IsImported,
            IsFeasible = trial.IsFeasible,
            State = trial.Status switch { TrialStatus.Completed => TrialState.Completed, TrialStatus.Failed => TrialState.Failed, _ => TrialState.Cancelled },
        })];
        if (!ended.Any(trial => trial.Value is not null))
        {
            throw Missing("no training has a value yet");
        }

        var space = study.Definition.ToSpace();
        return file => StudyFigures.History(ended, asked.Asked?.Goal ?? study.Definition.Goal, asked.Result?.Epsilon ?? study.Definition.Epsilon ?? 0, file, options, space);
    }

    private static async Task<Action<string>> DistributionAsync(
        IStudyService service, NetworkRegistry registry, SurrogateCache surrogates, string? tenant, StudyView study, FigureOptions options, CancellationToken cancellation)
    {
        if (study.SurrogateId is not { } id || await surrogates.FindAsync(tenant, id, cancellation).ConfigureAwait(false) is not { } surrogate)
        {
            throw Missing("the study has no surrogate, or not yet");
        }

        var problem = new StudyProblem(study.Definition, registry);
        var anchors = new List<Anchor>();
        foreach (var trial in await service.TrialsAsync(tenant, study.Id, cancellation).ConfigureAwait(false))
        {
            if (trial.Status == TrialStatus.Completed && surrogate.Anchors.Contains(trial.Lambda) && anchors.TrueForAll(anchor => anchor.Lambda != trial.Lambda))
            {
                var bytes = await service.OutputsAsync(tenant, study.Id, trial.Number, cancellation).ConfigureAwait(false);
                var outputs = NpyFile.FromBytes(bytes, "the outputs");
                anchors.Add(new Anchor(trial.Lambda, new Samples(outputs, problem.ContextsOf(outputs))));
            }
        }

        var set = new AnchorSet(surrogate.Hyperparameter, anchors.OrderBy(anchor => anchor.Lambda));
        return file => TrajectoryFigures.Distribution(surrogate, set, file, options: options);
    }

    // All of a figure is of the newest preference, as the study's page is.
    private static async Task<AskedVersion> AskedAsync(IStudyService service, string? tenant, StudyView study, StudyCurve? curve, CancellationToken cancellation)
    {
        var trials = await service.TrialsAsync(tenant, study.Id, cancellation).ConfigureAwait(false);
        var versions = study.Definition.Objective == "value" ? [] : await service.PreferencesAsync(tenant, study.Id, cancellation).ConfigureAwait(false);
        return AskedVersion.Of(study, trials, curve, versions, null);
    }

    private static StudyServiceException Missing(string why) => new(StudyServiceError.Conflict, $"There is nothing to draw: {why}.");
}

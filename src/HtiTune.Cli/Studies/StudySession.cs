namespace HtiTune.Cli;

/// <summary>A study that is open: its tuner, its network, its objective. One at a time in a folder.</summary>
internal sealed partial class StudySession : IDisposable
{
    private readonly CancellationTokenSource _ending;
    private int _successes;

    private StudySession(StudySpecification study, ITrainingObserver observer, Interrupts? interrupts)
    {
        Study = study;
        Network = new ExternalNetwork(study, study.ContextsFile, observer, TimeProvider.System, interrupts);
        _ending = CancellationTokenSource.CreateLinkedTokenSource(interrupts?.Finish ?? default);
    }

    internal StudySpecification Study { get; }

    internal Tuner Tuner { get; private set; } = null!;

    internal ExternalNetwork Network { get; }

    /// <summary>Names of the contexts' columns; null where the file has none.</summary>
    internal IReadOnlyList<string>? ContextColumns { get; private set; }

    /// <summary>Begin no further training: the user's wish, or a fault that every training would have.</summary>
    internal CancellationToken Ending => _ending.Token;

    /// <summary>The fault that every training would have; null without.</summary>
    internal CliException? Fault { get; private set; }

    /// <summary>Opens a study: begins it where there is none yet.</summary>
    /// <param name="study">The study.</param>
    /// <param name="observer">Is told what happens.</param>
    /// <param name="interrupts">The user's wishes; null where nothing is trained.</param>
    /// <param name="patience">How long another htitune that has the study open is waited for; null: not at all.</param>
    /// <exception cref="CliException">It cannot be opened; the message says why.</exception>
    internal static StudySession Open(StudySpecification study, ITrainingObserver observer, Interrupts? interrupts, Patience? patience = null)
    {
        var session = new StudySession(study, observer, interrupts);
        try
        {
            session.Begin(patience ?? Patience.None);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Opens what a study holds so far; nothing in its folder changes, and another htitune may be at work there.</summary>
    internal static StudySession Read(StudySpecification study, ITrainingObserver observer)
    {
        var session = new StudySession(study, observer, null);
        try
        {
            session.Declared();
            session.Tuner = Tuner.Load(study.Folder, session.Network, study.ToOptions());
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The objective as the tuner calls it.</summary>
    internal Func<IConditionalModel, double> Judge(IObjective objective) => model =>
    {
        if (objective is CommandObjective && !model.IsTrained && (!Study.Space.IsLine || model.At(model.Lambda) is null))
        {
            // A program for each of hundreds of expected outputs would take longer than the trainings that it saves.
            throw new NotSupportedException("A program judges trained networks and surrogates of one hyperparameter alone.");
        }

        // Nothing is judged before a training has succeeded, and that one says what outputs look like.
        var samples = model.Sample(Tuner.Contexts!);
        Network.Expect(samples.Count, samples.Dimension);
        if (objective is CommandObjective { IsBatched: true } command && !model.IsTrained && Study.Space.IsLine && command.Known(samples, model.Lambda) is null)
        {
            // One process for all that the tuner will ask of this surrogate.
            command.Prepare(Beside(model).Select(one => (one.Sample(Tuner.Contexts!), one.Lambda)));
        }

        return objective.Value(samples, model.Lambda);
    };

    /// <summary>What a run for an objective looks for: its best, or its front with others, where every constraint of the study is met.</summary>
    internal Aim Aim(IObjective objective) => Preferences.Aim.Of(
        [new Feature(objective.Text, Judge(objective), Study.Goal), .. (Study.Definition.IsFrontOf(objective.Text) ? Study.Front : []).Select(metric => Feature(metric.Objective, metric.Goal))],
        [.. Study.Constraints.Select(one => Constraint.Of(Feature(one.Objective), one.Bound, one.IsUpper))]);

    private Feature Feature(string text, Goal goal = Goal.Minimize) => new(text, Judge(Objective(text)), goal);

    // The places of the tuner's grid and of the trainings.
    private IEnumerable<IConditionalModel> Beside(IConditionalModel model)
    {
        var last = Tuner.Options.GridSize - 1.0;
        return Enumerable.Range(0, Tuner.Options.GridSize).Select(i => Study.Hyperparameter.FromUnit(i / last))
            .Concat(Tuner.Anchors?.Lambdas ?? []).Select(model.At).OfType<IConditionalModel>().Prepend(model);
    }

    /// <summary>What objectives of this study may name.</summary>
    internal ObjectiveScope Scope => new(Study.BaseFolder, Path.Combine(Study.Folder, "scores"), () => Network.Columns ?? StoredColumns(Study.Folder), ContextColumns);

    /// <summary>Makes an objective of its text.</summary>
    internal IObjective Objective(string text)
    {
        try
        {
            return ObjectiveText.Parse(text, Scope);
        }
        catch (FormatException problem)
        {
            throw new CliException("H012", problem.Message + ".");
        }
    }

    /// <summary>Whether an objective can judge what has been trained; better known before the first training than after the last.</summary>
    /// <exception cref="CliException">It cannot; the message says why.</exception>
    internal void Check(IObjective objective)
    {
        if (Tuner.Anchors is { Count: > 0 } anchors && FaultOf(objective, anchors[0].Samples, anchors[0].Lambda) is { } fault)
        {
            throw fault;
        }
    }

    /// <summary>Whether an objective can judge the first outputs, while it is still open whether they are kept.</summary>
    /// <param name="objective">The objective.</param>
    /// <param name="trained">What was brought.</param>
    /// <param name="lambda">λ of it.</param>
    /// <exception cref="CliException">It cannot; the message says why.</exception>
    internal void CheckFirst(IObjective objective, ITrainedNetwork trained, double lambda)
    {
        var contexts = Tuner.Contexts ?? Contexts.None(trained.Rows!.Value);
        if (Tuner.Anchors is null or { Count: 0 } && FaultOf(objective, new Samples(trained.Answer(contexts, 0), contexts), lambda) is { } fault)
        {
            throw new CliException(fault.Code, fault.Message, "correct the objective, or bring other outputs, and tell the training again; nothing is kept");
        }
    }

    // The objective, and what a run for it measures beside: the front's others, and what constraints bound.
    private CliException? FaultOf(IObjective objective, Samples samples, double lambda) => FaultAt(objective.Text == Study.Objective ? Study.ObjectiveLine : null, objective, samples, lambda)
        ?? (Study.Definition.IsFrontOf(objective.Text) ? Study.Front : []).Select(one => FaultAt(Study.FrontLine, Objective(one.Objective), samples, lambda))
            .Concat(Study.Constraints.Select(one => FaultAt(Study.ConstraintsLine, Objective(one.Objective), samples, lambda))).FirstOrDefault(fault => fault is not null);

    private CliException? FaultAt(int? line, IObjective objective, Samples samples, double lambda)
    {
        try
        {
            objective.Require(samples, lambda);
            return null;
        }
        catch (Exception problem) when (problem is InvalidOperationException or FormatException or IOException or DataFormatException or ArgumentException)
        {
            var place = line is null ? "" : $"{Study.File}:{line}: ";
            var text = problem.Message.TrimEnd('.');
            return new CliException("H012", $"{place}{text}{(text.EndsWith('?') ? "" : ".")}", "correct the objective and run the command again; the trainings are kept");
        }
    }

    public void Dispose()
    {
        Tuner?.Dispose();
        _ending.Dispose();
    }

    /// <summary>Names of the columns of the outputs that a study keeps, in their order, as its file or the first outputs told them.</summary>
    internal static IReadOnlyList<string>? StoredColumns(string folder) =>
        File.Exists(Path.Combine(folder, StudyPaths.ColumnsName)) ? File.ReadAllLines(Path.Combine(folder, StudyPaths.ColumnsName)) : null;

    /// <summary>Keeps the names of a study's columns, for <see cref="StoredColumns"/>.</summary>
    internal static void StoreColumns(string folder, IEnumerable<string> names) =>
        AtomicFile.Write(Path.Combine(folder, StudyPaths.ColumnsName), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', names) + "\n")));

    /// <summary>Names of columns that hold for what is brought next: those of the outputs that the study keeps.</summary>
    internal static IReadOnlyList<string>? KeptColumns(StudySpecification study) =>
        StudyJournal.Exists(study.Folder) && StudyJournal.Read(study.Folder).Completed.Count > 0 ? StoredColumns(study.Folder) : null;

    /// <summary>Why outputs that a study keeps cannot be read by the columns that its file names now; null where they can. Other names are new ones, but none may stand for another column.</summary>
    internal static string? ColumnsFault(StudySpecification study) =>
        study.OutputColumns is { } named && StoredColumns(study.Folder) is { } kept && kept.Count == named.Count
        && kept.Where((name, i) => name != named[i] && named.Contains(name)).Any() && KeptColumns(study) is not null
            ? $"\"columns\" are {string.Join(", ", named)}; expected {string.Join(", ", kept)}, in whose order the outputs of the study's trainings are kept"
            : null;

    /// <summary>Holds a study, so that no other htitune works on it before what is returned is disposed.</summary>
    /// <exception cref="CliException">One does.</exception>
    internal static IDisposable Hold(StudySpecification study)
    {
        try
        {
            return StudyJournal.Hold(study.Folder);
        }
        catch (StudyInUseException)
        {
            throw InUse(study);
        }
    }

    private static CliException InUse(StudySpecification study) =>
        new("H014", $"another htitune works on {study.Folder}.", Advice.Trials.For(study));

    private void Begin(Patience patience)
    {
        var exists = StudyJournal.Exists(Study.Folder);
        try
        {
            Tuner = patience.For(() => Tuner.Open(Study.Folder, new Watched(this), Study.Space, Declared(), Study.ToOptions()));
        }
        catch (ArgumentException problem) when (exists)
        {
            throw new CliException("H013", problem.Message.Split(" (Parameter")[0], Advice.Apart.For(new AdvicePlace { Study = Study, Line = StudyFolders.LineApart(Study, []) }));
        }
        catch (StudyInUseException)
        {
            throw InUse(Study);
        }

        // The folder is this process's alone: what a killed htitune left behind belongs to nobody.
        var left = ProcessTree.KillMarked(ProcessTree.StudyMark, Study.Folder);
        if (left > 0)
        {
            Terminal.Warn($"{left} processes of an earlier, killed htitune were still running and were ended");
        }

        if (Tuner.Contexts is { } contexts)
        {
            Network.Expect(contexts.Count, Tuner.Anchors?.Dimension);
        }

        foreach (var remark in Tuner.Remarks)
        {
            Terminal.Warn(remark.Text);
        }

        _successes = Tuner.Anchors?.Count ?? 0;
    }

    /// <summary>The network as the tuner sees it. A fault that every training would have ends the run instead of wasting trainings.</summary>
    private sealed class Watched(StudySession session) : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            ITrainedNetwork trained;
            try
            {
                trained = session.Network.Train(request, cancellation);
            }
            catch (OperationCanceledException)
            {
                // The user's signal is seen here before it has reached the run, which would take the end for a failure.
                session._ending.Cancel();
                throw;
            }

            var contexts = session.Tuner.Contexts ?? Contexts.None(trained.Rows!.Value);
            var outputs = trained.Answer(contexts, 0);
            if (Interlocked.Increment(ref session._successes) == 1 && session.Running is { } objective)
            {
                if (session.FaultOf(objective, new Samples(outputs, contexts), request.Lambda) is { } fault)
                {
                    // The training is well, and is kept: an objective that is mended judges it.
                    session.End(fault);
                }
            }

            return trained;
        }
    }

    /// <summary>The objective of the run that is going on.</summary>
    internal IObjective? Running { get; set; }

    private void End(CliException fault)
    {
        Fault ??= fault;
        _ending.Cancel();
    }
}

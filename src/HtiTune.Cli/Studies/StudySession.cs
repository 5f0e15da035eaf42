using HtiTune.Data;

namespace HtiTune.Cli;

/// <summary>A study that is open: its tuner, its network, its objective. One at a time in a folder.</summary>
internal sealed partial class StudySession : IDisposable
{
    private const string LockName = "htitune.lock";
    private const int HopelessFailures = 3;
    private readonly FileStream? _lock;
    private readonly Interrupts? _interrupts;
    private readonly CancellationTokenSource _ending;
    private int _failures;
    private int _successes;

    private StudySession(StudySpecification study, FileStream? held, Interrupts? interrupts)
    {
        Study = study;
        _lock = held;
        _interrupts = interrupts;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(interrupts?.Finish ?? default);
    }

    internal StudySpecification Study { get; }

    internal Tuner Tuner { get; private set; } = null!;

    internal Contexts Contexts { get; private set; } = null!;

    internal ExternalNetwork Network { get; private set; } = null!;

    /// <summary>Names of the contexts' columns; null where the file has none.</summary>
    internal IReadOnlyList<string>? ContextColumns { get; private set; }

    /// <summary>Begin no further training: the user's wish, or a fault that every training would have.</summary>
    internal CancellationToken Ending => _ending.Token;

    /// <summary>The fault that every training would have; null without.</summary>
    internal CliException? Fault { get; private set; }

    /// <summary>Opens a study: begins it where there is none yet, which may need a training to learn how many rows it answers.</summary>
    /// <exception cref="CliException">It cannot be opened; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The user ended that first training.</exception>
    internal static StudySession Open(StudySpecification study, ITrainingObserver observer, Interrupts? interrupts, bool mayTrain = true)
    {
        var session = new StudySession(study, Take(study), interrupts);
        try
        {
            session.Begin(observer, mayTrain);
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
        var session = new StudySession(study, null, null);
        try
        {
            session.Network = new ExternalNetwork(study, study.Contexts.File, observer, TimeProvider.System, null);
            session.Contexts = session.Declared() ?? StudyJournal.Read(study.Folder).LoadContexts()!;
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
        var samples = model.Sample(Contexts);
        if (objective is CommandObjective { IsBatched: true } command && !model.IsTrained && command.Known(samples, model.Lambda) is null)
        {
            // One process for all that the tuner will ask of this surrogate.
            command.Prepare(Beside(model).Select(one => (one.Sample(Contexts), one.Lambda)));
        }

        return objective.Value(samples, model.Lambda);
    };

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

    private CliException? FaultOf(IObjective objective, Samples samples, double lambda)
    {
        try
        {
            objective.Value(samples, lambda);
            return null;
        }
        catch (Exception problem) when (problem is InvalidOperationException or FormatException or IOException or DataFormatException or ArgumentException)
        {
            var place = objective.Text == Study.Objective ? $"{Study.File}:{Study.ObjectiveLine}: " : "";
            return new CliException("H012", $"{place}{problem.Message.TrimEnd('.')}.", "correct the objective and run the command again; the trainings are kept");
        }
    }

    public void Dispose()
    {
        Tuner?.Dispose();
        _ending.Dispose();
        _lock?.Dispose();
    }

    /// <summary>Names of columns that an outputs' file told in an earlier process.</summary>
    internal static IReadOnlyList<string>? StoredColumns(string folder) =>
        File.Exists(Path.Combine(folder, StudyPaths.ColumnsName)) ? File.ReadAllLines(Path.Combine(folder, StudyPaths.ColumnsName)) : null;

    /// <summary>Throws where another htitune works on a study.</summary>
    /// <exception cref="CliException">One does.</exception>
    internal static void RequireFree(StudySpecification study) => Take(study).Dispose();

    /// <summary>Whether another htitune works on a study: what it began is running, and interrupted otherwise.</summary>
    internal static bool IsHeld(string folder)
    {
        try
        {
            using var probe = new FileStream(Path.Combine(folder, LockName), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static FileStream Take(StudySpecification study)
    {
        try
        {
            Directory.CreateDirectory(study.Folder);
            return new FileStream(Path.Combine(study.Folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(Path.Combine(study.Folder, LockName)))
        {
            throw new CliException("H014", $"another htitune works on {study.Folder}.", Advice.Trials.For(study));
        }
    }

    private void Begin(ITrainingObserver observer, bool mayTrain)
    {
        // What a killed htitune left behind.
        var left = ProcessTree.KillMarked(ProcessTree.StudyMark, Study.Folder);
        if (left > 0)
        {
            Terminal.Warn($"{left} processes of an earlier, killed htitune were still running and were ended");
        }

        SetFailedAside();
        var file = Study.Contexts.File;
        Network = new ExternalNetwork(Study, file, observer, TimeProvider.System, _interrupts);
        var exists = StudyJournal.Exists(Study.Folder);
        var options = Study.ToOptions();
        Contexts = Declared() ?? (exists ? StudyJournal.Read(Study.Folder).LoadContexts()! : Contexts.None(mayTrain ? FirstRows(options) : 1));
        Network.Rows = Contexts.Count;
        try
        {
            Tuner = Tuner.Open(Study.Folder, new Watched(this), Study.Hyperparameter, Contexts, options);
        }
        catch (ArgumentException problem) when (exists)
        {
            throw new CliException("H013", problem.Message.Split(" (Parameter")[0], Advice.Apart.For(new AdvicePlace { Study = Study, Line = StudyFolders.LineApart(Study, []) }));
        }

        foreach (var remark in Tuner.Remarks)
        {
            Terminal.Warn(remark.Text);
        }

        if (Tuner.Anchors is { } anchors)
        {
            Network.Expect(anchors.Dimension);
            _successes = anchors.Count;
        }
    }

    // A study in which nothing has ever succeeded has nothing to keep but the logs: it begins anew.
    private void SetFailedAside()
    {
        if (!StudyJournal.Exists(Study.Folder))
        {
            return;
        }

        var journal = StudyJournal.Read(Study.Folder);
        if (journal.Events.Any(entry => entry is TrainingCompleted) || !journal.Events.Any(entry => entry is TrainingFailed))
        {
            return;
        }

        var number = 1;
        while (File.Exists(Path.Combine(Study.Folder, $"journal-failed-{number}.jsonl")))
        {
            number++;
        }

        File.Move(Path.Combine(Study.Folder, "journal.jsonl"), Path.Combine(Study.Folder, $"journal-failed-{number}.jsonl"));
        Terminal.Say("every training so far had failed: the study begins anew");
    }

    // The tuner's own first proposal is trained; it takes the outputs from the disk when the tuner asks for them.
    private int FirstRows(TunerOptions options)
    {
        using var tuner = new Tuner(Network, Study.Hyperparameter, Contexts.None(1), options);
        using var run = tuner.Begin(_ => 0);
        var first = run.Ask()!;
        try
        {
            return Network.TrainOutputs(new TrainingRequest(first.Lambda, first.Seed)).Rows;
        }
        catch (TrainingException problem)
        {
            throw new CliException(
                "H020", $"the first training failed, and the number of outputs is not known without it: {problem.Message}", Advice.Failed.For(Study));
        }
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
            catch (TrainingException problem)
            {
                if (Interlocked.Increment(ref session._failures) < HopelessFailures || session._successes > 0)
                {
                    throw;
                }

                throw session.End(new CliException(
                    "H020", $"{HopelessFailures} trainings failed and none succeeded. The last: {problem.Message}", Advice.Failed.For(session.Study)));
            }

            var outputs = trained.Answer(session.Contexts, 0);
            if (Interlocked.Increment(ref session._successes) == 1 && session.Running is { } objective)
            {
                if (session.FaultOf(objective, new Samples(outputs, session.Contexts), request.Lambda) is { } fault)
                {
                    throw session.End(fault);
                }
            }

            return trained;
        }
    }

    /// <summary>The objective of the run that is going on.</summary>
    internal IObjective? Running { get; set; }

    private OperationCanceledException End(CliException fault)
    {
        Fault ??= fault;
        _ending.Cancel();
        return new OperationCanceledException();
    }
}

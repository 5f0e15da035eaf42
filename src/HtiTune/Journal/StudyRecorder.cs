using System.Reflection;

namespace HtiTune.Journal;

/// <summary>
/// Keeps a tuner's study on disk. What cannot be written is thrown and kept in order, and is written before anything that comes later:
/// the journal may fall behind the tuner, but it never has a hole.
/// </summary>
internal sealed class StudyRecorder : IDisposable
{
    private readonly FolderLog _log;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly IPersistentNetwork? _persistent;
    private readonly Queue<Action> _behind = new();
    private readonly List<(Contexts Contexts, string File, string Sha256)> _others = [];
    private int _savedSurrogate;

    private StudyRecorder(FolderLog log, INetwork network, TunerOptions options, ILogger logger)
    {
        _log = log;
        _clock = options.TimeProvider;
        _logger = logger;
        _persistent = network as IPersistentNetwork;
    }

    /// <summary>The version of this library, and the commit that it was built from where that is known: <c>0.1.0-alpha.0.12+5f81732f1133</c>.</summary>
    public static string Library { get; } = Short(typeof(StudyRecorder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0");

    /// <summary>Number of the last run.</summary>
    public int Runs { get; private set; }

    /// <summary>Begins a study in a folder that has none. The journal appears whole, with the anchors of other studies in it.</summary>
    public static StudyRecorder Create(
        FolderLog log,
        INetwork network,
        SearchSpace space,
        Contexts? contexts,
        TunerOptions options,
        IReadOnlyList<TrainingEnded> warm,
        ILogger logger)
    {
        var folder = log.Taken;
        if (Directory.EnumerateFiles(folder["anchors"]).FirstOrDefault() is { } stray)
        {
            throw new IOException(
                $"{folder.Path} has no {StudyFolder.JournalName}, but answers of a study ({stray}); expected the folder of a study, or one without such files.");
        }

        try
        {
            var sha256 = contexts is null ? null : log.Keep(StudyFolder.ContextsName, StudyFolder.ToMatrix(contexts));
            List<JournalEvent> events = [new StudyCreated(space, options, contexts is null ? null : StudyFolder.ContextsName, sha256, contexts?.CategoryCount ?? 0)];
            foreach (var training in warm)
            {
                var name = StudyFolder.SamplesName(training.Number);
                events.Add(End(training) with { SamplesFile = name, SamplesSha256 = log.Keep(name, ((RestoredNetwork)training.Network!).Samples.Outputs) });
            }

            var now = options.TimeProvider.GetUtcNow();
            log.Append([.. events.Select(entry => entry with { Time = now })]);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Without a journal there is no study: leave none of it.
            foreach (var training in warm)
            {
                File.Delete(folder[StudyFolder.SamplesName(training.Number)]);
            }

            throw JournalWriter.Unwritable(folder.Path, problem.InnerException ?? problem);
        }

        return new StudyRecorder(log, network, options, logger);
    }

    /// <summary>Takes up a study: cuts off what a killed process left half written, and says so in the journal.</summary>
    public static StudyRecorder Resume(FolderLog log, StudyJournal journal, INetwork network, TunerOptions options, ILogger logger)
    {
        var recorder = new StudyRecorder(log, network, options, logger) { Runs = journal.Runs.Count };
        recorder._others.AddRange(journal.LoadOtherContexts());
        var cut = journal.Torn?.Bytes ?? 0;
        if (cut > 0)
        {
            Log.TornLine(logger, log.Taken.Journal, journal.Torn!.Line, cut);
        }

        recorder.Write(new StudyResumed(Library, cut));
        return recorder;
    }

    public void Began(RunBegan run) => Write(run with { Run = ++Runs });

    /// <summary>Writes events that need no file.</summary>
    public void Write(params JournalEvent[] events)
    {
        var now = _clock.GetUtcNow();
        Do(() => _log.Append([.. events.Select(entry => entry with { Time = now })]));
    }

    /// <summary>Writes how a training ended: its files first, then the line that names them.</summary>
    public void Ended(TrainingEnded training, Matrix? outputs)
    {
        var now = _clock.GetUtcNow();
        Do(() =>
        {
            _log.Append((training.State == TrialState.Completed ? Keep(training, outputs!) : End(training)) with { Time = now });
        });
    }

    /// <summary>Writes trainings that were made elsewhere: their files first, then all lines in one go.</summary>
    public void Imported(IReadOnlyList<TrainingEnded> trainings, string source)
    {
        var now = _clock.GetUtcNow();
        Do(() =>
        {
            List<JournalEvent> events =
            [
                .. trainings.Select(training => training.State == TrialState.Completed ? Keep(training, ((RestoredNetwork)training.Network!).Samples.Outputs) : End(training)),
            ];
            events.Add(new TrainingsImported(source, [.. trainings.Select(training => training.Number)]));
            _log.Append([.. events.Select(entry => entry with { Time = now })]);
        });
    }

    /// <summary>
    /// Keeps what a network answered to other contexts. It is written with the next event, which is the value made of it: here an objective is
    /// at work, and a full disk would be taken for its failure.
    /// </summary>
    public void Answered(TrainingEnded training, Samples samples)
    {
        if (training.Network is RestoredNetwork restored && restored.Stored(samples.Contexts) is not null)
        {
            return;
        }

        var now = _clock.GetUtcNow();
        _behind.Enqueue(() =>
        {
            var place = _others.FindIndex(other => other.Contexts.SameAs(samples.Contexts));
            if (place < 0)
            {
                place = _others.Count;
                var file = StudyFolder.OtherContextsName(place + 2);
                _others.Add((samples.Contexts, file, _log.Keep(file, StudyFolder.ToMatrix(samples.Contexts))));
            }

            var name = StudyFolder.OtherSamplesName(training.Number, place + 2);
            var answers = _log.Keep(name, samples.Outputs);
            var (_, contextsFile, sha256) = _others[place];
            _log.Append(new ContextsAnswered(
                training.Number, contextsFile, sha256, samples.Contexts.CategoryCount, name, answers)
            { Time = now });
        });
    }

    /// <summary>Writes the surrogate where it can be, and the end of a run.</summary>
    public void Finished(TuningResult study)
    {
        var now = _clock.GetUtcNow();
        Do(() =>
        {
            string? file = null;
            if (study.Surrogate is IFittedSurrogate surrogate)
            {
                file = StudyFolder.SurrogateName;
                if (_savedSurrogate != study.Anchors.Count)
                {
                    _log.Write(file, surrogate.Save);
                    _savedSurrogate = study.Anchors.Count;
                }
            }

            _log.Append(new RunEnded(
                study.StopReason,
                study.Configuration,
                study.PredictedValue,
                study.PredictedDeviation,
                study.RealValue,
                study.TrainingsUsed,
                study.Trust,
                study.Epsilon,
                study.Outcome,
                file,
                study.Calibration,
                study.Remarks.Count == 0 ? null : study.Remarks)
            { Time = now });
        });
    }

    /// <summary>Writes what could not be written before.</summary>
    /// <exception cref="IOException">It still cannot.</exception>
    public void Flush()
    {
        while (_behind.TryPeek(out var write))
        {
            write();
            _behind.Dequeue();
        }
    }

    public void Dispose()
    {
        try
        {
            Flush();
        }
        catch (IOException problem)
        {
            Log.JournalBehind(_logger, _behind.Count, problem.Message);
        }

        _log.Dispose();
    }

    private static TrainingEnded End(TrainingEnded training) => training with { Error = training.State == TrialState.Failed ? training.Error ?? "" : null };

    private TrainingEnded Keep(TrainingEnded training, Matrix outputs)
    {
        var samples = StudyFolder.SamplesName(training.Number);
        var sha256 = _log.Keep(samples, outputs);
        string? network = null, networkSha256 = null;
        if (_persistent is not null && training.Network is { } trained and not RestoredNetwork)
        {
            network = StudyFolder.NetworkName(training.Number);
            try
            {
                networkSha256 = _log.Keep(network, path => _log.Taken.Files.Write(path, temporary => _persistent.Save(trained, temporary)));
            }
            catch (Exception problem) when (problem is not (IOException or OutOfMemoryException))
            {
                // Its answers are kept, and they are what the study needs.
                Log.NetworkNotKept(_logger, training.Number, problem.Message);
                network = null;
            }
        }

        return End(training) with
        {
            SamplesFile = samples,
            SamplesSha256 = sha256,
            NetworkFile = network,
            NetworkSha256 = networkSha256,
        };
    }

    private void Do(Action write)
    {
        _behind.Enqueue(write);
        Flush();
    }

    // Twelve digits of a commit name it.
    private static string Short(string version) => version.IndexOf('+') is >= 0 and var plus && version.Length > plus + 13 ? version[..(plus + 13)] : version;
}

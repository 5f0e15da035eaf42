namespace HtiTune.Cli;

/// <summary>A network that a command trains: it is run at λ, leaves its outputs for the study's contexts in a file, and is never asked again.</summary>
/// <param name="study">The study.</param>
/// <param name="contextsFile">File of the contexts for the command.</param>
/// <param name="observer">Is told what happens.</param>
/// <param name="clock">The clock.</param>
/// <param name="interrupts">Ends trainings; null: nothing does.</param>
internal sealed class ExternalNetwork(
    StudySpecification study, string? contextsFile, ITrainingObserver observer, TimeProvider clock, Interrupts? interrupts) : INetwork
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);
    private readonly Lock _reading = new();
    private volatile int _rows;
    private volatile int _columns;
    private bool _isTold;

    /// <summary>Names of the outputs' columns, once an outputs' file has told them: they hold for all that come after, whose columns may stand in another order.</summary>
    internal IReadOnlyList<string>? Columns { get; private set; } = study.OutputColumns;

    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => new Outputs(TrainOutputs(request, CancellationToken.None), request.Configuration);

    /// <summary>Trains, and returns the outputs. The first Ctrl-C lets it come to its end: what is cancelled is only what waits for another attempt.</summary>
    /// <exception cref="TrainingException">It failed.</exception>
    /// <exception cref="OperationCanceledException">The user ended it.</exception>
    /// <param name="request">Where to train.</param>
    /// <param name="stop">Ends it gently, beside the user.</param>
    internal Matrix TrainOutputs(TrainingRequest request, CancellationToken stop = default)
    {
        var training = StudyPaths.Training(study.Folder, request.Number, request.Configuration, request.Seed);
        if (Completed(training, request) is { } known)
        {
            return known;
        }

        for (var attempt = 1; ; attempt++)
        {
            var number = StudyPaths.Attempts(training).LastOrDefault() + 1;
            var folder = StudyPaths.Attempt(training, number);
            Directory.CreateDirectory(folder);
            try
            {
                var outputs = Run(request, folder, attempt, stop);
                AtomicFile.Write(Path.Combine(training, StudyPaths.DoneName), stream =>
                    stream.Write(System.Text.Encoding.UTF8.GetBytes($"{number} {StudyPaths.Fingerprint(study)} {StudyPaths.Place(request.Configuration)}\n")));
                return outputs;
            }
            catch (TrainingException problem) when (problem.MayRetry && attempt <= study.Retries)
            {
                var delay = Backoff.After(study.RetryDelay, attempt);
                observer.WillRetry(request.Configuration, attempt, problem.Fault, delay);
                Wait(delay);
            }
        }
    }

    /// <summary>The command for a configuration, as it would be run.</summary>
    internal static List<string> CommandOf(StudySpecification study, Configuration at, long seed, string contexts, string output) =>
        new TrainingCall(study.Space, at, seed, contexts, output).Words(study.Command);

    private Matrix Run(TrainingRequest request, string folder, int attempt, CancellationToken stop)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(interrupts?.Stop ?? default, stop);
        var (log, output) = (Path.Combine(folder, StudyPaths.LogName), Path.Combine(folder, "outputs" + study.OutputFormat));
        var call = new TrainingCall(study.Space, request.Configuration, request.Seed, contextsFile ?? "", output);
        var environment = new Dictionary<string, string>(study.Environment) { [ProcessTree.StudyMark] = study.Folder };
        var result = new TrainingCommand(study.Command, study.WorkingDirectory, environment, study.TimeLimit, study.Grace).Run(
            call,
            folder,
            log,
            clock,
            () => observer.AttemptBegan(request.Configuration, attempt, log),
            new Told(request, observer),
            stopping.Token,
            interrupts?.Kill ?? default)
            ?? throw new TrainingException(
                "H021",
                $"{PlaceOf(request.Configuration)}: there is no program '{call.Words(study.Command)[0]}' that can be run; expected one on the PATH.",
                log,
                mayRetry: false);
        var place = $"{PlaceOf(request.Configuration)}, attempt {attempt}";
        if (result.End == ChildEnd.Stopped || result.ExitCode != 0 && interrupts is { Finish.IsCancellationRequested: true })
        {
            throw new OperationCanceledException();
        }

        if (result.End == ChildEnd.TimedOut)
        {
            throw new TrainingException(
                "H022", $"{place}: the command was ended at its time limit of {Duration.Show(study.TimeLimit!.Value)}; expected it to end before, or a larger \"timeLimit\".", log, mayRetry: false);
        }

        if (result.ExitCode != 0)
        {
            var how = result.ExitCode > 128 ? $"signal {result.ExitCode - 128} ended the command" : $"the command ended with exit code {result.ExitCode}";
            throw new TrainingException("H021", $"{place}: {how} after {Duration.Show(result.Duration)}; expected 0.", log, mayRetry: true);
        }

        return Read(output, place, log);
    }

    private Matrix? Completed(string training, TrainingRequest request)
    {
        var done = Path.Combine(training, StudyPaths.DoneName);
        if (!File.Exists(done) || File.ReadAllText(done).TrimEnd('\n').Split(' ', 3) is not [var attempt, var print, .. var rest] || print != StudyPaths.Fingerprint(study)
            || rest is [{ Length: > 0 } place] && place != StudyPaths.Place(request.Configuration))
        {
            return null;
        }

        var output = Path.Combine(training, attempt, "outputs" + study.OutputFormat);
        try
        {
            return File.Exists(output) ? Read(output, "", output) : null;
        }
        catch (TrainingException)
        {
            return null; // It was changed since: it is trained anew.
        }
    }

    private Matrix Read(string output, string place, string log)
    {
        if (!Directory.Exists(Path.GetDirectoryName(output)))
        {
            throw Wrong($"the command ended well and removed {Path.GetDirectoryName(output)}, where its outputs are looked for; expected it to leave the folder of {{out}}");
        }

        if (!File.Exists(output))
        {
            var other = Directory.EnumerateFiles(Path.GetDirectoryName(output)!).Where(file => Path.GetFileName(file) != StudyPaths.LogName).Select(Path.GetFileName).FirstOrDefault();
            var known = ArrayFile.Formats.Contains(Path.GetExtension(other)) ? $", or \"outputs\": {{ \"format\": \"{Path.GetExtension(other)}\" }}" : "";
            throw Wrong($"the command ended well and left no {output}"
                + (other is null ? "; expected it to write its outputs to {out}" : $", but {other}; expected the name that {{out}} gives{known}"));
        }

        // Of two that end at once, the first tells the names.
        lock (_reading)
        {
            return ReadInTurn(output, Wrong);
        }

        TrainingException Wrong(string fault) => new("H023", place.Length > 0 ? $"{place}: {fault}." : $"{fault}.", log, mayRetry: false);
    }

    private Matrix ReadInTurn(string output, Func<string, TrainingException> wrong)
    {
        try
        {
            var (matrix, columns) = ArrayFile.Read(output, study.OutputArray, Columns);
            if (matrix.Rows == 0 || matrix.Columns == 0)
            {
                throw wrong(columns is null || matrix.Rows > 0
                    ? $"{output} has the shape ({matrix.Rows}, {matrix.Columns}); expected at least one row and one column"
                    : $"{output} names {string.Join(", ", columns)} and has no row; expected numbers below the names");
            }

            if (_rows is not 0 and var rows && matrix.Rows != rows)
            {
                throw wrong($"{output} has {matrix.Rows} rows; expected {rows}, {(study.IsOpen ? "as at the λ before" : "one for each context")}");
            }

            if (study.OutputColumns is { } named && named.Count != matrix.Columns)
            {
                throw wrong($"{output} has {matrix.Columns} columns; expected {named.Count}, as \"columns\" names them");
            }

            if (_columns is not 0 and var before && matrix.Columns != before)
            {
                throw wrong($"{output} has {matrix.Columns} columns; expected {before}, as at the λ before");
            }

            // Where none of them is known, as after a script was mended, those of this process's first outputs are new names of the same columns.
            if ((study.OutputColumns ?? columns) is { } names && (!_isTold || Columns?.Count != matrix.Columns))
            {
                (Columns, _isTold) = (names, true);
                StudySession.StoreColumns(study.Folder, names);
            }

            return matrix;
        }
        catch (DataFormatException problem)
        {
            throw wrong(problem.Message.TrimEnd('.'));
        }
    }

    /// <summary>A network of outputs that someone else brought.</summary>
    /// <param name="number">The training's number.</param>
    /// <param name="file">The file of its outputs.</param>
    /// <param name="at">Where it was trained.</param>
    /// <exception cref="CliException">The file is wrong.</exception>
    internal ITrainedNetwork Answered(int number, string file, Configuration at)
    {
        CliException.ThrowIf(!File.Exists(file), "H003", $"there is no file {file}; expected the outputs of the training.");

        try
        {
            return new Outputs(Read(file, "", file), at);
        }
        catch (TrainingException problem)
        {
            throw new CliException("H003", problem.Fault, Advice.TellFailed.For(new AdvicePlace { Study = study, Number = number }));
        }
    }

    /// <summary>What outputs must look like from here on: what is declared, and the shape of the first that the tuner has taken.</summary>
    /// <param name="rows">Their rows.</param>
    /// <param name="columns">Their columns; null while nothing says how many.</param>
    internal void Expect(int rows, int? columns)
    {
        (_rows, _columns) = (rows, columns ?? 0);
        if (Columns is null && columns is not null && StudySession.StoredColumns(study.Folder) is { } stored && stored.Count == columns)
        {
            Columns = stored;
        }
    }

    /// <summary>Where a training was made, as messages show it.</summary>
    internal static string PlaceOf(Configuration at) => at.ToText();

    private void Wait(TimeSpan delay)
    {
        var started = clock.GetTimestamp();
        while (clock.GetElapsedTime(started) < delay)
        {
            interrupts?.Finish.ThrowIfCancellationRequested();
            interrupts?.Finish.WaitHandle.WaitOne(s_tick);
            if (interrupts is null)
            {
                Thread.Sleep(s_tick);
            }
        }

        interrupts?.Finish.ThrowIfCancellationRequested();
    }

    private sealed class Outputs(Matrix outputs, Configuration at) : ITrainedNetwork
    {
        public int? Rows => outputs.Rows;

        public Matrix Answer(Contexts contexts, long seed) => contexts.Count == outputs.Rows ? outputs : throw new InvalidOperationException(
            $"The training at {PlaceOf(at)} left {outputs.Rows} rows of outputs; expected {contexts.Count}, as many as the study's first or as its contexts.");

        public void Dispose()
        {
        }
    }

    private sealed class Told(TrainingRequest request, ITrainingObserver observer) : IProgress<double>, IProgress<IntermediateValue>
    {
        public void Report(double value)
        {
            request.Progress?.Report(value);
            observer.Progressed(request.Configuration, value);
        }

        public void Report(IntermediateValue value) => request.Progress?.Report(value.Step, value.Value);
    }
}

namespace HtiTune.Hosting;

/// <summary>Collects what one step of a study's tuner brings: results taken, trainings asked for, the end of a run. Pure but for the study in memory.</summary>
internal sealed class StudyStep(LoadedStudy study, TimeProvider time)
{
    private readonly List<TrialRow> _asked = [];
    private readonly Dictionary<int, double?> _values = [];
    private readonly Dictionary<int, string> _measures = [];
    private readonly List<(double Value, Configuration At)> _told = [];

    /// <summary>Whether there is anything to write.</summary>
    public bool IsEmpty => study.Log.Staged.Count == 0;

    /// <summary>The result of a run that ended in this step.</summary>
    public StudyResult? Result { get; private set; }

    /// <summary>Whether a run ended in this step.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether a run began in this step.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Why the run has no result.</summary>
    public string? Error { get; private set; }

    /// <summary>What was asked for.</summary>
    public IReadOnlyList<TrialRow> Asked => _asked;

    /// <summary>Does with what the store has, and with nothing else, what the study's tuner has to do: begins a run where none goes on, takes results, and asks for trainings.</summary>
    /// <param name="taken">What the store has.</param>
    /// <param name="wish">What a user wants beside; says then what came of it.</param>
    public void Advance(StudyRow taken, StudyWish? wish)
    {
        if (taken.IsDiverged)
        {
            study.GiveUp();
        }
        else if (study.Began is null)
        {
            TrainingEnded[] imported = [.. taken.Results.Where(trial => trial.IsImported).Select(trial => trial.Ended(study.Problem))];
            Begin(study.Definition.Objective, study.Definition.Goal, study.Definition.MaxTrainings, "the study begins", imported);
        }

        foreach (var trial in taken.Results.Where(trial => !trial.IsImported))
        {
            Take(trial);
        }

        if (taken.IsDiverged)
        {
            StartOver();
            study.Version = taken.Version;
        }

        var added = wish?.Wanted is { } wanted && study.Run is not null ? Enqueue(wanted) : null;
        if (wish is { Wanted: null } && study.Run is not null)
        {
            wish.Cleared = Clear();
        }

        if (taken.State == StudyState.Active)
        {
            Ask();
        }

        if (added is not null)
        {
            wish!.Enqueued = EnqueuedLambdas.Of(added, study.Run?.Waiting ?? []);
        }
    }

    /// <summary>Begins a run with all that was trained.</summary>
    public void Begin(string objective, Goal goal, int budget, string why, params IReadOnlyList<TrainingEnded> imported)
    {
        int[] warm = [.. study.Completed.Concat(imported).Select(training => training.Number)];
        study.Append([.. imported, new RunBegan((study.Began?.Run ?? 0) + 1, objective, budget, study.Problem.Options(goal, time), study.Problem.Algorithm)
        {
            Warm = warm,
            LastNumber = Math.Max(study.Log.LastNumber, warm.DefaultIfEmpty().Max()),
            Why = why,
        }]);
        study.Begin();
        foreach (var (number, value) in study.Measure())
        {
            _values[number] = value;
        }

        foreach (var trial in study.Measured)
        {
            Measured(trial);
        }

        HasBegun = true;
    }

    /// <summary>Tells of an answered preference.</summary>
    public void Preferred(PreferenceResult result) => study.Log.Stage(StoredEvents.Row(StudyEventKind.Preference, result));

    // Returns those that wait for it from now on.
    private IReadOnlyList<Configuration> Enqueue(IReadOnlyList<Configuration> configurations)
    {
        var added = study.Enqueue(configurations);
        if (added.Count > 0)
        {
            study.Append(new TrainingsEnqueued(added));
        }

        return added;
    }

    private IReadOnlyList<Configuration> Clear()
    {
        var cleared = study.Clear();
        if (cleared.Count > 0)
        {
            study.Append(new QueueCleared());
        }

        return cleared;
    }

    /// <summary>Takes how a trial ended.</summary>
    public void Take(TrialRow trial)
    {
        var ended = trial.Ended(study.Problem);
        if (!study.IsPending(trial.Number))
        {
            study.Append(ended);
            return;
        }

        var told = study.Tell(ended);
        if (ended.State == TrialState.Completed)
        {
            _values[trial.Number] = told.Value;
            Measured(told);
            if (told.Value is { } value && told.IsFeasible != false)
            {
                _told.Add((value, ended.Configuration));
            }
        }

        // By the tuner's clock: it weighs by that where a training's cost is measured.
        study.Append(ended with { Duration = told.Duration }, new ValueMeasured(trial.Number, told.Value, told.Error));
    }

    /// <summary>Asks for as many trainings as the study may have at a time, and ends the run where there is nothing left to ask.</summary>
    public void Ask()
    {
        while (study.Run is not null && study.Pending.Count < study.Definition.Parallelism)
        {
            if (study.Ask() is not { } asked)
            {
                if (study.Pending.Count == 0)
                {
                    Finish();
                }

                return;
            }

            var (proposal, forecast) = asked;

            // As many bits as NumPy, JSON's readers and the command line take.
            var seed = proposal.Seed & int.MaxValue;
            var row = new TrialRow
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()),
                StudyId = study.Id,
                Number = proposal.Number,
                Seed = seed,
                Reason = proposal.Reason,
                ExpectedGain = proposal.ExpectedGain,
                Predicted = forecast.Predicted,
                PredictedLow = forecast.PredictedLow,
                PredictedHigh = forecast.PredictedHigh,
                Status = TrialStatus.Queued,
                MaxAttempts = study.Definition.MaxAttempts,
            };
            row.Place(study.Problem, proposal.Configuration);
            _asked.Add(row);
            study.Append(forecast, new TrainingProposed(proposal.Number, proposal.Configuration, proposal.Reason) { Seed = seed });
        }
    }

    /// <summary>What is to be written.</summary>
    public StudyCommit Commit(long version) => new(study.Id, version, study.Log.Staged)
    {
        Asked = _asked,
        Values = _values,
        Measures = _measures,
        State = HasEnded ? Result is null ? StudyState.Failed : StudyState.Finished : null,
        Reason = Error,
        TrainingsUsed = study.TrainingsUsed,
        BestValue = HasEnded ? Result?.Value : study.Run?.Best?.Value,
        Lambda = study.Problem.Space.IsLine ? HasEnded ? Result?.Lambda : study.Run?.Best?.Lambda : null,
        Configuration = study.Problem.Space.IsLine || (HasEnded ? Result?.Configuration : study.BestConfiguration) is not { } best ? null : StudyJson.Write(best),
        FirstBest = FirstBest(),
        Trust = HasEnded ? Result?.Trust : study.Run?.Trust,
        Result = Result is null ? null : StudyJson.Write(Result),
    };

    /// <summary>A run's result.</summary>
    internal static StudyResult ResultOf(TuningResult study, StudyProblem problem, string objective, CancellationToken cancellation) =>
        new(
            study.Lambda, study.LambdaLow, study.LambdaHigh, study.RealValue ?? study.PredictedValue, study.IsTrained, study.PredictedValue, study.PredictedDeviation, study.StopReason, study.Outcome,
            study.TrainingsUsed, study.Trust, study.Epsilon, study.Calibration)
        {
            Configuration = study.Configuration,
            Remarks = study.Remarks,
            Feasibility = study.Feasibility,
            Front = problem.Definition.IsFrontOf(objective) ? [.. study.ComputeFront(cancellation)
                .Select(point => FrontPoint.Of(point.Configuration, [objective, .. problem.Front.Select(metric => metric.Objective)], point.Features, point.Probability))] : null,
        };

    // The tuner has a best value when it has a model, which a few trainings come before.
    private TakenBest? FirstBest()
    {
        if (HasEnded || study.Run is null || study.Run.Best is not null || study.Began!.Run > 1 || _told.Count == 0 || study.Problem.Definition.IsFrontOf(study.Began.Objective!))
        {
            return null;
        }

        var isLess = study.Began.Settings.Goal == Goal.Minimize;
        var (value, at) = isLess ? _told.MinBy(one => one.Value) : _told.MaxBy(one => one.Value);
        return new TakenBest(value, isLess, study.Problem.Space.IsLine ? at.Lambda : null, study.Problem.Space.IsLine ? null : StudyJson.Write(at));
    }

    // Another version of the library proposes otherwise: what was trained is kept, and a new run goes on with what is left of the budget.
    private void StartOver()
    {
        var (journal, began) = (study.Journal, study.Began);
        var asked = journal.Runs.SelectMany(run => run.Proposals).Select(proposal => proposal.Configuration).Concat(journal.Trainings.Select(training => training.Configuration)).ToHashSet();
        Configuration[] waiting = [.. journal.Waiting.Where(one => !asked.Contains(one))];
        Begin(
            began?.Objective ?? study.Definition.Objective, began?.Settings.Goal ?? study.Definition.Goal, Math.Max(0, study.Definition.MaxTrainings - study.TrainingsUsed),
            began is { } other && other.Algorithm != study.Problem.Algorithm
                ? $"version {study.Problem.Algorithm} of the algorithm follows version {other.Algorithm}: what was trained is kept"
                : "the library has changed: its proposals differ from those in the journal");
        if (waiting.Length > 0)
        {
            Enqueue(waiting);
        }
    }

    private void Measured(Trial trial)
    {
        if (trial.Features is { } features)
        {
            _measures[trial.Number] = StudyJson.Write(new TrialMeasures(features, trial.IsFeasible));
        }
    }

    private void Finish()
    {
        var (ended, error) = study.Finish();
        HasEnded = true;
        Error = error;
        Result = ended is null ? null : ResultOf(ended, study.Problem, study.Began!.Objective!, study.Cancellation);
        var state = Result is null ? StudyState.Failed : StudyState.Finished;
        if (Result is null)
        {
            study.Log.Stage(StoredEvents.RunEnded(study.Log.Step + 1, study.Began!.Run, null, error));
        }
        else
        {
            study.Append(StoredEvents.EndOf(Result, study.Problem));
        }

        study.Log.Stage(StoredEvents.Row(StudyEventKind.StateChanged, new { state, reason = error }));
    }
}

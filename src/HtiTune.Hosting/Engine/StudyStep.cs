using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;

namespace HtiTune.Hosting;

/// <summary>Collects what one step of a study's tuner brings: results taken, trainings asked for, the end of a run. Pure but for the study in memory.</summary>
internal sealed class StudyStep(LoadedStudy study, Func<string, Matrix> samples, TimeProvider time)
{
    private readonly List<StudyEvent> _events = [];
    private readonly List<TrialRow> _asked = [];
    private readonly Dictionary<int, double?> _values = [];
    private readonly Dictionary<int, string> _measures = [];
    private readonly List<(double Value, Configuration At)> _told = [];

    /// <summary>Whether there is anything to write.</summary>
    public bool IsEmpty => _events.Count == 0;

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

    /// <summary>Begins a run.</summary>
    public void Begin(string objective, Goal goal, int budget, IReadOnlyList<TrainingEnded> warm, string why)
    {
        var last = Math.Max(study.LastNumber, warm.Count == 0 ? 0 : warm.Max(trial => trial.Number));
        var began = new RunBegan((study.Began?.Run ?? 0) + 1, objective, budget, study.Problem.Options(goal, time), study.Problem.Algorithm);
        study.Begin(study.Step + 1, began, warm, last, samples);
        foreach (var (number, value) in study.Measure())
        {
            _values[number] = value;
        }

        foreach (var trial in study.Measured)
        {
            Measured(trial);
        }

        HasBegun = true;
        _events.Add(StoredEvents.Began(study.Step, began, warm, last, why));
    }

    /// <summary>Tells of an answered preference.</summary>
    public void Preferred(PreferenceResult result) => _events.Add(StoredEvents.Row(StudyEventKind.Preference, result));

    /// <summary>Has configurations of the user's choice trained next; returns those that wait for it from now on.</summary>
    public IReadOnlyList<Configuration> Enqueue(IReadOnlyList<Configuration> configurations)
    {
        var added = study.Enqueue(configurations);
        if (added.Count > 0)
        {
            _events.Add(StoredEvents.Enqueued(study.Step, added));
        }

        return added;
    }

    /// <summary>Takes out what waits to be trained next, and returns it.</summary>
    public IReadOnlyList<Configuration> Clear()
    {
        var cleared = study.Clear();
        if (cleared.Count > 0)
        {
            _events.Add(StoredEvents.Cleared(study.Step));
        }

        return cleared;
    }

    /// <summary>Takes how a trial ended.</summary>
    public void Take(TrialRow trial)
    {
        // By the time that an event is written the study has counted it.
        var ended = trial.Ended(study.Problem);
        if (study.Run is null || !study.IsPending(trial.Number))
        {
            if (ended.State == TrialState.Completed)
            {
                study.Keep(ended, samples);
            }

            _events.Add(StoredEvents.Ended(study.Step, ended, null));
            return;
        }

        if (ended.State != TrialState.Completed)
        {
            var failed = study.TellFailed(trial.Number, ended.Error!);
            _events.Add(StoredEvents.Ended(study.Step, ended, failed));
            return;
        }

        var told = study.Tell(ended, samples);
        _values[trial.Number] = told.Value;
        Measured(told);
        if (told.Value is { } value && told.IsFeasible != false)
        {
            _told.Add((value, ended.Configuration));
        }

        _events.Add(StoredEvents.Ended(study.Step, ended, told));
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

            var (number, proposal, forecast) = asked;

            // As many bits as NumPy, JSON's readers and the command line take.
            var seed = proposal.Seed & int.MaxValue;
            var row = new TrialRow
            {
                Id = Guid.CreateVersion7(time.GetUtcNow()),
                StudyId = study.Id,
                Number = number,
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
            _events.Add(StoredEvents.Asked(study.Step, forecast with { Seed = seed }));
        }
    }

    /// <summary>What is to be written.</summary>
    public StudyCommit Commit(long version) => new(study.Id, version, _events)
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
        _events.Add(StoredEvents.RunEnded(study.Step, study.Began!.Run, Result, error));
        _events.Add(StoredEvents.Row(StudyEventKind.StateChanged, new { state, reason = error }));
    }
}

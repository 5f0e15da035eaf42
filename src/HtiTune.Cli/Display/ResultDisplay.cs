namespace HtiTune.Cli;

/// <summary>What a run found, for people and for programs.</summary>
internal sealed class ResultDisplay
{
    // From fewer the model does not tell noise from a shape that it does not know yet.
    private const int FewestForNoise = 10;

    private readonly TuningResult _study;
    private readonly StudySpecification _specification;
    private readonly string _objective;
    private readonly int _made;
    private readonly int _here;
    private readonly IReadOnlyList<string> _line;

    private ResultDisplay(TuningResult study, StudySpecification specification, string objective, int made, int here, IReadOnlyList<string> line) =>
        (_study, _specification, _objective, _made, _here, _line) = (study, specification, objective, made, here, line);

    /// <summary>How the command ends.</summary>
    internal int ExitCode => _study switch
    {
        { StopReason: StopReason.Cancelled } => Cli.ExitCode.Interrupted,
        { Outcome: Certified } => Cli.ExitCode.Done,

        // Of a front nothing can be certified: it is there, and better the more is trained.
        _ when IsFront => Cli.ExitCode.Done,
        { StopReason: StopReason.TrainingBudget or StopReason.TimeLimit } when _study.TrainingsUsed > 0 || _specification.JudgedBy is null && _made > 0 => Cli.ExitCode.BudgetSpent,
        _ => Cli.ExitCode.GoalNotReached,
    };

    /// <summary>Why the run ended, in a sentence.</summary>
    internal string Reason => StopWords.Of(_study, _specification, _made);

    /// <param name="study">What the run found.</param>
    /// <param name="specification">The study.</param>
    /// <param name="objective">The objective's text.</param>
    /// <param name="made">Trainings that the study's runs have made.</param>
    /// <param name="here">Trainings of them that this command has made.</param>
    /// <param name="line">The words that were typed.</param>
    internal static ResultDisplay Of(TuningResult study, StudySpecification specification, string objective, int made, int here, IReadOnlyList<string>? line = null) =>
        new(study, specification, objective, made, here, line ?? []);

    /// <summary>Tells it: data on standard output, words on standard error.</summary>
    internal void Tell(bool json, bool events)
    {
        var name = _specification.Space.Label;
        if (events)
        {
            EventWriter.Event("run-ended", Write);
        }
        else if (json)
        {
            EventWriter.Write(Write);
        }
        else
        {
            Console.Out.WriteLine(Shown(_study.Configuration));
        }

        Say($"{_objective} = {(_study.RealValue is { } real ? string.Create(CultureInfo.InvariantCulture, $"{real:G6}, trained") : "not trained there")}; predicted {_study.PredictedValue:G6} ± {_study.PredictedDeviation:G2}");
        if (!_study.IsTrained && _study.Outcome is not Certified && _study.BestTrial is { } best)
        {
            Say($"the best trained {(_specification.Space.IsLine ? $"{name} is {Placeholders.Number(best.Lambda)}" : $"configuration is {Shown(best.Configuration)}")}: {_objective} = {best.Value:G6} there, for sure");
        }

        if (IsFront)
        {
            TellFront(Front, _study.Trials.Count(trial => trial.Value is not null));
        }

        TellFeasibility(_study.Feasibility, _specification.Constraints.Select(one => one.Text));

        if (_specification.Space.IsLine && double.IsFinite(_study.LambdaLow))
        {
            Say($"the best {name} may lie anywhere in [{_study.LambdaLow:G4}, {_study.LambdaHigh:G4}], with 95 % for all values at once, by the model");
        }

        Terminal.Say(_study.Outcome.Describe(name));
        if (_study.Outcome is not Certified { IsExhaustive: true } && _specification.Definition.Epsilon is null && !_study.Remarks.Any(remark => remark.Kind == RemarkKind.ConstantObjective))
        {
            Say($"{_study.Epsilon:G3} is 1 % of the range of {_objective} as it is expected over {name}{(_study.Remarks.Any(remark => remark.Kind == RemarkKind.ExtremeValues) ? ", what dominates it left out" : "")}: the regret that does not matter, unless \"epsilon\" says another");
        }

        Terminal.Say(Reason);
        foreach (var remark in _study.Remarks)
        {
            Terminal.Warn(remark.Text);
        }

        var failed = _study.Trials.Count(trial => trial.State == TrialState.Failed);
        var completed = Amount.Trainings(_study.Trials.Count(trial => trial.State == TrialState.Completed));
        Say($"{completed}{(failed > 0 ? $" and {failed} that failed" : "")}, {_here} of them by this command in {Duration.Show(_study.Elapsed)}; trust in the surrogate {_study.Trust:0.00}");
        if (IsNoisy)
        {
            Say($"values scatter by about {_study.NoiseDeviation:G2} around a smooth curve, and {_study.Epsilon:G2} is the regret that does not matter: more trainings help, or \"replicate\"");
        }

        if (_study.Calibration.IsAlarmed)
        {
            Terminal.Warn($"predictions have missed too often: {_study.Calibration}");
        }

        foreach (var advice in Next())
        {
            Terminal.Next(advice, Place());
        }
    }

    private static void TellFront(IReadOnlyList<FrontPoint> front, int trained)
    {
        Say($"of {trained} trained configurations {front.Count} are on the front, where no other is better in every objective; the one named is the nearest to the best of all");
        foreach (var point in front)
        {
            Terminal.Say($"  {Shown(point.Configuration)}: {string.Join(", ", point.Values.Select(pair => FormattableString.Invariant($"{pair.Key} = {pair.Value:G6}")))}");
        }
    }

    private static void TellFeasibility(Feasibility? feasibility, IEnumerable<string> constraints)
    {
        if (feasibility is { } met)
        {
            Terminal.Say(met.IsKnown ? $"it meets {string.Join(" and ", constraints)}"
                : FormattableString.Invariant($"no training meets every constraint; likeliest to is {Shown(met.Likeliest)}, with a probability of {100 * met.Probability:G2} %"));
        }
    }

    private bool IsFront => _specification.Definition.IsFrontOf(_objective);

    private IReadOnlyList<FrontPoint> Front =>
        [.. _study.Front.Select(point => FrontPoint.Of(point.Configuration, [_objective, .. _specification.Front.Select(metric => metric.Objective)], point.Features, point.Probability))];

    // What is certified is certain enough in spite of noise.
    private bool IsNoisy => _study.NoiseDeviation > _study.Epsilon && _study.Outcome is not Certified && _study.Trials.Count(trial => trial.Value is not null) >= FewestForNoise;

    // Numbers as every parser of a command line reads them.
    private static string Shown(Data.Configuration at) =>
        string.Join(", ", at.Pairs.Select(pair => $"{pair.Key} = {(pair.Value.IsNumber ? Placeholders.Number(pair.Value.Number) : pair.Value.Word)}"));

    private static void Say(FormattableString text) => Terminal.Say(FormattableString.Invariant(text));

    private IEnumerable<Advice> Next()
    {
        var isOther = _specification.JudgedBy is not null;
        switch (_study)
        {
            case { StopReason: StopReason.Cancelled }:
                yield return Advice.Resume;
                break;
            case { Outcome: Certified }:
                yield return OtherObjective is null ? Advice.Figure : Advice.Prefer;
                break;
            case { IsExhausted: true }:
                yield return Advice.Figure;
                break;
            case { StopReason: StopReason.TimeLimit } when !isOther:
                yield return _specification.MaxTime is { } time && Longest <= time ? Advice.TimeAgain : Advice.MoreTime;
                break;
            case { StopReason: StopReason.TrainingBudget, Outcome: not NotCertified } or { StopReason: StopReason.TrainingBudget, TrainingsUsed: > 0 }:
                yield return (isOther, IsStandingStill) switch
                {
                    (true, true) => Advice.PreferGoOn,
                    (true, false) => Advice.PreferTraining,
                    (false, true) => Advice.GoOn,
                    _ => Advice.MoreTrainings,
                };
                break;
            default:
                yield return isOther ? Advice.PreferGoOn : Advice.GoOn;
                break;
        }

        if (IsNoisy && !isOther && !_specification.Replicate && _study.StopReason is not StopReason.Cancelled)
        {
            yield return Advice.Replicate;
        }
    }

    // With nothing to gain a larger budget alone would train nothing. What has held once needs a look more, which may need no training.
    private bool IsStandingStill => _specification.UseWholeBudget || !_study.IsGainLeft && _study.Outcome is not NotCertified { Unmet: Unmet.HeldOnce };

    private AdvicePlace Place() => new()
    {
        Study = _specification,
        Made = _made,
        Objective = _study.Outcome is Certified ? OtherObjective : _objective,
        Time = 5 * Longest,
        Line = _line,
    };

    // The longest training so far: a time in which it fits has room for any.
    private TimeSpan Longest => _study.Trials.Where(trial => trial.State == TrialState.Completed).Select(trial => trial.Duration).DefaultIfEmpty().Max();

    // Another objective that the outputs answer: another column, or another statistic of this one.
    private string? OtherObjective
    {
        get
        {
            var names = _specification.OutputColumns ?? StudySession.StoredColumns(_specification.Folder);
            var columns = Enumerable.Range(0, _study.Anchors.Dimension).Select(i => $"column:{(names is null ? i.ToString(CultureInfo.InvariantCulture) : names[i])}").ToList();
            return columns.Find(column => column != _objective && !(columns.Count == 1 && _objective == "column:0"))
                ?? (_study.Anchors[0].Samples.Outputs.Rows > 1 && names is [var only] ? $"quantile({only}, 0.9)" : null);
        }
    }

    private void Write(System.Text.Json.Utf8JsonWriter writer) => new ResultRecord
    {
        Study = _specification.File,
        Hyperparameter = _specification.Space.Label,
        Objective = _objective,
        Configuration = _study.Configuration,
        Front = IsFront ? Front : null,
        IsFeasible = _study.Feasibility?.IsKnown,
        FeasibleProbability = _study.Feasibility?.Probability,
        Interval = _specification.Space.IsLine && double.IsFinite(_study.LambdaLow) ? [_study.LambdaLow, _study.LambdaHigh] : null,
        IsTrained = _study.IsTrained,
        Value = _study.RealValue,
        Predicted = _study.PredictedValue,
        Deviation = _study.PredictedDeviation,
        Remarks = _study.Remarks,
        Epsilon = _study.Epsilon,
        Trainings = _study.Trials.Count,
        TrainingsUsed = _study.TrainingsUsed,
        TrainingsHere = _here,
        Noise = _study.NoiseDeviation,
        Trust = _study.Trust,
        Seconds = _study.Elapsed.TotalSeconds,
        Next = [.. Next().Select(advice => advice.For(Place()))],
    }.With(_study.Outcome, _study.StopReason.ToString(), Reason).WriteTo(writer);

    /// <summary>Tells the result of a study that a server keeps, and gives the exit code.</summary>
    internal static int TellServed(StudyView study, StudyResult? result, string objective, bool json, bool events)
    {
        if (result is null)
        {
            throw study.State == StudyState.Cancelled
                ? new CliException("H002", $"study {study.Id} was cancelled: {study.Reason ?? "no reason was given"}.", "begin another, in another \"folder\"")
                : new CliException("H020", $"study {study.Id} has no result: {study.Reason}");
        }

        if (events)
        {
            EventWriter.Event("run-ended", RecordWriter.Of(study, result, objective).WriteTo);
        }
        else if (json)
        {
            EventWriter.Write(RecordWriter.Of(study, result, objective).WriteTo);
        }
        else
        {
            var space = study.Definition.ToSpace();
            Console.Out.WriteLine(space.IsLine ? $"{space.Label} = {Placeholders.Number(result.Lambda)}" : ServedSpace.At(space, result.Lambda, result.Configuration).ToString());
        }

        var possible = double.IsFinite(result.LambdaLow) ? FormattableString.Invariant($"; the best may lie anywhere in [{result.LambdaLow:G4}, {result.LambdaHigh:G4}], by the model") : "";
        Terminal.Say(FormattableString.Invariant($"{objective} = {result.Value:G6}{(result.IsTrained ? "" : ", predicted")}{possible}"));
        if (result.Front is { Count: > 0 } front)
        {
            TellFront(front, study.TrainingsUsed);
        }

        TellFeasibility(result.Feasibility, study.Definition.Constraints ?? []);
        Terminal.Say(FormattableString.Invariant(result.IsCertified
            ? (FormattableString)$"certified: within {result.Epsilon:G3} of the best, by the model; {Amount.Trainings(result.TrainingsUsed)}"
            : $"not certified after {Amount.Trainings(result.TrainingsUsed)}: {StopWords.Of(result.StopReason.ToString())}"));
        foreach (var remark in result.Remarks)
        {
            Terminal.Warn(remark.Text);
        }

        return result.IsCertified || result.Front is not null ? Cli.ExitCode.Done
            : result.StopReason is StopReason.TrainingBudget or StopReason.TimeLimit ? Cli.ExitCode.BudgetSpent : Cli.ExitCode.GoalNotReached;
    }
}

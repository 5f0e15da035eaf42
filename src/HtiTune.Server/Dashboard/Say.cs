namespace HtiTune.Server.Dashboard;

/// <summary>Numbers, times and states in words.</summary>
internal static class Say
{
    internal static string Number(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("G4", CultureInfo.InvariantCulture).Replace('-', '−') : "–";

    /// <summary>The hyperparameters by name.</summary>
    internal static string Name(StudyDefinition definition) => definition.ToSpace().Label;

    /// <summary>A configuration that is written as <c>lr=0.001, layers=2</c>.</summary>
    /// <exception cref="StudyServiceException">It is not understood.</exception>
    internal static Data.Configuration Configuration(string text, Data.SearchSpace space)
    {
        var values = new List<(string, Data.HyperparameterValue)>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = at > 0 ? (part[..at].Trim(), part[(at + 1)..].Trim()) : (part, "");
            StudyServiceException.ThrowIf(at <= 0 || values.Exists(one => one.Item1 == name),
                StudyServiceError.Invalid, $"“{part}” is not understood; expected each name once with its value, such as {string.Join(", ", space.Select(one => one.Name + "=…"))}.");

            var isWord = space.Any(one => one.Name == name && one is Data.CategoricalHyperparameter);
            values.Add((name, !isWord && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : value));
        }

        return values.Count > 0 ? new Data.Configuration(values) : throw new StudyServiceException(StudyServiceError.Invalid, "Nothing is given; expected names and values.");
    }

    /// <summary>A configuration: the number alone where there is one hyperparameter.</summary>
    internal static string At(Data.Configuration? configuration) => configuration is null ? "–" : configuration.Count == 1 ? Number(configuration.Lambda) is "–" ? configuration.ToText(4) : Number(configuration.Lambda) : configuration.ToText(4);

    /// <summary>Which training it is and where it stands, a line for each of several hyperparameters.</summary>
    internal static IEnumerable<string> Places(TrialView trial) => trial.Configuration.Count == 1
        ? [$"training {trial.Number} at {At(trial.Configuration)}"]
        : trial.Configuration.Pairs.Select(one => $"{one.Key} {(one.Value.IsNumber ? Number(one.Value.Number) : one.Value.Word)}").Prepend($"training {trial.Number}");

    internal static string Percent(double value) => value.ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>A probability, which is never said to be 0 or 1.</summary>
    internal static string Probability(double value) => value > 0.999 ? "more than 99.9 %" : value < 0.001 ? "less than 0.1 %" : Percent(100 * value);

    internal static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    internal static string Ago(TimeSpan ago) => ago.TotalSeconds < 1 ? "just now" : Span(ago) + " ago";

    internal static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 120 } => FormattableString.Invariant($"{Math.Max(0, span.TotalSeconds):0} s"),
        { TotalMinutes: < 120 } => FormattableString.Invariant($"{span.TotalMinutes:0} min"),
        { TotalHours: < 48 } => FormattableString.Invariant($"{span.TotalHours:0} h"),
        _ => FormattableString.Invariant($"{span.TotalDays:0} days"),
    };

    internal static string State(StudyState state) => state switch
    {
        StudyState.Active => "active",
        StudyState.Paused => "paused",
        StudyState.Finished => "finished",
        StudyState.Cancelled => "cancelled",
        _ => "failed",
    };

    internal static string State(AttemptState state) => state == AttemptState.TimedOut ? "timed out" : state.ToString().ToLowerInvariant();

    internal static string Tone(string state) => state switch
    {
        "finished" or "completed" or "done" => "good",
        "failed" or "lost" or "timed out" => "bad",
        "paused" or "silent" or "preempted" or "late" => "warn",
        "active" or "running" or "starting" => "busy",
        _ => "plain",
    };

    internal static string Goal(Goal goal) => goal == HtiTune.Goal.Minimize ? "least" : "greatest";

    internal static string Stop(StopReason reason) => reason switch
    {
        StopReason.Certified => "The answer was certain enough.",
        StopReason.TrainingBudget => "All trainings that were allowed are used.",
        StopReason.NoImprovementLeft => "No further training was expected to bring anything.",
        StopReason.TimeLimit => "No time was left for another training.",
        StopReason.CostExceedsGain => "No further training was worth its cost.",
        _ => "It was ended early.",
    };

    /// <summary>What can be claimed of a result: heading, words, tone.</summary>
    internal static (string Head, string Words, string Tone) Claim(StudyResult? result) => result?.Outcome switch
    {
        Certified { IsExhaustive: true } => ("Certified", "Every configuration of the space has been tried, and none is better.", "good"),
        Certified certified => ("Certified", $"With probability {Probability(certified.Probability)} (at least {Percent(100 * (1 - certified.Delta))} was asked for) no value in the whole range is better by more than {Number(certified.Epsilon)}, as far as the model can know. A narrow spike between trainings it cannot know.", "good"),
        NeedsTraining needs => ("A training is needed", $"The trainings so far do not answer this. One at {Number(needs.At)} would be worth most, an expected gain of {Number(needs.ExpectedGain)}. As it stands the recommendation is good enough with probability {Probability(needs.Probability)}.", "warn"),
        NotCertified not => ("Not certified", Sentence(not.Describe()["not certified: ".Length..]), "warn"),
        _ => ("No certificate yet", "It can be given when the study ends.", "plain"),
    };

    private static string Sentence(string words) => char.ToUpperInvariant(words[0]) + words[1..] + ".";
}

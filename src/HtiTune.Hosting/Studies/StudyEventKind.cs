namespace HtiTune.Hosting;

/// <summary>Kinds of events in a study's journal; a contract of the API.</summary>
public static class StudyEventKind
{
    /// <summary>The study was created; data: its definition.</summary>
    public const string Created = "study.created";

    /// <summary>Its state changed; data: state, reason.</summary>
    public const string StateChanged = "study.state";

    /// <summary>Anchors were imported; data: trial numbers and λ.</summary>
    public const string Imported = "anchors.imported";

    /// <summary>A run for an objective began; data: run, objective, goal, budget, epsilon, delta.</summary>
    public const string RunBegan = "run.began";

    /// <summary>The tuner asked for a training; data: number, lambda, seed, reason, expectedGain, forecast.</summary>
    public const string Asked = "trial.asked";

    /// <summary>A training's result was taken by the tuner; data: number, samples, value.</summary>
    public const string Told = "trial.told";

    /// <summary>A training failed for good; data: number, error.</summary>
    public const string ToldFailed = "trial.failed";

    /// <summary>A late or repeated result is kept as a replicate; data: number, attempt, samples.</summary>
    public const string Replicate = "trial.replicate";

    /// <summary>A run ended; data: the result.</summary>
    public const string RunEnded = "run.ended";

    /// <summary>The preference changed; data: version, objective, goal, result.</summary>
    public const string Preference = "preference";

    /// <summary>A user wants λ trained next; data: lambdas.</summary>
    public const string Enqueued = "study.enqueued";

    /// <summary>A user has taken out what waited to be trained next; data: nothing.</summary>
    public const string Cleared = "study.cleared";

    /// <summary>An attempt changed its state; data: number, attempt, state, reason, worker.</summary>
    public const string Attempt = "attempt";
}

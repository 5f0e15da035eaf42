using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Hosting;

/// <summary>JSON of the store: definitions, results and the data of events.</summary>
internal static class StudyJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
        MaxDepth = 32,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { WithoutNoLambda } },
    };

    // Over several hyperparameters a result has a configuration, and no λ.
    private static void WithoutNoLambda(JsonTypeInfo type)
    {
        if (type.Type == typeof(StudyResult))
        {
            foreach (var member in type.Properties.Where(one => one.Name is "lambda" or "lambdaLow" or "lambdaHigh"))
            {
                member.ShouldSerialize = (_, value) => value is not double.NaN;
            }
        }
    }

    /// <summary>A value as requests and answers spell it.</summary>
    public static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException("null where data is expected");
}

/// <summary>Data of <see cref="StudyEventKind.RunBegan"/>: everything that the run's tuner is made of.</summary>
/// <param name="Step">Number of this event among those of the tuner.</param>
/// <param name="Run">The run's number.</param>
/// <param name="Objective">The objective's text.</param>
/// <param name="Goal">Which values are better.</param>
/// <param name="Budget">Trainings allowed.</param>
/// <param name="Offset">The largest number that was given before the run, less the places that it begins with.</param>
/// <param name="Warm">Trials whose outputs the run begins with, in order.</param>
/// <param name="Why">Why it began.</param>
/// <param name="Algorithm"><see cref="AlgorithmVersion"/> of the library that made it; 1 before that was kept.</param>
internal sealed record RunBeganData(long Step, int Run, string Objective, Goal Goal, int Budget, int Offset, IReadOnlyList<TrialData> Warm, string Why, int Algorithm = 1);

/// <summary>
/// What the tuner's events say of a trial: <see cref="StudyEventKind.Asked"/> where it was asked for, <see cref="StudyEventKind.Told"/> and <see cref="StudyEventKind.ToldFailed"/>
/// how it ended, <see cref="StudyEventKind.RunBegan"/> what a run begins with. What an event has nothing to say of is null, and is not written.
/// </summary>
internal sealed record TrialData
{
    /// <summary>Number of the event among those of the tuner; null of a trial that a run begins with.</summary>
    public long? Step { get; init; }

    public required int Number { get; init; }

    /// <summary>Its λ, where there is one hyperparameter.</summary>
    public double? Lambda { get; init; }

    public long? Seed { get; init; }

    public string? Reason { get; init; }

    public double? ExpectedGain { get; init; }

    public double? Predicted { get; init; }

    public double? PredictedLow { get; init; }

    public double? PredictedHigh { get; init; }

    public double? Trust { get; init; }

    /// <summary>Blob of its outputs.</summary>
    public string? Samples { get; init; }

    /// <summary>The number it reported.</summary>
    public double? Reported { get; init; }

    /// <summary>The objective's value; null where it has none.</summary>
    public double? Value { get; init; }

    /// <summary>Why it has none, or what went wrong.</summary>
    public string? Error { get; init; }

    /// <summary>Of an end: whether the run had not asked for it, so that it is kept for runs to come.</summary>
    public bool? IsOrphan { get; init; }

    /// <summary>The values of the hyperparameters; null where λ tells.</summary>
    public Configuration? Configuration { get; init; }

    /// <summary>How long it took by the tuner's clock, for it weighs by that where a training's cost is measured; null where the run had not asked for it, and of earlier versions.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>A trial with its result alone, as a run begins with it.</summary>
    public static TrialData Of(int number, Configuration configuration, string? samples, double? reported)
    {
        var lambda = StudyProblem.LambdaOf(configuration);
        return new() { Number = number, Lambda = lambda, Samples = samples, Reported = reported, Configuration = lambda is null ? configuration : null };
    }

    /// <summary>Of what was told of its end, the result alone.</summary>
    public TrialData ToResult() => new() { Number = Number, Lambda = Lambda, Samples = Samples, Reported = Reported, Configuration = Lambda is null ? Configuration : null };
}

/// <summary>Data of <see cref="StudyEventKind.Enqueued"/>.</summary>
/// <param name="Step">Number of this event among those of the tuner.</param>
/// <param name="Lambdas">λ that are to be trained next, in this order, where there is one hyperparameter.</param>
internal sealed record EnqueuedData(long Step, IReadOnlyList<double>? Lambdas)
{
    /// <summary>The same as configurations; null where an earlier version wrote λ alone.</summary>
    public IReadOnlyList<Configuration>? Configurations { get; init; }

    public static EnqueuedData Of(long step, IReadOnlyList<Configuration> configurations) => new(
        step, configurations.All(one => StudyProblem.LambdaOf(one) is not null) ? [.. configurations.Select(one => one.Lambda)] : null)
    { Configurations = configurations };

    public IReadOnlyList<Configuration> At(StudyProblem problem) =>
        Configurations is { } all ? [.. all.Select(one => problem.At(null, one))] : [.. (Lambdas ?? []).Select(lambda => problem.At(lambda, null))];
}

/// <summary>What a trial's <see cref="TrialRow.Measures"/> holds: the values of all that the run measures, by objective, and whether every constraint is met.</summary>
internal sealed record TrialMeasures(IReadOnlyDictionary<string, double> Features, bool? IsFeasible);

/// <summary>Data of <see cref="StudyEventKind.StateChanged"/>.</summary>
internal sealed record StateData(StudyState State, string? Reason);

/// <summary>Data of <see cref="StudyEventKind.RunEnded"/>.</summary>
/// <param name="Step">Number of this event among those of the tuner.</param>
/// <param name="Run">The run's number.</param>
/// <param name="Result">Its result; null where no training has given a value.</param>
/// <param name="Error">Why there is no result.</param>
internal sealed record RunEndedData(long Step, int Run, StudyResult? Result, string? Error);

/// <summary>What the data of all of the tuner's events have in common.</summary>
internal sealed record SteppedData(long Step = 0, int Run = 0);

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
internal sealed record RunBeganData(long Step, int Run, string Objective, Goal Goal, int Budget, int Offset, IReadOnlyList<WarmTrial> Warm, string Why, int Algorithm = 1);

/// <summary>A trial that a run begins with.</summary>
internal sealed record WarmTrial(int Number, double? Lambda, string? Samples, double? Reported)
{
    /// <summary>Where it was trained; null where λ tells.</summary>
    public Configuration? Configuration { get; init; }

    public static WarmTrial Of(int number, Configuration configuration, string? samples, double? reported) =>
        StudyProblem.LambdaOf(configuration) is { } lambda ? new(number, lambda, samples, reported) : new(number, null, samples, reported) { Configuration = configuration };
}

/// <summary>Data of <see cref="StudyEventKind.Asked"/>.</summary>
internal sealed record AskedData(
    long Step, int Number, double? Lambda, long Seed, string Reason, double? ExpectedGain, double? Predicted, double? PredictedLow, double? PredictedHigh, double? Trust)
{
    public Configuration? Configuration { get; init; }
}

/// <summary>Data of <see cref="StudyEventKind.Told"/> and, with an error alone, of <see cref="StudyEventKind.ToldFailed"/>.</summary>
/// <param name="Step">Number of this event among those of the tuner.</param>
/// <param name="Number">The trial's number.</param>
/// <param name="Lambda">Its λ, where there is one hyperparameter.</param>
/// <param name="Samples">Blob of its outputs.</param>
/// <param name="Reported">The number it reported.</param>
/// <param name="Value">The objective's value; null where it has none.</param>
/// <param name="Error">Why it has none, or what went wrong.</param>
/// <param name="IsOrphan">Whether the run had not asked for it: kept for runs to come.</param>
internal sealed record ToldData(long Step, int Number, double? Lambda, string? Samples, double? Reported, double? Value, string? Error, bool IsOrphan = false)
{
    public Configuration? Configuration { get; init; }

    /// <summary>How long it took by the tuner's clock, for it weighs by that where a training's cost is measured; null where the run had not asked for it, and of earlier versions.</summary>
    public TimeSpan? Duration { get; init; }

    public static ToldData Failed(long step, int number, double? lambda, string error, bool isOrphan = false) => new(step, number, lambda, null, null, null, error, isOrphan);

    public WarmTrial ToWarm() => new(Number, Lambda, Samples, Reported) { Configuration = Lambda is null ? Configuration : null };
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

using static System.FormattableString;

namespace HtiTune;

/// <summary>What is wrong with what functions in the options answer.</summary>
internal static class OptionFaults
{
    // Functions of λ are tried at so many places and one.
    private const int ProbeCount = 64;

    /// <summary>The first place of a range where a function of λ answers what it must not, with its answer; none where there is none.</summary>
    internal static IEnumerable<string> Of(ContinuousHyperparameter line, Func<double, double> function, Func<double, bool> isRight) =>
        Enumerable.Range(0, ProbeCount + 1).Select(i => line.FromUnit(i / (double)ProbeCount)).Select(lambda => (Lambda: lambda, Value: function(lambda)))
            .Where(one => !double.IsFinite(one.Value) || !isRight(one.Value)).Take(1).Select(one => Invariant($"{one.Value:R} at λ = {one.Lambda:R}"));

    /// <summary>What is wrong with a configuration that is to be trained or was; none where nothing is.</summary>
    internal static IReadOnlyList<string> Of(TunerOptions options, SearchSpace space, Configuration configuration) =>
        space.FaultsOf(configuration) is var faults && faults.Count == 0 && options.IsAllowed?.Invoke(space.Ordered(configuration)) == false
            ? [$"{configuration} is not allowed by {nameof(TunerOptions)}.{nameof(TunerOptions.IsAllowed)}"]
            : faults;
}

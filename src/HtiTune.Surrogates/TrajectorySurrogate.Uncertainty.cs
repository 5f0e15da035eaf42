using HtiTune.Data;
using HtiTune.Surrogates.Uncertainty;

namespace HtiTune.Surrogates;

public sealed partial class TrajectorySurrogate
{
    private readonly Lock _errors = new();
    private ErrorModel? _errorModel;

    /// <summary>
    /// A functional of the outputs at λ with its standard error and an interval for the real network's value. The error model is learned at the
    /// first call, by leaving out one interior anchor at a time (a fraction of a second each, no network is trained), and kept.
    /// </summary>
    /// <param name="lambda">λ between the first and the last anchor.</param>
    /// <param name="contexts">n contexts.</param>
    /// <param name="functional">A number that samples have; called about a hundred times.</param>
    /// <param name="level">Probability of the interval, between 0 and 1.</param>
    /// <param name="cancellation">Ends the learning of the error model.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is outside the anchors' range, or the level is not between 0 and 1.</exception>
    /// <exception cref="InvalidOperationException">The surrogate is a baseline, which has no error model; or the functional is not finite.</exception>
    /// <remarks>
    /// The interval is conditional on the error model. With two anchors nothing is known of the pace between them, and it says so by its
    /// width. What no anchor has come near, a jump or a narrow dip, is outside it.
    /// </remarks>
    public FunctionalEstimate Estimate(
        double lambda, Contexts contexts, Func<Samples, double> functional, double level = 0.9, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(contexts);
        ArgumentNullException.ThrowIfNull(functional);
        FunctionalEstimate.RequireLevel(level);
        if (Options.Method != Method.Hti)
        {
            throw new InvalidOperationException($"The method {Options.Method} is a baseline without an error model; only {Method.Hti} has one.");
        }

        var (interval, u) = Locate(lambda);
        var samples = Sample(lambda, contexts).Samples;
        var value = Finite(functional(samples), lambda);
        var model = ErrorsLearned(cancellation);
        var grid = new double[ErrorModel.GridPoints];
        for (var g = 0; g < grid.Length; g++)
        {
            grid[g] = Finite(functional(AtShare(interval, g / (grid.Length - 1.0), contexts)), lambda);
        }

        var movement = ErrorModel.Movement([.. Anchors.Select(anchor => Finite(functional(Sample(anchor, contexts).Samples), anchor))]);
        var error = Bootstrap.StandardErrors(
            contexts.Count,
            rows => [Finite(functional(new Samples(samples.Outputs.SelectRows(rows), contexts.Select(rows))), lambda)],
            new RandomStreams(Options.Seed).Fork("uncertainty").Stream("rows"))[0];
        var share = _state.ClockOf(interval).Fraction(u, _positions[interval], _positions[interval + 1]);
        var law = model.Law(grid, share, movement, error * Math.Sqrt(contexts.Count), _state.Report.Deterministic ? 0 : 2 * error * error);
        return new FunctionalEstimate(value, law.Deviation(), law.Quantile((1 - level) / 2), law.Quantile((1 + level) / 2), level);
    }

    /// <summary>The outputs at a share of an interval, by the clock.</summary>
    internal Samples AtShare(int interval, double share, Contexts contexts)
    {
        double low = Hyperparameter.ToUnit(Anchors[0]), high = Hyperparameter.ToUnit(Anchors[^1]);
        var place = _state.ClockOf(interval).Place(share, _positions[interval], _positions[interval + 1]);
        var lambda = share <= 0 ? Anchors[interval]
            : share >= 1 ? Anchors[interval + 1]
            : Math.Clamp(Hyperparameter.FromUnit(low + place * (high - low)), Anchors[interval], Anchors[interval + 1]);
        return Sample(lambda, contexts).Samples;
    }

    internal ErrorModel ErrorsLearned(CancellationToken cancellation)
    {
        lock (_errors)
        {
            return _errorModel ??= ErrorModel.Learn(this, cancellation);
        }
    }

    private static double Finite(double value, double lambda) => double.IsFinite(value)
        ? value
        : throw new InvalidOperationException($"The functional is {value} at λ = {lambda:R}, or for resampled rows there; expected a finite number.");
}

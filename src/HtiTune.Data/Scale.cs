namespace HtiTune.Data;

// λ   value of the hyperparameter, in its own units
// w   its place on the scale, w = w(λ), strictly monotone on the scale's domain
//
//   scale             w(λ)               domain         λ(w)
//   linear            λ                  all numbers    w
//   log               ln λ               λ > 0          e^w
//   logit             ln(λ / (1 − λ))    0 < λ < 1      1 / (1 + e^−w)
//   odds              λ / (1 − λ)        0 ≤ λ < 1      w / (1 + w)
//   normal-quantile   Φ⁻¹(λ)             0 < λ < 1      Φ(w)
//   symlog=t          ±ln(1 + |λ| / t)   all numbers    ±t (e^|w| − 1), the sign that of λ or w, t > 0

/// <summary>
/// The scale on which a hyperparameter is searched: a strictly monotone map w(λ), so that equal steps of w matter about
/// equally to the network.
/// </summary>
/// <remarks>Immutable and thread-safe. Scales of the same definition are equal.</remarks>
public abstract class Scale : IEquatable<Scale>
{
    private protected Scale(string name) => Name = name;

    /// <summary>w = λ: for differences that matter equally everywhere.</summary>
    public static Scale Linear { get; } = new LinearScale();

    /// <summary>w = ln λ, for λ &gt; 0: for magnitudes (learning rates, penalties).</summary>
    public static Scale Log { get; } = new LogScale();

    /// <summary>w = ln(λ / (1 − λ)), for 0 &lt; λ &lt; 1: for probabilities near both ends.</summary>
    public static Scale Logit { get; } = new LogitScale();

    /// <summary>w = λ / (1 − λ), for 0 ≤ λ &lt; 1: for the mixing weight of two losses.</summary>
    public static Scale Odds { get; } = new OddsScale();

    /// <summary>w = Φ⁻¹(λ), for 0 &lt; λ &lt; 1: for quantile levels of a nearly normal target.</summary>
    public static Scale NormalQuantile { get; } = new NormalQuantileScale();

    /// <summary>What <see cref="Parse"/> reads, for help texts and lists to choose from; <c>symlog</c> may be followed by <c>=</c> and its threshold.</summary>
    public static IReadOnlyList<string> Names { get; } = ["linear", "log", "logit", "odds", "normal-quantile", "symlog"];

    /// <summary>
    /// w = ±ln(1 + |λ| / t) with the sign of λ: a logarithmic scale that holds 0 and numbers below. It is nearly linear where |λ| is below t, and
    /// nearly logarithmic far above: for a penalty that may be left out.
    /// </summary>
    /// <param name="threshold">
    /// t, finite and above 0, in λ's units. Unless given, <see cref="Hyperparameter.Continuous"/> takes a ten-thousandth of the range's end that
    /// is farther from 0.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not a finite number above 0.</exception>
    public static Scale SymmetricLog(double? threshold = null) => new SymmetricLogScale(threshold);

    /// <summary>The name that <see cref="Parse"/> reads, or the given name of a warp.</summary>
    public string Name { get; }

    /// <summary>The λ for which the scale is defined, in words, e.g. <c>λ &gt; 0</c>.</summary>
    public abstract string Domain { get; }

    /// <summary>w(λ).</summary>
    /// <param name="lambda">λ, inside the <see cref="Domain"/>; outside it the result is NaN, infinite or without meaning.</param>
    public abstract double Forward(double lambda);

    /// <summary>The λ with w(λ) = w.</summary>
    /// <param name="w">A value that the scale takes.</param>
    public abstract double Inverse(double w);

    /// <summary>Whether the scale is defined at λ.</summary>
    /// <param name="lambda">λ.</param>
    public abstract bool Covers(double lambda);

    /// <summary>The scale with a name: linear, log, logit, odds, normal-quantile, symlog, or symlog with its threshold, e.g. <c>symlog=1e-5</c>.</summary>
    /// <param name="name">The name, in small letters.</param>
    /// <exception cref="ArgumentException">There is no scale of this name, or the threshold is not a finite number above 0.</exception>
    public static Scale Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Scale[] known = [Linear, Log, Logit, Odds, NormalQuantile, SymmetricLog()];
        return Array.Find(known, scale => scale.Name == name) ?? SymmetricLogScale.WithThreshold(name) ?? throw new ArgumentException(
            $"There is no scale '{name}'; expected one of {string.Join(", ", Names)}{(name is "int" or "integer" or "step" ? ": whole numbers are a kind of hyperparameter, written name=from..to:int" : "")}.", nameof(name));
    }

    /// <summary>A scale given by a strictly monotone function, increasing or decreasing.</summary>
    /// <param name="name">A name for messages and files.</param>
    /// <param name="forward">w(λ); pure, and finite over the hyperparameter's range.</param>
    /// <param name="inverse">λ(w); without it the inverse is found by bisection, to the last bit, in at most 64 evaluations of w.</param>
    /// <remarks>
    /// Whether the function is monotone and the inverse undoes it is checked by <see cref="Hyperparameter.Continuous"/>. Two
    /// warps are equal when their names and functions are.
    /// </remarks>
    public static Scale Warp(string name, Func<double, double> forward, Func<double, double>? inverse = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(forward);
        return new WarpScale(name, forward, inverse);
    }

    /// <summary>The scale for a range, where it depends on that.</summary>
    internal virtual Scale For(double minimum, double maximum) => this;

    /// <summary>The λ in [low, high] with w(λ) = w, the nearer end where there is none.</summary>
    internal virtual double InverseWithin(double w, double low, double high) => Math.Clamp(Inverse(w), low, high);

    /// <inheritdoc/>
    public virtual bool Equals(Scale? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as Scale);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private sealed class LinearScale() : Scale("linear")
    {
        public override string Domain => "any finite λ";

        public override double Forward(double lambda) => lambda;

        public override double Inverse(double w) => w;

        public override bool Covers(double lambda) => double.IsFinite(lambda);
    }

    private sealed class LogScale() : Scale("log")
    {
        public override string Domain => "λ > 0";

        public override double Forward(double lambda) => Math.Log(lambda);

        public override double Inverse(double w) => Math.Exp(w);

        public override bool Covers(double lambda) => lambda > 0 && double.IsFinite(lambda);
    }

    private sealed class LogitScale() : Scale("logit")
    {
        public override string Domain => "0 < λ < 1";

        // ln of a ratio near 1 loses its relative accuracy; there w = 2 artanh(2λ − 1), and 2λ − 1 is exact.
        public override double Forward(double lambda) =>
            lambda is > 0.25 and < 0.75 ? 2 * Math.Atanh(2 * lambda - 1) : Math.Log(lambda / (1 - lambda));

        // e^|w| may overflow; e^−|w| does not.
        public override double Inverse(double w) => w >= 0 ? 1 / (1 + Math.Exp(-w)) : Math.Exp(w) / (1 + Math.Exp(w));

        public override bool Covers(double lambda) => lambda is > 0 and < 1;
    }

    private sealed class OddsScale() : Scale("odds")
    {
        public override string Domain => "0 ≤ λ < 1";

        public override double Forward(double lambda) => lambda / (1 - lambda);

        public override double Inverse(double w) => w / (1 + w);

        public override bool Covers(double lambda) => lambda is >= 0 and < 1;
    }

    private sealed class NormalQuantileScale() : Scale("normal-quantile")
    {
        public override string Domain => "0 < λ < 1";

        public override double Forward(double lambda) => NormalDistribution.Quantile(lambda);

        public override double Inverse(double w) => NormalDistribution.Cumulative(w);

        public override bool Covers(double lambda) => lambda is > 0 and < 1;
    }
}

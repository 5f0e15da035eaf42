using static System.FormattableString;

namespace HtiTune.Data;

// λ   value of the hyperparameter, in its own units, λmin ≤ λ ≤ λmax
// w   place on its scale, w(λ)
// u   place in the range, u = (w(λ) − w(λmin)) / (w(λmax) − w(λmin)) ∈ [0, 1]

/// <summary>A hyperparameter that takes every value of a closed range, searched on a scale.</summary>
public sealed class ContinuousHyperparameter : Hyperparameter
{
    // A warp is checked at so many places; its inverse may be off by this share of the range.
    private const int ProbeCount = 64;
    private const double InverseTolerance = 1e-6;

    private readonly double _wMinimum;
    private readonly double _wWidth;

    private ContinuousHyperparameter(string name, double minimum, double maximum, Scale scale, Condition? condition = null)
        : base(name, condition)
    {
        Minimum = minimum;
        Maximum = maximum;
        Scale = scale;
        _wMinimum = scale.Forward(minimum);
        _wWidth = scale.Forward(maximum) - _wMinimum;
    }

    /// <summary>The least λ.</summary>
    public double Minimum { get; }

    /// <summary>The greatest λ.</summary>
    public double Maximum { get; }

    /// <summary>The scale on which λ is searched.</summary>
    public Scale Scale { get; }

    internal static ContinuousHyperparameter Create(string name, double minimum, double maximum, Scale? scale)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        scale ??= Scale.Linear;
        RequireEnd(name, minimum, scale, nameof(minimum));
        RequireEnd(name, maximum, scale, nameof(maximum));
        if (!(minimum < maximum))
        {
            throw new ArgumentException(
                Invariant($"The hyperparameter '{name}' has the range {minimum:R} to {maximum:R}; expected a minimum below the maximum."),
                nameof(maximum));
        }

        scale = scale.For(minimum, maximum);
        var hyperparameter = new ContinuousHyperparameter(name, minimum, maximum, scale);
        if (!double.IsFinite(hyperparameter._wWidth) || hyperparameter._wWidth == 0)
        {
            throw new ArgumentException(
                Invariant($"The hyperparameter '{name}' has no usable width on the scale '{scale.Name}' between {minimum:R} and {maximum:R}; ")
                + "expected ends whose places on the scale differ by a finite amount.", nameof(maximum));
        }

        if (scale is WarpScale)
        {
            hyperparameter.RequireMonotoneWarp();
            hyperparameter.RequireInverse();
        }

        double[] places = [.. Enumerable.Range(0, 5).Select(i => hyperparameter.FromUnit(i / 4.0))];
        if (places.Distinct().Count() < places.Length)
        {
            throw new ArgumentException(
                Invariant($"The hyperparameter '{name}' has the range {minimum:R} to {maximum:R}, in which double precision has no different numbers at its quarters; ")
                + "expected ends farther apart.", nameof(maximum));
        }

        return hyperparameter;
    }

    /// <summary>u(λ) = (w(λ) − w(λmin)) / (w(λmax) − w(λmin)): the place in the range along the scale.</summary>
    /// <param name="lambda">λ, in the range.</param>
    /// <returns>u, 0 at the minimum and 1 at the maximum, exactly.</returns>
    /// <exception cref="ArgumentOutOfRangeException">λ lies outside the range.</exception>
    public double ToUnit(double lambda)
    {
        Require(lambda);
        return Math.Clamp((Scale.Forward(lambda) - _wMinimum) / _wWidth, 0, 1);
    }

    /// <summary>The λ whose place in the range is u.</summary>
    /// <param name="u">0 to 1; an overstep by rounding (1e-9) counts as the end.</param>
    /// <returns>λ, the exact minimum at 0 and the exact maximum at 1, always in the range.</returns>
    /// <exception cref="ArgumentOutOfRangeException">u lies outside [0, 1], or is NaN.</exception>
    public double FromUnit(double u)
    {
        RequireUnit(u);
        return u <= 0 ? Minimum : u >= 1 ? Maximum : Scale.InverseWithin(_wMinimum + u * _wWidth, Minimum, Maximum);
    }

    /// <summary>Whether λ is a number in the range, ends included.</summary>
    /// <param name="lambda">λ.</param>
    public bool Contains(double lambda) => lambda >= Minimum && lambda <= Maximum;

    /// <summary>Throws unless λ lies in the range.</summary>
    /// <param name="lambda">λ.</param>
    /// <param name="place">Where the value stands, for the message (e.g. <c>anchor 3</c>), or none.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// λ lies outside the range, or is NaN; the message names value, range and place.
    /// </exception>
    public void Require(double lambda, string? place = null)
    {
        if (!Contains(lambda))
        {
            throw new ArgumentOutOfRangeException(
                nameof(lambda), Invariant($"{(place is null ? "" : place + ": ")}{Name} = {lambda:R}; expected {Minimum:R} to {Maximum:R}."));
        }
    }

    /// <inheritdoc/>
    public override string Domain => Invariant($"{Minimum:R} to {Maximum:R}");

    /// <inheritdoc/>
    public override bool Allows(HyperparameterValue value) => value.IsNumber && Contains(value.Number);

    /// <inheritdoc/>
    public override double ToUnit(HyperparameterValue value)
    {
        Require(value);
        return ToUnit(value.Number);
    }

    /// <inheritdoc/>
    public override HyperparameterValue ValueAt(double u) => FromUnit(u);

    /// <summary>Name, range and scale, e.g. <c>quantile in [0.01, 0.99], linear</c>.</summary>
    public override string ToString() => Invariant($"{Name} in [{Minimum:R}, {Maximum:R}], {Scale.Name}{ConditionText}");

    private protected override string DomainText => Invariant($"{Minimum:R}..{Maximum:R}{(Scale.Equals(Scale.Linear) ? "" : ":" + Scale.Name)}");

    private protected override bool IsSame(Hyperparameter other) => other is ContinuousHyperparameter same
        && Scale.Equals(same.Scale) && Minimum.Equals(same.Minimum) && Maximum.Equals(same.Maximum);

    private protected override Hyperparameter Under(Condition condition) => new ContinuousHyperparameter(Name, Minimum, Maximum, Scale, condition);

    private static void RequireEnd(string name, double end, Scale scale, string parameter)
    {
        if (!double.IsFinite(end) || !scale.Covers(end))
        {
            throw new ArgumentOutOfRangeException(
                parameter, Invariant($"The hyperparameter '{name}' has the {parameter} {end:R}, but the scale '{scale.Name}' needs {scale.Domain}."));
        }
    }

    private void RequireMonotoneWarp()
    {
        var previous = (Lambda: Minimum, U: 0.0);
        foreach (var lambda in Probes())
        {
            var u = (Scale.Forward(lambda) - _wMinimum) / _wWidth;
            if (!(u > previous.U))
            {
                throw new ArgumentException(
                    Invariant($"The warp '{Scale.Name}' of '{Name}' is not strictly monotone between λ = {previous.Lambda:R} and {lambda:R}; ")
                    + "expected w(λ) to rise all the way or to fall all the way.");
            }

            previous = (lambda, u);
        }
    }

    private void RequireInverse()
    {
        foreach (var lambda in Probes())
        {
            var back = Scale.InverseWithin(Scale.Forward(lambda), Minimum, Maximum);
            if (!(Math.Abs(back - lambda) <= InverseTolerance * (Maximum - Minimum)))
            {
                throw new ArgumentException(
                    Invariant($"The inverse of the warp '{Scale.Name}' of '{Name}' gives {back:R} for w({lambda:R}); expected {lambda:R}."));
            }
        }
    }

    private IEnumerable<double> Probes() =>
        Enumerable.Range(1, ProbeCount).Select(i => Minimum + (Maximum - Minimum) * (i / (double)ProbeCount));
}

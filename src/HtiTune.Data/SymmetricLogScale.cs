namespace HtiTune.Data;

/// <summary>w = ±ln(1 + |λ| / t): logarithmic on both sides of 0, linear near it.</summary>
internal sealed class SymmetricLogScale : Scale
{
    private const string Plain = "symlog";

    // Of the end of a range that is farther from 0, where no threshold is given.
    private const double DefaultShare = 1e-4;

    private readonly double? _threshold;

    internal SymmetricLogScale(double? threshold)
        : base(threshold is null ? Plain : string.Create(CultureInfo.InvariantCulture, $"{Plain}={threshold:R}"))
    {
        if (threshold is { } t && !(t > 0 && double.IsFinite(t)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(threshold), string.Create(CultureInfo.InvariantCulture, $"The threshold of the scale '{Plain}' is {t:R}; expected a finite number above 0."));
        }

        _threshold = threshold;
    }

    /// <summary>t; null where the range of a hyperparameter gives it.</summary>
    internal double? Threshold => _threshold;

    public override string Domain => "any finite λ";

    /// <summary>The scale whose name gives a threshold; null where the name is another.</summary>
    /// <exception cref="ArgumentException">The threshold is no number above 0.</exception>
    internal static SymmetricLogScale? WithThreshold(string name)
    {
        if (!name.StartsWith(Plain + "=", StringComparison.Ordinal))
        {
            return null;
        }

        var text = name[(Plain.Length + 1)..];
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var threshold) && threshold > 0 && double.IsFinite(threshold)
            ? new SymmetricLogScale(threshold)
            : throw new ArgumentException($"The threshold of the scale '{name}' is '{text}'; expected a finite number above 0, e.g. {Plain}=1e-5.", nameof(name));
    }

    // ln(1 + x) loses the digits of a small x; 2 artanh(x / (2 + x)) is the same and keeps them.
    public override double Forward(double lambda)
    {
        var x = Math.Abs(lambda) / Given;
        return Math.CopySign(x < 0.5 ? 2 * Math.Atanh(x / (2 + x)) : Math.Log(1 + x), lambda);
    }

    // e^w − 1 likewise: 2 tanh(w/2) / (1 − tanh(w/2)).
    public override double Inverse(double w)
    {
        var half = Math.Tanh(Math.Abs(w) / 2);
        return Math.CopySign(Given * (Math.Abs(w) < 0.5 ? 2 * half / (1 - half) : Math.Exp(Math.Abs(w)) - 1), w);
    }

    public override bool Covers(double lambda) => double.IsFinite(lambda);

    public override bool Equals(Scale? other) => other is SymmetricLogScale scale && Nullable.Equals(_threshold, scale._threshold);

    // To 15 digits, so that a name reads 0.03 and not 0.030000000000000002.
    internal override Scale For(double minimum, double maximum)
    {
        var size = Math.Max(Math.Abs(minimum), Math.Abs(maximum)) * DefaultShare;
        return _threshold is null && size > 0
            ? new SymmetricLogScale(double.Parse(size.ToString("G15", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
            : this;
    }

    private double Given => _threshold ?? throw new InvalidOperationException(
        $"The scale '{Plain}' has no threshold; expected one, e.g. {Plain}=1e-5, or the range of a hyperparameter to take it from.");
}

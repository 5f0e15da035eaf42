namespace HtiTune.Acquisition;

// Notation: one (ℓ, r) of the bridge process, σ² divided out.
//   K = k_ℓ(u, u) + r diag(ω) = L Lᵀ, [n, n]     ω relative noise of the observations, mean 1
//   1̂ = L⁻¹ 1     ŷ = L⁻¹ (y − c)     m̂ = L⁻¹ (m_A(u) − c)     c the prior's centre
//   at a point *: w = L⁻¹ k*, and its products with the three
// Observations stand in the order they arrived. Row t of L is L_<t⁻¹ k_t, so one factor holds all one-step-ahead predictions.
//
// Prior of a component: f = ρ m_A + h β₀ + δ, h = 1 − ρ, β₀ ~ N(c, κ²σ²), δ ~ GP(0, σ² k_ℓ). With d = (y − c) − ρ (m_A(u) − c):
//   P = 1/κ² + h² 1ᵀK⁻¹1          precision of β₀ − c
//   b = h · (h 1ᵀK⁻¹d)/P          posterior mean of h (β₀ − c)
//   mean      c + ρ (m* − c) + b + wᵀ(L⁻¹d − b 1̂)
//   variance  k** − wᵀw + g²,     g = h (1 − wᵀ1̂)/√P          (kriging with an uncertain level)
// One step ahead the same holds with the first t observations and the surrogate m_<t of that time: m̂ becomes L_<t⁻¹ (m_<t(u_<t) − c).
// Where the surrogate has no answer, ρ = 0 takes its place: mean and g are those of plain kriging.

/// <summary>The products of w = L⁻¹k* at one point that every component of the same (ℓ, r) needs.</summary>
/// <param name="Variance">k** − wᵀw, at least 0.</param>
/// <param name="Ones">wᵀ1̂.</param>
/// <param name="Values">wᵀŷ.</param>
/// <param name="Surrogate">wᵀm̂.</param>
internal readonly record struct KrigingPoint(double Variance, double Ones, double Values, double Surrogate);

/// <summary>The observations seen through one length scale and one noise ratio.</summary>
internal sealed class Kriging
{
    private readonly double[] _points;
    private readonly double _levelPrecision;
    private readonly (double Row, double Ones)[] _earlier;

    /// <summary>Factorises.</summary>
    /// <param name="points">u, [n].</param>
    /// <param name="relativeNoise">ω, [n].</param>
    /// <param name="values">y − c, [n].</param>
    /// <param name="surrogate">m_A(u) − c, [n].</param>
    /// <param name="earlier">m_&lt;t(u_i) − c for i &lt; t, [n][t].</param>
    /// <param name="lengthScale">ℓ.</param>
    /// <param name="noiseRatio">r = τ²/σ².</param>
    /// <param name="levelDeviation">κ.</param>
    /// <param name="leastJitter">The least that is added to the diagonal, as a share of its largest entry.</param>
    public Kriging(
        double[] points,
        double[] relativeNoise,
        double[] values,
        double[] surrogate,
        double[][] earlier,
        double lengthScale,
        double noiseRatio,
        double levelDeviation,
        double leastJitter = 0)
    {
        _points = points;
        _levelPrecision = 1 / (levelDeviation * levelDeviation);
        LengthScale = lengthScale;
        NoiseRatio = noiseRatio;
        var n = points.Length;
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                matrix[i * n + j] = Matern52.Correlation(points[i] - points[j], lengthScale);
            }

            matrix[i * n + i] = 1 + noiseRatio * relativeNoise[i];
        }

        Factor = CholeskyFactor.Of(matrix, n, leastJitter);
        Ones = new double[n];
        Array.Fill(Ones, 1);
        Values = new double[n];
        Surrogate = new double[n];
        Factor.SolveLower(Ones, Ones);
        Factor.SolveLower(values, Values);
        Factor.SolveLower(surrogate, Surrogate);
        _earlier = new (double, double)[n];
        var solved = new double[n];
        for (var t = 0; t < n; t++)
        {
            Factor.SolveLower(earlier[t], solved);
            _earlier[t] = (CholeskyFactor.Dot(Factor.Row(t, t), solved), CholeskyFactor.Dot(Ones.AsSpan(0, t), solved));
        }

        OnesOnes = CholeskyFactor.Dot(Ones, Ones);
        OnesValues = CholeskyFactor.Dot(Ones, Values);
        OnesSurrogate = CholeskyFactor.Dot(Ones, Surrogate);
    }

    public double LengthScale { get; }

    public double NoiseRatio { get; }

    public CholeskyFactor Factor { get; }

    public double[] Ones { get; }

    public double[] Values { get; }

    public double[] Surrogate { get; }

    private double OnesOnes { get; }

    private double OnesValues { get; }

    private double OnesSurrogate { get; }

    /// <summary>Fills w = L⁻¹k* and returns its products.</summary>
    public KrigingPoint At(double u, Span<double> w)
    {
        for (var i = 0; i < w.Length; i++)
        {
            w[i] = Matern52.Correlation(u - _points[i], LengthScale);
        }

        Factor.SolveLower(w, w);
        return new KrigingPoint(
            Math.Max(0, 1 - CholeskyFactor.Dot(w, w)),
            CholeskyFactor.Dot(w, Ones),
            CholeskyFactor.Dot(w, Values),
            CholeskyFactor.Dot(w, Surrogate));
    }

    /// <summary>Posterior mean, less the centre c, and the level's coefficient g of a component with share ρ.</summary>
    /// <param name="point">The products at the point.</param>
    /// <param name="surrogate">m* − c, or NaN where the surrogate has no answer.</param>
    /// <param name="share">ρ.</param>
    public (double Mean, double Level) Component(KrigingPoint point, double surrogate, double share)
    {
        var rho = double.IsNaN(surrogate) ? 0 : share;
        var h = 1 - rho;
        var precision = _levelPrecision + h * h * OnesOnes;
        var b = h * h * (OnesValues - rho * OnesSurrogate) / precision;
        var mean = (rho == 0 ? 0 : rho * surrogate) + b + point.Values - rho * point.Surrogate - b * point.Ones;
        return (mean, h * (1 - point.Ones) / Math.Sqrt(precision));
    }

    /// <summary>
    /// One-step-ahead predictions of every observation in turn for a share ρ: mean less the centre, and variance (noise included)
    /// in units of σ². Where no surrogate stood before an observation, every ρ predicts as plain kriging does, so that such
    /// observations tell nothing about ρ.
    /// </summary>
    /// <param name="predicted">The surrogate's one-step-ahead predictions less c, NaN where none, [n].</param>
    /// <param name="share">ρ.</param>
    /// <param name="means">Receives the means, [n].</param>
    /// <param name="variances">Receives the variances, [n].</param>
    public void OneStepAhead(ReadOnlySpan<double> predicted, double share, Span<double> means, Span<double> variances)
    {
        double ones = 0, values = 0;
        for (var t = 0; t < predicted.Length; t++)
        {
            var w = Factor.Row(t, t);
            var wOnes = CholeskyFactor.Dot(w, Ones.AsSpan(0, t));
            var wValues = CholeskyFactor.Dot(w, Values.AsSpan(0, t));
            var rho = double.IsNaN(predicted[t]) ? 0 : share;
            var h = 1 - rho;
            var precision = _levelPrecision + h * h * ones;
            var (row, sum) = _earlier[t];
            var b = h * h * (values - rho * sum) / precision;
            var level = h * (1 - wOnes) / Math.Sqrt(precision);
            means[t] = (rho == 0 ? 0 : rho * predicted[t]) + b + wValues - rho * row - b * wOnes;
            variances[t] = Factor.Diagonal(t) * Factor.Diagonal(t) + level * level;
            ones += Ones[t] * Ones[t];
            values += Ones[t] * Values[t];
        }
    }
}

namespace HtiTune.Acquisition;

// Notation (maximising; i, j points of the grid, K components of weight π_k)
//   μ_i, S_ij   posterior mean and scale matrix:  S = Σ_k π_k (s_k² C_k + (μ_k − μ)(μ_k − μ)ᵀ),  C_k posterior correlation, s_k² = b/a
//   τ_j²        scale of a training's noise at j, Σ_k π_k s_k² r_k ω
//   A training at j moves the mean to μ_i + b_i Z,  b_i = S_ij/√(S_jj + τ_j²),  Z ~ t_ν with the ν of the posterior
//   KG(j) = E max_i (μ_i + b_i Z) − max_i μ_i
// The maximum is the upper envelope of G lines in Z. With slopes ascending, line i leads from c_i on, where it crosses the one before on
// the envelope, and for any Z of mean 0 that is symmetric
//   KG = Σ_i (b_{i+1} − b_i) H(−|c_i|),   H(z) = E max(0, z + Z)            [Frazier2009, for normal Z]

/// <summary>
/// The knowledge gradient: how much a training is expected to raise the best posterior mean, wherever that is. The right worth where
/// the recommendation need not be a trained point.
/// </summary>
/// <remarks>
/// Exact on the grid for one (ρ, ℓ, r) and a surrogate that does not change. A mixture enters by its mean and its covariance; that the
/// training will also shift weights counts only as far as it is linear.
/// </remarks>
public sealed class KnowledgeGradient : IAcquisition
{
    /// <inheritdoc/>
    public string Name => "knowledge gradient";

    /// <inheritdoc/>
    public IReadOnlyList<double> OnGrid(GridPosterior posterior)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        var joint = posterior.Joint();
        var student = new StudentT(posterior.Process.DegreesOfFreedom);
        double[] means = [.. posterior.Means];
        var slopes = new double[means.Length];
        var worths = new double[means.Length];
        for (var j = 0; j < worths.Length; j++)
        {
            var scale = Math.Sqrt(joint.Scale(j, j) + joint.Noise);
            for (var i = 0; i < slopes.Length; i++)
            {
                slopes[i] = scale > 0 ? joint.Scale(i, j) / scale : 0;
            }

            worths[j] = LogGain(means, slopes, student.LogExcess);
        }

        return worths;
    }

    /// <inheritdoc/>
    public double? At(GridPosterior posterior, double u) => null;

    /// <summary>ln (E max_i (a_i + b_i Z) − max_i a_i) for a standard normal Z.</summary>
    /// <param name="intercepts">a, length at least 1, finite.</param>
    /// <param name="slopes">b, same length, finite.</param>
    /// <returns>The logarithm of the gain; −∞ where no line can overtake.</returns>
    public static double LogGain(ReadOnlySpan<double> intercepts, ReadOnlySpan<double> slopes)
    {
        if (intercepts.Length != slopes.Length || intercepts.IsEmpty)
        {
            throw new ArgumentException($"{intercepts.Length} intercepts and {slopes.Length} slopes; expected the same number, at least one.");
        }

        Require.Finite(intercepts, nameof(intercepts));
        Require.Finite(slopes, nameof(slopes));
        return LogGain(intercepts, slopes, LogExpectedImprovement.LogH);
    }

    private static double LogGain(ReadOnlySpan<double> intercepts, ReadOnlySpan<double> slopes, Func<double, double> logExcess)
    {
        // Ascending slopes; of equal slopes only the highest line can lead, so it comes last.
        var count = intercepts.Length;
        var order = new int[count];
        var keys = new (double Slope, double Intercept)[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
            keys[i] = (slopes[i], intercepts[i]);
        }

        Array.Sort(keys, order);

        // The envelope from Z = −∞ on: a stack of lines, each with the Z from which it leads.
        var envelope = new int[count];
        var from = new double[count];
        var top = -1;
        foreach (var line in order)
        {
            var start = double.NegativeInfinity;
            while (top >= 0)
            {
                var other = envelope[top];
                var rise = slopes[line] - slopes[other];
                start = rise > 0
                    ? (intercepts[other] - intercepts[line]) / rise
                    : intercepts[line] >= intercepts[other] ? double.NegativeInfinity : double.PositiveInfinity;
                if (start > from[top] || double.IsPositiveInfinity(start))
                {
                    break;
                }

                // The other line is overtaken before it ever leads.
                top--;
                start = double.NegativeInfinity;
            }

            if (!double.IsPositiveInfinity(start))
            {
                top++;
                envelope[top] = line;
                from[top] = start;
            }
        }

        var sum = new LogSum();
        for (var i = 1; i <= top; i++)
        {
            sum.Add(Math.Log(slopes[envelope[i]] - slopes[envelope[i - 1]]) + logExcess(-Math.Abs(from[i])));
        }

        return sum.Value;
    }
}

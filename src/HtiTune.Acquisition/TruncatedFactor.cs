namespace HtiTune.Acquisition;

// Notation
//   K     symmetric matrix, [n, n], positive semi-definite but for rounding
//   L     [n, m], m ≤ n the numerical rank:  L Lᵀ ≈ K, rows in the order of K
// Cholesky with diagonal pivoting, ended at the first pivot that is rounding error. Where rounding has made K indefinite, no entry of L may grow beyond
// what is left of the variance of its row: a path then never varies more than K says.

/// <summary>A factor of a covariance that exists whatever rounding has done to it: for draws, where the ordinary one does not.</summary>
internal sealed class TruncatedFactor
{
    // A pivot below this share of the largest variance is rounding error.
    private const double Tolerance = 1e-12;

    private readonly double[] _lower;
    private readonly int _order;

    private TruncatedFactor(double[] lower, int order, int rank) => (_lower, _order, Rank) = (lower, order, rank);

    /// <summary>Numerical rank m.</summary>
    public int Rank { get; }

    /// <summary>Factorises, in n m² steps.</summary>
    /// <param name="matrix">K, row-major, length n²; only the lower triangle is read. What is no number counts as 0.</param>
    /// <param name="order">n.</param>
    public static TruncatedFactor Of(double[] matrix, int order)
    {
        var left = new double[order];
        for (var i = 0; i < order; i++)
        {
            left[i] = matrix[i * order + i] is var variance && variance > 0 && double.IsFinite(variance) ? variance : 0;
        }

        var bar = Tolerance * left.DefaultIfEmpty(0).Max();
        var lower = new double[order * order];
        var isChosen = new bool[order];
        var rank = 0;
        while (rank < order)
        {
            var pivot = -1;
            for (var i = 0; i < order; i++)
            {
                pivot = !isChosen[i] && left[i] > bar && (pivot < 0 || left[i] > left[pivot]) ? i : pivot;
            }

            if (pivot < 0)
            {
                break;
            }

            isChosen[pivot] = true;
            var root = Math.Sqrt(left[pivot]);
            lower[pivot * order + rank] = root;
            for (var i = 0; i < order; i++)
            {
                if (isChosen[i] || left[i] <= 0)
                {
                    continue;
                }

                var covariance = matrix[Math.Max(i, pivot) * order + Math.Min(i, pivot)]
                    - CholeskyFactor.Dot(lower.AsSpan(i * order, rank), lower.AsSpan(pivot * order, rank));
                var most = Math.Sqrt(left[i]);
                var entry = double.IsFinite(covariance) ? Math.Clamp(covariance / root, -most, most) : 0;
                lower[i * order + rank] = entry;
                left[i] = Math.Max(0, left[i] - entry * entry);
            }

            rank++;
        }

        return new TruncatedFactor(lower, order, rank);
    }

    /// <summary>x = L b, of the first m entries of b; b and x must be different spans.</summary>
    public void Multiply(ReadOnlySpan<double> b, Span<double> x)
    {
        for (var i = 0; i < _order; i++)
        {
            x[i] = CholeskyFactor.Dot(_lower.AsSpan(i * _order, Rank), b[..Rank]);
        }
    }
}

using System.Numerics;
using System.Runtime.InteropServices;

namespace HtiTune.Acquisition;

// Notation: as in KnowledgeGradient. For the components of one (ℓ, r), of total A = Σ π_k s_k²,
//   S += A (k_ℓ(u, u) − WᵀW) + Σ_k π_k (s_k² g_k g_kᵀ + δ_k δ_kᵀ),   δ_k = μ_k − μ,   g the level's coefficient (Kriging)
// All but the first term are sums of outer products v vᵀ, so a matrix row is a sum of multiples of vectors.

/// <summary>How the values at all points of a grid vary together: the scale matrix of the whole mixture.</summary>
internal sealed class JointPosterior
{
    private readonly double[] _matrix;
    private readonly int _stride;

    private JointPosterior(double[] matrix, int stride, double noise)
    {
        _matrix = matrix;
        _stride = stride;
        Noise = noise;
    }

    /// <summary>τ²: scale of a training's noise.</summary>
    public double Noise { get; }

    /// <summary>S_ij.</summary>
    public double Scale(int i, int j) => _matrix[i * _stride + j];

    /// <param name="process">The process.</param>
    /// <param name="grid">Points, [G].</param>
    /// <param name="surrogate">m_A at the points, NaN where none, [G].</param>
    /// <param name="locations">μ_k, [K][G].</param>
    /// <param name="means">μ, [G].</param>
    public static JointPosterior Of(BridgeProcess process, double[] grid, double[] surrogate, double[][] locations, double[] means)
    {
        var seen = new KrigingGrid([.. process.Observations.Select(o => o.U)], grid);
        var stride = seen.Stride;
        var matrix = new double[grid.Length * stride];
        double noise = 0;
        var components = process.Components;
        for (var k = 0; k < components.Length;)
        {
            var kriging = process.Krigings[components[k].Kriging];
            seen.Through(kriging);
            double amount = 0;
            var outer = new List<double[]>();
            for (var at = components[k].Kriging; k < components.Length && components[k].Kriging == at; k++)
            {
                var (weight, scale, share) = (components[k].Weight, components[k].Scale, components[k].Share);
                amount += weight * scale * scale;
                var level = new double[stride];
                var offset = new double[stride];
                for (var i = 0; i < grid.Length; i++)
                {
                    level[i] = Math.Sqrt(weight) * scale * kriging.Component(seen[i], surrogate[i] - process.Centre, share).Level;
                    offset[i] = Math.Sqrt(weight) * (locations[k][i] - means[i]);
                }

                outer.Add(level);
                outer.Add(offset);
            }

            noise += amount * kriging.NoiseRatio;
            Add(matrix, stride, grid, kriging.LengthScale, amount, seen, process.Observations.Count, outer);
        }

        return new JointPosterior(matrix, stride, noise);
    }

    private static void Add(
        double[] matrix, int stride, double[] grid, double lengthScale, double amount, KrigingGrid seen, int observed, List<double[]> outer)
    {
        var correlations = new double[stride];
        for (var i = 0; i < grid.Length; i++)
        {
            var row = MemoryMarshal.Cast<double, Vector<double>>(matrix.AsSpan(i * stride, stride));
            seen.Correlate(grid[i], lengthScale, correlations);
            Accumulate(row, correlations, amount);
            for (var t = 0; t < observed; t++)
            {
                var w = seen.W(t);
                Accumulate(row, w, -amount * w[i]);
            }

            foreach (var vector in outer)
            {
                Accumulate(row, vector, vector[i]);
            }
        }
    }

    private static void Accumulate(Span<Vector<double>> row, ReadOnlySpan<double> vector, double factor)
    {
        var source = MemoryMarshal.Cast<double, Vector<double>>(vector);
        for (var v = 0; v < row.Length; v++)
        {
            row[v] += factor * source[v];
        }
    }
}

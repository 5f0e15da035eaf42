// Notation, all standardised
//   y_i        up to 200 samples of both anchors and of the pair's category;  σ = 0.25, ρ = 1e-3
//   h_a(y)     Σ_i (y_ia − y_a)²·w_i,  w_i = exp(−|y_i − y|²/2σ²)                                      [Kapusniak2024, LAND metric]
//   G_a(y)     1/(h_a(y) + ρ), a diagonal metric: small among samples, 1/ρ far from them
//   γ          path of SineBasis with n = 19 segments: Δ_j = γ_{j+1} − γ_j,  m_j = (γ_j + γ_{j+1})/2
//   E          n Σ_j Σ_a G_a(m_j)·Δ_ja²                                                               [Kapusniak2024, geodesic loss]
//   ∂G_a/∂y_b  −G_a²·Σ_i w_i·[(y_ia − y_a)²·(y_ib − y_b)/σ² − 2(y_ia − y_a)·δ_ab]
// The paper trains a network for the bends; here those of each pair are found directly, by 80 steps of Adam from the chord.

using System.Numerics;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates.Baselines;

/// <summary>Paths of least energy under the LAND metric of the samples, for metric flow matching.</summary>
internal static class LandPaths
{
    private const int MostSamples = 200;
    private const int Segments = 19;
    private const int Steps = 80;
    private const double Rate = 0.05;
    private const double Width = 0.25;
    private const double Floor = 1e-3;

    /// <summary>sin(qπs_j)/q, [n + 1, Q].</summary>
    private static readonly float[] Basis = [.. Enumerable.Range(0, Segments + 1).SelectMany(j =>
    {
        var row = new float[SineBasis.Count];
        SineBasis.At((double)j / Segments, row);
        return row;
    })];

    /// <summary>Bends of all trajectories in one interval, [N, Q, D].</summary>
    internal static float[] Solve(Trajectories trajectories, int interval, CancellationToken cancellation)
    {
        var d = trajectories.Dimension;
        var size = SineBasis.Count * d;
        var bends = new float[trajectories.Count * size];
        foreach (var members in trajectories.ByCategory())
        {
            var samples = new Cloud(Samples(trajectories, interval, members), d);
            foreach (var t in members)
            {
                cancellation.ThrowIfCancellationRequested();
                Bend(trajectories.Point(interval, t), trajectories.Point(interval + 1, t), samples, bends.AsSpan(t * size, size));
            }
        }

        return bends;
    }

    /// <summary>E and its gradient in the coefficients.</summary>
    /// <param name="from">γ(0), [D].</param>
    /// <param name="to">γ(1), [D].</param>
    /// <param name="samples">y_i.</param>
    /// <param name="bend">Coefficients, [Q, D].</param>
    /// <param name="gradient">Takes ∂E/∂z, [Q, D].</param>
    internal static double Energy(
        ReadOnlySpan<float> from, ReadOnlySpan<float> to, Cloud samples, ReadOnlySpan<float> bend, Span<double> gradient)
    {
        var d = from.Length;
        var nodes = new float[(Segments + 1) * d];
        for (var j = 0; j <= Segments; j++)
        {
            var s = (double)j / Segments;
            for (var a = 0; a < d; a++)
            {
                nodes[j * d + a] = (float)(from[a] + s * (to[a] - from[a]));
            }

            SineBasis.AddBend(bend, Basis.AsSpan(j * SineBasis.Count, SineBasis.Count), nodes.AsSpan(j * d, d));
        }

        double energy = 0;
        double[] middle = new double[d], metric = new double[d], slopes = new double[d * d], slope = new double[(Segments + 1) * d];
        for (var j = 0; j < Segments; j++)
        {
            for (var a = 0; a < d; a++)
            {
                middle[a] = 0.5 * (nodes[j * d + a] + nodes[(j + 1) * d + a]);
            }

            Metric(middle, samples, metric, slopes);
            for (var a = 0; a < d; a++)
            {
                double step = nodes[(j + 1) * d + a] - nodes[j * d + a];
                energy += Segments * metric[a] * step * step;
                slope[j * d + a] -= 2 * Segments * metric[a] * step;
                slope[(j + 1) * d + a] += 2 * Segments * metric[a] * step;
                for (var b = 0; b < d; b++)
                {
                    var half = 0.5 * Segments * slopes[a * d + b] * step * step;
                    slope[j * d + b] += half;
                    slope[(j + 1) * d + b] += half;
                }
            }
        }

        gradient.Clear();
        for (var j = 1; j < Segments; j++)
        {
            for (var q = 0; q < SineBasis.Count; q++)
            {
                for (var a = 0; a < d; a++)
                {
                    gradient[q * d + a] += Basis[j * SineBasis.Count + q] * slope[j * d + a];
                }
            }
        }

        return energy;
    }

    /// <summary>G [D] and ∂G_a/∂y_b [D, D].</summary>
    private static void Metric(double[] y, Cloud cloud, double[] metric, double[] slopes)
    {
        // Sums over samples, a vector of them at a time: [D] for h, [D, D] for Σ w·away_a²·away_b, [D] for Σ w·away_a.
        var d = y.Length;
        var length = 2 * d + d * d;
        var sums = length <= 128 ? stackalloc Vector<float>[length] : new Vector<float>[length];
        var away = d <= 16 ? stackalloc Vector<float>[d] : new Vector<float>[d];
        sums.Clear();
        var precision = new Vector<float>((float)(-0.5 / (Width * Width)));
        for (var i = 0; i < cloud.Padded; i += Vector<float>.Count)
        {
            var square = Vector<float>.Zero;
            for (var a = 0; a < d; a++)
            {
                away[a] = new Vector<float>(cloud.Values, a * cloud.Padded + i) - new Vector<float>((float)y[a]);
                square += away[a] * away[a];
            }

            // A sample far away weighs nothing; cutting there keeps the exponential in its range.
            var weight = Vector.Exp(Vector.Max(square * precision, new Vector<float>(-80f)));
            for (var a = 0; a < d; a++)
            {
                var pull = weight * away[a];
                var spread = pull * away[a];
                sums[a] += spread;
                sums[d + d * d + a] += pull;
                for (var b = 0; b < d; b++)
                {
                    sums[d + a * d + b] += spread * away[b];
                }
            }
        }

        for (var a = 0; a < d; a++)
        {
            metric[a] = 1 / (Floor + Vector.Sum(sums[a]));
            for (var b = 0; b < d; b++)
            {
                var own = a == b ? 2 * Vector.Sum(sums[d + d * d + a]) : 0;
                slopes[a * d + b] = -metric[a] * metric[a] * (Vector.Sum(sums[d + a * d + b]) / (Width * Width) - own);
            }
        }
    }

    private static void Bend(ReadOnlySpan<float> from, ReadOnlySpan<float> to, Cloud samples, Span<float> bend)
    {
        var gradient = new double[bend.Length];
        double[] first = new double[bend.Length], second = new double[bend.Length];
        var best = (float[])[.. bend];
        var least = double.PositiveInfinity;
        for (var step = 1; step <= Steps; step++)
        {
            var energy = Energy(from, to, samples, bend, gradient);
            if (energy < least)
            {
                least = energy;
                bend.CopyTo(best);
            }

            var rate = Rate * (0.05 + 0.95 * 0.5 * (1 + Math.Cos(Math.PI * step / Steps)));
            for (var i = 0; i < bend.Length; i++)
            {
                first[i] = 0.9 * first[i] + 0.1 * gradient[i];
                second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
                bend[i] -= (float)(rate * first[i] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.999, step))) + 1e-8));
            }
        }

        best.CopyTo(bend);
    }

    /// <summary>Both anchors' points of one category, thinned evenly.</summary>
    private static float[] Samples(Trajectories trajectories, int interval, int[] members)
    {
        var d = trajectories.Dimension;
        var each = Math.Min(members.Length, MostSamples / 2);
        var samples = new float[2 * each * d];
        for (var i = 0; i < each; i++)
        {
            var t = members[(int)((long)i * members.Length / each)];
            trajectories.Point(interval, t).CopyTo(samples.AsSpan(2 * i * d));
            trajectories.Point(interval + 1, t).CopyTo(samples.AsSpan((2 * i + 1) * d));
        }

        return samples;
    }

    /// <summary>Samples by coordinate, [D, n], padded to whole vectors with samples too far away to weigh.</summary>
    internal sealed class Cloud
    {
        /// <param name="samples">y_i, [n, D].</param>
        /// <param name="d">D.</param>
        internal Cloud(float[] samples, int d)
        {
            var n = samples.Length / d;
            Padded = (n + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
            Values = new float[d * Padded];
            Array.Fill(Values, 1e6f);
            for (var i = 0; i < samples.Length; i++)
            {
                Values[i % d * Padded + i / d] = samples[i];
            }
        }

        internal int Padded { get; }

        internal float[] Values { get; }
    }
}

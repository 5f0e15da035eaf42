// Notation
//   γ(s)   path of SineBasis, s_j = j/(T − 1), T = 20 nodes;  z  its coefficients [Q, D]
//   action = Σ_j ½ n |γ_{j+1} − γ_j|² + (1/T) Σ_j V(γ_j),  n = T − 1     (a proper time integral, method section 2)
//   ∂action/∂z_q = (π²/2)·z_q (kinetic, exact in this basis) + (1/T) Σ_j sin(qπs_j)/q · ∂V(γ_j)
// Minimised from the straight line by Adam (Kingma and Ba 2015) on the coefficients of one pair: 200 steps, rate 0.05 falling to
// 5 % of it on a cosine.

namespace HtiTune.Surrogates.Geometry;

/// <summary>Least-action paths between given ends.</summary>
internal static class ActionPathSolver
{
    /// <summary>T, the nodes at which the potential is read.</summary>
    internal const int Nodes = 20;

    private const int Steps = 200;
    private const double Rate = 0.05;
    private const int FocusEvery = 40;

    private static readonly float[] Basis = MakeBasis();

    /// <summary>Finds the coefficients of the least-action path.</summary>
    /// <param name="from">γ(0), shape [D].</param>
    /// <param name="to">γ(1), shape [D].</param>
    /// <param name="density">log p̂ for this pair's category and condition.</param>
    /// <param name="strength">α.</param>
    /// <param name="threshold">τ.</param>
    /// <param name="coefficients">Takes z, shape [Q, D].</param>
    internal static void Solve(
        ReadOnlySpan<float> from, ReadOnlySpan<float> to, ILogDensity density, double strength, double threshold, Span<float> coefficients)
    {
        var d = from.Length;
        var size = SineBasis.Count * d;
        coefficients.Clear();
        var nodes = new float[Nodes * d];
        float[] slope = new float[d], gradient = new float[size], first = new float[size], second = new float[size];
        double decayFirst = 1, decaySecond = 1;
        for (var step = 0; step < Steps; step++)
        {
            Trace(from, to, coefficients, nodes);
            if (step % FocusEvery == 0)
            {
                density.Focus(nodes);
            }

            for (var i = 0; i < size; i++)
            {
                gradient[i] = (float)(Math.PI * Math.PI / 2) * coefficients[i];
            }

            var pushed = false;
            for (var j = 1; j < Nodes - 1; j++)
            {
                if (density.Evaluate(nodes.AsSpan(j * d, d), slope) >= threshold)
                {
                    continue;
                }

                pushed = true;
                for (var q = 0; q < SineBasis.Count; q++)
                {
                    var weight = (float)(-strength / Nodes) * Basis[j * SineBasis.Count + q];
                    for (var k = 0; k < d; k++)
                    {
                        gradient[q * d + k] += weight * slope[k];
                    }
                }
            }

            // The straight line is optimal where it stays among samples.
            if (step == 0 && !pushed)
            {
                return;
            }

            var rate = Rate * (0.05 + 0.95 * 0.5 * (1 + Math.Cos(Math.PI * step / Steps)));
            decayFirst *= 0.9;
            decaySecond *= 0.999;
            for (var i = 0; i < size; i++)
            {
                first[i] = 0.9f * first[i] + 0.1f * gradient[i];
                second[i] = 0.999f * second[i] + 0.001f * gradient[i] * gradient[i];
                var mean = first[i] / (1 - decayFirst);
                var scale = Math.Sqrt(second[i] / (1 - decaySecond)) + 1e-8;
                coefficients[i] -= (float)(rate * mean / scale);
            }
        }
    }

    /// <summary>The action of a path, and its kinetic part: for tests and reports.</summary>
    internal static (double Action, double Kinetic) Action(
        ReadOnlySpan<float> from, ReadOnlySpan<float> to, ReadOnlySpan<float> coefficients, ILogDensity density, double strength, double threshold)
    {
        var d = from.Length;
        var nodes = new float[Nodes * d];
        var slope = new float[d];
        Trace(from, to, coefficients, nodes);
        double kinetic = 0, potential = 0;
        for (var j = 0; j < Nodes; j++)
        {
            potential += strength * Math.Max(0, threshold - density.Evaluate(nodes.AsSpan(j * d, d), slope)) / Nodes;
            for (var k = 0; k < d && j + 1 < Nodes; k++)
            {
                double difference = nodes[(j + 1) * d + k] - nodes[j * d + k];
                kinetic += 0.5 * (Nodes - 1) * difference * difference;
            }
        }

        return (kinetic + potential, kinetic);
    }

    private static void Trace(ReadOnlySpan<float> from, ReadOnlySpan<float> to, ReadOnlySpan<float> coefficients, Span<float> nodes)
    {
        var d = from.Length;
        for (var j = 0; j < Nodes; j++)
        {
            var s = j / (Nodes - 1f);
            var point = nodes.Slice(j * d, d);
            for (var k = 0; k < d; k++)
            {
                point[k] = from[k] + s * (to[k] - from[k]);
            }

            SineBasis.AddBend(coefficients, Basis.AsSpan(j * SineBasis.Count, SineBasis.Count), point);
        }
    }

    private static float[] MakeBasis()
    {
        var basis = new float[Nodes * SineBasis.Count];
        for (var j = 0; j < Nodes; j++)
        {
            SineBasis.At(j / (Nodes - 1.0), basis.AsSpan(j * SineBasis.Count, SineBasis.Count));
        }

        return basis;
    }
}

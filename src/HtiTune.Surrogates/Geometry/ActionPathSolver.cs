// Notation
//   γ(s)   path of SineBasis, s_j = j/(T − 1), T = 20 nodes;  z  its coefficients [Q, D]
//   action = Σ_j ½ n |γ_{j+1} − γ_j|² + (1/T) Σ_j V(γ_j),  n = T − 1     (a proper time integral, method section 2)
//   ∂action/∂z_q = (π²/2)·z_q (kinetic, exact in this basis) + (1/T) Σ_j sin(qπs_j)/q · ∂V(γ_j)
// Minimised from the straight line by Adam [Kingma2015] on the coefficients of one pair: 200 steps, rate 0.05 falling to 5 % of it on
// a cosine. Coefficients and nodes are kept by coordinate and padded to whole vectors, [D, 16] and [D, 24].

using System.Runtime.Intrinsics;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates.Geometry;

/// <summary>Least-action paths between given ends.</summary>
internal static class ActionPathSolver
{
    /// <summary>T, the nodes at which the potential is read.</summary>
    internal const int Nodes = 20;

    private const int Steps = 200;
    private const double Rate = 0.05;
    private const int FocusEvery = 40;

    /// <summary>Q and T in whole vectors of 8.</summary>
    private const int Sines = 16, Places = 24;

    /// <summary>sin(qπs_j)/q by node [T, 16], and by sine [Q, 24]; zero in the padding.</summary>
    private static readonly float[] ByNode = MakeBasis(Sines, byNode: true), BySine = MakeBasis(Places, byNode: false);

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
        coefficients.Clear();
        float[] line = Line(from, to), nodes = new float[d * Places], z = new float[d * Sines], gradient = new float[d * Sines];
        float[] point = new float[d], slope = new float[d];
        var adam = new Adam(z.Length);
        for (var step = 0; step < Steps; step++)
        {
            Trace(line, z, nodes);
            if (step % FocusEvery == 0)
            {
                density.Focus(ByRow(nodes, d));
            }

            for (var i = 0; i < gradient.Length; i += Vector256<float>.Count)
            {
                (Vector256.Create((float)(Math.PI * Math.PI / 2)) * Vector256.Create(z, i)).CopyTo(gradient, i);
            }

            var pushed = false;
            for (var j = 1; j < Nodes - 1; j++)
            {
                for (var k = 0; k < d; k++)
                {
                    point[k] = nodes[k * Places + j];
                }

                if (density.Evaluate(point, slope) >= threshold)
                {
                    continue;
                }

                pushed = true;
                for (var k = 0; k < d; k++)
                {
                    var push = Vector256.Create((float)(-strength / Nodes) * slope[k]);
                    for (var q = 0; q < Sines; q += Vector256<float>.Count)
                    {
                        var at = k * Sines + q;
                        Vector256.FusedMultiplyAdd(push, Vector256.Create(ByNode, j * Sines + q), Vector256.Create(gradient, at)).CopyTo(gradient, at);
                    }
                }
            }

            // The straight line is optimal where it stays among samples.
            if (step == 0 && !pushed)
            {
                return;
            }

            var rate = Rate * (0.05 + 0.95 * 0.5 * (1 + Math.Cos(Math.PI * step / Steps)));
            adam.Step(z, gradient, rate);
        }

        for (var q = 0; q < SineBasis.Count; q++)
        {
            for (var k = 0; k < d; k++)
            {
                coefficients[q * d + k] = z[k * Sines + q];
            }
        }
    }

    /// <summary>The action of a path, and its kinetic part: for tests and reports.</summary>
    internal static (double Action, double Kinetic) Action(
        ReadOnlySpan<float> from, ReadOnlySpan<float> to, ReadOnlySpan<float> coefficients, ILogDensity density, double strength, double threshold)
    {
        var d = from.Length;
        var basis = new float[SineBasis.Count];
        var nodes = new float[Nodes * d];
        var slope = new float[d];
        double kinetic = 0, potential = 0;
        for (var j = 0; j < Nodes; j++)
        {
            var s = j / (Nodes - 1.0);
            var node = nodes.AsSpan(j * d, d);
            for (var k = 0; k < d; k++)
            {
                node[k] = (float)(from[k] + s * (to[k] - from[k]));
            }

            SineBasis.At(s, basis);
            SineBasis.AddBend(coefficients, basis, node);
            potential += strength * Math.Max(0, threshold - density.Evaluate(node, slope)) / Nodes;
            for (var k = 0; k < d && j > 0; k++)
            {
                double difference = node[k] - nodes[(j - 1) * d + k];
                kinetic += 0.5 * (Nodes - 1) * difference * difference;
            }
        }

        return (kinetic + potential, kinetic);
    }

    /// <summary>The nodes on the straight line, [D, 24].</summary>
    private static float[] Line(ReadOnlySpan<float> from, ReadOnlySpan<float> to)
    {
        var line = new float[from.Length * Places];
        for (var k = 0; k < from.Length; k++)
        {
            for (var j = 0; j < Nodes; j++)
            {
                line[k * Places + j] = from[k] + j / (Nodes - 1f) * (to[k] - from[k]);
            }
        }

        return line;
    }

    /// <summary>nodes = line + Σ_q z_q·basis_q.</summary>
    private static void Trace(float[] line, float[] z, float[] nodes)
    {
        for (int k = 0, at = 0; at < line.Length; k++, at += Places)
        {
            Vector256<float> a = Vector256.Create(line, at), b = Vector256.Create(line, at + 8), c = Vector256.Create(line, at + 16);
            for (var q = 0; q < SineBasis.Count; q++)
            {
                var weight = Vector256.Create(z[k * Sines + q]);
                a = Vector256.FusedMultiplyAdd(weight, Vector256.Create(BySine, q * Places), a);
                b = Vector256.FusedMultiplyAdd(weight, Vector256.Create(BySine, q * Places + 8), b);
                c = Vector256.FusedMultiplyAdd(weight, Vector256.Create(BySine, q * Places + 16), c);
            }

            a.CopyTo(nodes, at);
            b.CopyTo(nodes, at + 8);
            c.CopyTo(nodes, at + 16);
        }
    }

    /// <summary>Nodes as rows, [T, D].</summary>
    private static float[] ByRow(float[] nodes, int d)
    {
        var rows = new float[Nodes * d];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = nodes[i % d * Places + i / d];
        }

        return rows;
    }

    private static float[] MakeBasis(int padded, bool byNode)
    {
        var basis = new float[(byNode ? Nodes : SineBasis.Count) * padded];
        var row = new float[SineBasis.Count];
        for (var j = 0; j < Nodes; j++)
        {
            SineBasis.At(j / (Nodes - 1.0), row);
            for (var q = 0; q < row.Length; q++)
            {
                basis[byNode ? j * padded + q : q * padded + j] = row[q];
            }
        }

        return basis;
    }
}

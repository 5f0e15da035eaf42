// Notation
//   γ_j, d_j   nodes of a path, j = 0 … T − 1, and its chords γ_{j+1} − γ_j;  n = T − 1
//   s_j        |d_j|², or d_jᵀ M(m_j|x) d_j under a metric, m_j = (γ_j + γ_{j+1})/2: read at left nodes, as published, a metric can be
//              exploited by long jumps from cheap nodes (trap 7)
//   published  E = Σ_j sqrt(s_j) − U(γ_j),  U = α·log(p̂ + 1e-8), once a node, without dt; cost ½·E·|E|            (method e7, e8)
//   action     A = Σ_j ½n·s_j + (1/T) Σ_j V(γ_j),  V = α·max(0, τ − log p̂); cost A                          (section 2)
// The published energy does not see how fast a path is run, but counts the density at each node: nodes crowd where samples are dense.
// That hidden clock is what its scores rest on. It can be negative, where the published cost ½E² would grow as a path improves; with
// E·|E| less energy always costs less.

using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Surrogates.Geometry;

/// <summary>What a path costs, and how that changes with its nodes.</summary>
internal abstract class PathEnergy
{
    /// <summary>T.</summary>
    internal const int Nodes = ActionPathSolver.Nodes;

    /// <summary>The energy of a path.</summary>
    /// <param name="nodes">γ, [T, D].</param>
    /// <param name="density">log p̂ for the path's category and condition; null without a potential.</param>
    /// <param name="gradient">Takes ∂E/∂γ, [T, D].</param>
    /// <param name="metric">M, in the path's category and condition; null for M = 1.</param>
    internal abstract double Evaluate(ReadOnlySpan<float> nodes, ILogDensity? density, Span<float> gradient, MetricField? metric = null);

    /// <summary>The cost of paths as a function of the metric alone.</summary>
    /// <param name="squares">s, [a, T − 1].</param>
    /// <param name="rest">What their densities add to their energies, [a].</param>
    /// <returns>Costs, [a].</returns>
    internal abstract Tensor Cost(Tensor squares, Tensor rest);

    /// <summary>The cost of moving along a path of an energy, and its derivative in the energy.</summary>
    internal abstract (double Cost, double Slope) Cost(double energy);

    /// <summary>Σ_j sqrt|d_j|² − U(γ_j).</summary>
    internal sealed class Published(double strength) : PathEnergy
    {
        private const double LeastDensity = 1e-8;
        private const double Smoothing = 1e-10;

        internal override double Evaluate(ReadOnlySpan<float> nodes, ILogDensity? density, Span<float> gradient, MetricField? metric = null)
        {
            var d = nodes.Length / Nodes;
            gradient.Clear();
            Span<float> slope = stackalloc float[d];
            Span<double> squares = stackalloc double[Nodes - 1], weights = stackalloc double[Nodes - 1];
            metric?.Read(nodes, squares);
            double energy = 0;
            for (var j = 0; j + 1 < Nodes; j++)
            {
                var square = Smoothing + squares[j];
                for (var k = 0; k < d && metric is null; k++)
                {
                    double chord = nodes[(j + 1) * d + k] - nodes[j * d + k];
                    square += chord * chord;
                }

                var length = Math.Sqrt(square);
                energy += length;
                weights[j] = 0.5 / length;
                for (var k = 0; k < d && metric is null; k++)
                {
                    var share = (float)((nodes[(j + 1) * d + k] - nodes[j * d + k]) / length);
                    gradient[(j + 1) * d + k] += share;
                    gradient[j * d + k] -= share;
                }

                if (density is null)
                {
                    continue;
                }

                var p = Math.Exp(density.Evaluate(nodes.Slice(j * d, d), slope));
                energy -= strength * Math.Log(p + LeastDensity);
                var weight = (float)(strength * p / (p + LeastDensity));
                for (var k = 0; k < d; k++)
                {
                    gradient[j * d + k] -= weight * slope[k];
                }
            }

            metric?.AddGradient(weights, gradient);
            return energy;
        }

        internal override (double Cost, double Slope) Cost(double energy) => (0.5 * energy * Math.Abs(energy), Math.Abs(energy));

        internal override Tensor Cost(Tensor squares, Tensor rest)
        {
            using Scalar smoothing = Smoothing, half = 0.5, one = 1;
            var energy = squares.add(smoothing, one).sqrt().sum(1).add(rest, one);
            return energy.mul(energy.abs()).mul(half);
        }
    }

    /// <summary>Σ_j ½n|d_j|² + (1/T) Σ_j V(γ_j).</summary>
    internal sealed class Action(double strength, double threshold) : PathEnergy
    {
        internal override double Evaluate(ReadOnlySpan<float> nodes, ILogDensity? density, Span<float> gradient, MetricField? metric = null)
        {
            var d = nodes.Length / Nodes;
            gradient.Clear();
            Span<float> slope = stackalloc float[d];
            Span<double> squares = stackalloc double[Nodes - 1], weights = stackalloc double[Nodes - 1];
            metric?.Read(nodes, squares);
            weights.Fill(0.5 * (Nodes - 1));
            double action = 0;
            foreach (var square in squares)
            {
                action += 0.5 * (Nodes - 1) * square;
            }

            for (var j = 0; j < Nodes; j++)
            {
                for (var k = 0; k < d && j + 1 < Nodes && metric is null; k++)
                {
                    var chord = nodes[(j + 1) * d + k] - nodes[j * d + k];
                    action += 0.5 * (Nodes - 1) * chord * chord;
                    gradient[(j + 1) * d + k] += (Nodes - 1) * chord;
                    gradient[j * d + k] -= (Nodes - 1) * chord;
                }

                var lack = density is null ? 0 : threshold - density.Evaluate(nodes.Slice(j * d, d), slope);
                if (lack > 0)
                {
                    action += strength * lack / Nodes;
                    for (var k = 0; k < d; k++)
                    {
                        gradient[j * d + k] -= (float)(strength / Nodes) * slope[k];
                    }
                }
            }

            metric?.AddGradient(weights, gradient);
            return action;
        }

        internal override (double Cost, double Slope) Cost(double energy) => (energy, 1);

        internal override Tensor Cost(Tensor squares, Tensor rest)
        {
            using Scalar factor = 0.5 * (Nodes - 1), one = 1;
            return squares.sum(1).mul(factor).add(rest, one);
        }
    }
}

// Notation
//   f(θ)      the objective of PooledLikelihood; the posterior density of θ is ∝ e^(−f)
//   walk      θ' = θ + c·s ∘ ζ, ζ ~ N(0, I), accepted with probability min(1, e^(f(θ) − f(θ')))                             [Metropolis1953]
//   s_i       min(prior deviation, (∂²f/∂θ_i²)^(−½)) at the start;  c from 2.4/√n, steered to 30 % acceptance during the first half
// 240 steps from the optimum, every 30th kept: 8 states. Lengths and warps that are taken as known make intervals too narrow with few anchors;
// averaging over the states cures that.

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Parameters that the anchors allow, drawn from their posterior distribution.</summary>
internal static class HyperparameterWalk
{
    /// <summary>Number of states.</summary>
    internal const int States = 8;

    private const int StepsPerState = 30;
    private const double Target = 0.3;
    private const double Probe = 0.05;

    /// <summary>The states, in the order of the walk.</summary>
    /// <param name="likelihood">f.</param>
    /// <param name="start">The optimum.</param>
    /// <param name="random">Chance of the walk.</param>
    internal static double[][] From(PooledLikelihood likelihood, ReadOnlySpan<double> start, RandomStream random)
    {
        var layout = likelihood.Layout;
        var n = layout.Count;
        var theta = start.ToArray();
        var value = likelihood.Evaluate(theta, []);
        var deviations = Deviations(likelihood, theta);
        var scale = Math.Log(2.4 / Math.Sqrt(n));
        var states = new double[States][];
        var trial = new double[n];
        for (var step = 1; step <= States * StepsPerState; step++)
        {
            var isInside = true;
            for (var i = 0; i < n; i++)
            {
                trial[i] = theta[i] + Math.Exp(scale) * deviations[i] * random.NextNormal();
                isInside &= trial[i] >= layout.Low[i] && trial[i] <= layout.High[i];
            }

            var coin = random.NextDouble();
            var tried = isInside ? likelihood.Evaluate(trial, []) : double.PositiveInfinity;
            var isAccepted = coin < Math.Exp(value - tried);
            if (isAccepted)
            {
                (theta, trial, value) = (trial, theta, tried);
            }

            if (step <= States * StepsPerState / 2)
            {
                scale += ((isAccepted ? 1 : 0) - Target) / Math.Pow(step + 3, 0.6);
            }

            if (step % StepsPerState == 0)
            {
                states[step / StepsPerState - 1] = (double[])theta.Clone();
            }
        }

        return states;
    }

    private static double[] Deviations(PooledLikelihood likelihood, double[] theta)
    {
        var layout = likelihood.Layout;
        var n = theta.Length;
        var deviations = (double[])layout.Deviation.Clone();
        double[] at = (double[])theta.Clone(), up = new double[n], down = new double[n];
        for (var i = 0; i < n; i++)
        {
            var (low, high) = (Math.Max(layout.Low[i], theta[i] - Probe), Math.Min(layout.High[i], theta[i] + Probe));
            at[i] = high;
            likelihood.Evaluate(at, up);
            at[i] = low;
            likelihood.Evaluate(at, down);
            at[i] = theta[i];
            var curvature = (up[i] - down[i]) / (high - low);
            if (curvature > 1 / (deviations[i] * deviations[i]))
            {
                deviations[i] = 1 / Math.Sqrt(curvature);
            }
        }

        return deviations;
    }
}

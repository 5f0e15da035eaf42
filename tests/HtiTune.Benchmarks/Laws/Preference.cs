using HtiTune.Data;
using HtiTune.Preferences;

namespace HtiTune.Benchmarks.Laws;

// Outputs y [n, D]; σ_j deviation of column j over all λ. Less is better.
//   non-linear:  Σ_j w_j (ȳ_j − t_j)²/σ_j² + κ mean_i Σ_j max(0, y_ij − c_j)²/σ_j²     track a target, and penalise the upper tail
//   linear:      Σ_j v_j ȳ_j/σ_j

/// <summary>What somebody wants of the outputs.</summary>
internal abstract record Preference
{
    /// <summary>The objective, to be minimised.</summary>
    /// <param name="outputs">Outputs, [n, D].</param>
    public abstract double Of(Matrix outputs);

    /// <summary>A random preference for a law.</summary>
    /// <param name="scale">The law's outputs over λ.</param>
    /// <param name="stream">Chance.</param>
    /// <param name="isLinear">Whether a linear one is wanted.</param>
    public static Preference Random(OutputScale scale, RandomStream stream, bool isLinear)
    {
        var d = scale.Deviations.Length;
        if (isLinear)
        {
            // Of one output only the sign matters; of two costs a weighted sum, so that they have to be traded.
            var sign = stream.NextDouble() < 0.5 ? -1.0 : 1.0;
            return new LinearPreference([.. scale.Deviations.Select(deviation => (d == 1 ? sign : 0.2 + stream.NextDouble()) / deviation)]);
        }

        var weights = new double[d];
        var targets = new double[d];
        var ceilings = new double[d];
        for (var j = 0; j < d; j++)
        {
            var variance = scale.Deviations[j] * scale.Deviations[j];
            weights[j] = (0.5 + stream.NextDouble()) / variance;
            targets[j] = scale.MeanAt(j, 0.1 + 0.8 * stream.NextDouble());
            ceilings[j] = scale.Quantile(j, 0.8 + 0.15 * stream.NextDouble());
        }

        var tail = 0.5 + 1.5 * stream.NextDouble();
        return new TrackingPreference(weights, targets, ceilings, [.. scale.Deviations.Select(deviation => tail / (deviation * deviation))]);
    }
}

/// <summary>A weighted sum of mean outputs.</summary>
internal sealed record LinearPreference(double[] Weights) : Preference
{
    public override double Of(Matrix outputs)
    {
        var sum = 0.0;
        for (var i = 0; i < outputs.Rows; i++)
        {
            var row = outputs.Row(i);
            for (var j = 0; j < row.Length; j++)
            {
                sum += Weights[j] * row[j];
            }
        }

        return sum / outputs.Rows;
    }
}

/// <summary>Targets for the means, and a penalty on what exceeds a ceiling.</summary>
internal sealed record TrackingPreference(double[] Weights, double[] Targets, double[] Ceilings, double[] Penalties) : Preference
{
    public override double Of(Matrix outputs)
    {
        var value = 0.0;
        for (var j = 0; j < Weights.Length; j++)
        {
            double mean = 0, tail = 0;
            for (var i = 0; i < outputs.Rows; i++)
            {
                var y = outputs[i, j];
                var excess = Math.Max(0, y - Ceilings[j]);
                mean += y;
                tail += excess * excess;
            }

            var offset = mean / outputs.Rows - Targets[j];
            value += Weights[j] * offset * offset + Penalties[j] * tail / outputs.Rows;
        }

        return value;
    }
}

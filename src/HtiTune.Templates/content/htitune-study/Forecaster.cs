using HtiTune.Data;

/// <summary>Fill in your own network here: what it is trained on, how, and what it answers.</summary>
/// <param name="intercept">The forecast at 0 degrees.</param>
/// <param name="slope">How much it rises with a degree.</param>
internal sealed class Forecaster(double intercept, double slope)
{
    /// <summary>Trains at a quantile, by the pinball loss.</summary>
    public static Forecaster Train(double quantile, long seed)
    {
        // The same seed at every quantile: then outputs move smoothly with it.
        var chance = new RandomStreams(seed).Stream("training");
        double intercept = 0.1 * chance.NextNormal(), slope = 0.1 * chance.NextNormal();
        for (var step = 0; step < 2000; step++)
        {
            double up = 0, turn = 0;
            for (var i = 0; i < Shop.Days; i++)
            {
                var pull = Shop.Sold[i] > intercept + slope * Shop.Warmth[i] ? quantile : quantile - 1;
                up += pull;
                turn += pull * Shop.Warmth[i];
            }

            var rate = 0.5 / Math.Sqrt(1 + step);
            intercept += rate * up / Shop.Days;
            slope += rate * turn / Shop.Days;
        }

        return new Forecaster(intercept, slope);
    }

    /// <summary>What it answers: a row for each day.</summary>
    public Matrix Predict() => Matrix.FromDoubles(Shop.Days, 1, [.. Shop.Warmth.Select(t => intercept + slope * t)]);
}

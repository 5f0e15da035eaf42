namespace HtiTune.Server;

// λ   the quantile level that a forecaster aims at
// d   demand, lognormal: ln d ~ N(3, 0.4²)
// q   what the forecaster learns: the λ-quantile of n draws of d, by its own sample
//
// Ordering q costs 4 for each unit that is missing and 1 for each that is left over. The best level is the critical ratio 4 / (4 + 1) = 0.8.

/// <summary>
/// The sample: a small forecaster of a quantile, trained in a second or so, whose best level is known (0.8 for a shortage that costs four times as much as a leftover).
/// Its outputs are, for each of the asked draws, the order and the demand that came.
/// </summary>
internal sealed class SampleNetwork : INetwork
{
    /// <summary>The name by which studies ask for it.</summary>
    public const string Name = "sample-forecaster";

    private const int Steps = 4_000;
    private const int TrainingDraws = 500;
    private const double LogMean = 3;
    private const double LogDeviation = 0.4;

    /// <summary>The study that is one click away.</summary>
    public static StudyDefinition Study { get; } = new()
    {
        Name = "Sample: how much to order",
        Network = Name,
        Hyperparameter = "quantile level",
        Minimum = 0.05,
        Maximum = 0.95,
        Objective = "4 * mean(max(demand - order, 0)) + mean(max(order - demand, 0))",
        Columns = ["order", "demand"],
        Rows = 200,
        MaxTrainings = 9,
    };

    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
    {
        // Stochastic gradient steps on the pinball loss of one weight and a bias over the day's signal.
        var draws = new RandomStreams(request.Seed).Stream("demand");
        var (days, signals) = (new double[TrainingDraws], new double[TrainingDraws]);
        for (var i = 0; i < TrainingDraws; i++)
        {
            signals[i] = draws.NextNormal();
            days[i] = Demand(signals[i], draws.NextNormal());
        }

        var (weight, bias) = (0.0, LogMean);
        var (meanWeight, meanBias) = (0.0, 0.0);
        for (var step = 0; step < Steps; step++)
        {
            if (step % 200 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                request.Progress?.Report((double)step / Steps);
                cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(20)); // So that there is something to watch.
            }

            var i = step % TrainingDraws;
            var gradient = days[i] > Math.Exp(bias + weight * signals[i]) ? -request.Lambda : 1 - request.Lambda;
            var rate = 0.5 / Math.Sqrt(step + 1.0);
            (weight, bias) = (weight - rate * gradient * signals[i], bias - rate * gradient);
            if (step >= Steps / 2)
            {
                (meanWeight, meanBias) = (meanWeight + weight / (Steps - Steps / 2), meanBias + bias / (Steps - Steps / 2));
            }
        }

        return new Trained(meanWeight, meanBias);
    }

    private static double Demand(double signal, double noise) => Math.Exp(LogMean + LogDeviation * (0.6 * signal + 0.8 * noise));

    private sealed class Trained(double weight, double bias) : ITrainedNetwork
    {
        public Matrix Answer(Contexts contexts, long seed)
        {
            var draws = new RandomStreams(seed).Stream("days");
            return Matrix.Create(contexts.Count, 2, (_, row) =>
            {
                var signal = draws.NextNormal();
                row[0] = (float)Math.Exp(bias + weight * signal);
                row[1] = (float)Demand(signal, draws.NextNormal());
            });
        }

        public void Dispose()
        {
        }
    }
}

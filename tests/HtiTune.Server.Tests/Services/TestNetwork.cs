using HtiTune.Data;

namespace HtiTune.Server.Tests.Services;

/// <summary>
/// Draws N(sin 3λ, (0.2 + λ²)²) by common random numbers: the objective mean(y0 * y0) has its least value inside. Of two hyperparameters, a rate and a width, λ is
/// the rate and a tenth of the width's distance from 5.
/// </summary>
internal sealed class TestNetwork : INetwork
{
    /// <summary>Called before each training; may wait, throw or count.</summary>
    public Action<TrainingRequest, CancellationToken>? Before { get; set; }

    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
    {
        Before?.Invoke(request, cancellation);
        return new Trained(Place(request.Configuration));
    }

    private static double Place(Configuration at) => at.Count == 1 ? at.Lambda : at["rate"] + 0.1 * Math.Abs(at["width"] - 5);

    private sealed class Trained(double lambda) : ITrainedNetwork
    {
        public Matrix Answer(Contexts contexts, long seed)
        {
            var draws = new RandomStreams(seed).Stream("draws");
            return Matrix.Create(contexts.Count, 1, (_, row) => row[0] = (float)(Math.Sin(3 * lambda) + (0.2 + lambda * lambda) * draws.NextNormal()));
        }

        public void Dispose()
        {
        }
    }
}

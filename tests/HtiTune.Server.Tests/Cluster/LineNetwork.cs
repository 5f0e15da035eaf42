using System.Globalization;
using HtiTune.Data;

namespace HtiTune.Server.Tests.Cluster;

/// <summary>
/// y_i = (λ − 0.9)(1 + i/40) to nine places: in this process as a network, and as the command with which the server's own program trains the same. Of two
/// hyperparameters λ is the rate and a tenth of the width.
/// </summary>
internal sealed class LineNetwork : INetwork
{
    public const string Name = "line";

    /// <summary>The same over two hyperparameters, a rate and a width.</summary>
    public const string OfTwo = "line-of-two";

    /// <summary>What a network's command is, with the time it takes.</summary>
    public static string[] Command(string network, double seconds) =>
    [
        "sh", "-c",
        FormattableString.Invariant($"sleep {seconds}; ") + "awk -v r=\"$1\" -v w=\"$3\" 'BEGIN { l = r + 0.1 * w; print \"y\"; for (i = 0; i < 40; i++) printf \"%.9f\\n\", (l - 0.9) * (1 + i / 40) }' > \"$2\"",
        "sh", .. network == Name ? (string[])["{lambda}", "{out}", "0"] : ["{rate}", "{out}", "{width}"],
    ];

    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => new Trained(request.Configuration is { Count: > 1 } at ? at["rate"] + 0.1 * at["width"] : request.Lambda);

    private sealed class Trained(double lambda) : ITrainedNetwork
    {
        public Matrix Answer(Contexts contexts, long seed) => Matrix.FromDoubles(contexts.Count, 1, [.. Enumerable.Range(0, contexts.Count).Select(i =>
            double.Parse(((lambda - 0.9) * (1 + i / 40.0)).ToString("F9", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))]);

        public void Dispose()
        {
        }
    }
}

using System.Runtime.InteropServices;
using HtiTune;
using HtiTune.Data;
using HtiTune.Journal;
using static TorchSharp.torch;

/// <summary>The network to tune: a policy trained by PPO at a weight λ of the penalty. Asked an observation, it draws the day's doses.</summary>
/// <param name="options">Size and length of the training.</param>
internal sealed class TreatmentNetwork(PpoOptions options) : IPersistentNetwork
{
    /// <inheritdoc/>
    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
    {
        var threads = get_num_threads();
        set_num_threads(1); // these matrices are too small for two, and another training may want the other core
        try
        {
            return new TrainedPolicy(new PpoTraining(request.Lambda, request.Seed, options).Run(request.Progress, cancellation));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    /// <inheritdoc/>
    public void Save(ITrainedNetwork network, string path)
    {
        float[] values = [.. ((TrainedPolicy)network).Policy.Weights.SelectMany(part => part)];
        NpyFile.Write(path, new Matrix(1, values.Length, values));
    }

    /// <inheritdoc/>
    public ITrainedNetwork Load(string path, double lambda)
    {
        var values = NpyFile.ReadMatrix(path).Values;
        var parts = new float[7][];
        var at = 0;
        foreach (var (size, i) in DosePolicy.Sizes(options.Width).Select((size, i) => (size, i)))
        {
            parts[i] = values.Slice(at, size).ToArray();
            at += size;
        }

        return new TrainedPolicy(new DosePolicy(parts));
    }
}

/// <summary>A trained policy, which draws doses for observations.</summary>
/// <param name="policy">The policy.</param>
internal sealed class TrainedPolicy(DosePolicy policy) : ITrainedNetwork
{
    /// <summary>The policy.</summary>
    public DosePolicy Policy => policy;

    /// <inheritdoc/>
    /// <remarks>
    /// The draw for an observation depends on the seed, the observation, and how often it was asked before in the same contexts: the same for
    /// every λ, so that doses differ by λ and not by luck.
    /// </remarks>
    public Matrix Answer(Contexts contexts, long seed)
    {
        var asked = new Dictionary<string, int>();
        var streams = new RandomStreams(seed).Fork("doses");
        return policy.Treat(contexts.Conditions, row =>
        {
            var name = Convert.ToHexString(MemoryMarshal.AsBytes(contexts.Conditions.Row(row)));
            var time = asked[name] = asked.GetValueOrDefault(name) + 1;
            return streams.Stream($"{name} {time}");
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

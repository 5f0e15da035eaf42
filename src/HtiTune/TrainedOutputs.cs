namespace HtiTune;

/// <summary>A network of which the outputs are there, and nothing else is asked.</summary>
/// <param name="outputs">Its outputs, [n, D].</param>
/// <param name="model">What is let go of with it; null for nothing.</param>
internal sealed class TrainedOutputs(Matrix outputs, IDisposable? model = null) : ITrainedNetwork
{
    public int? Rows => outputs.Rows;

    public Matrix Answer(Contexts contexts, long seed) => contexts.Count == outputs.Rows ? outputs : throw new InvalidOperationException(
        $"The training left {outputs.Rows} rows of outputs; expected {contexts.Count}, as many as the first training's or as the contexts.");

    public void Dispose() => model?.Dispose();
}

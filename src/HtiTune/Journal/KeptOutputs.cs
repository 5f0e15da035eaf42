namespace HtiTune.Journal;

/// <summary>What a study's log keeps beside its events: contexts, what trainings answered, networks.</summary>
internal sealed class KeptOutputs(IStudyLog log)
{
    private readonly Dictionary<string, Contexts> _contexts = [];
    private readonly Dictionary<int, (int Rows, int Columns)> _shapes = [];

    /// <summary>What a training answered to the study's contexts; a number that it reported is its only output.</summary>
    public Matrix Of(TrainingEnded training)
    {
        var outputs = training.SamplesFile is { } file ? Matrix(file, training.SamplesSha256!) : Data.Matrix.FromDoubles(1, 1, [training.Reported ?? 0]);
        _shapes[training.Number] = (outputs.Rows, outputs.Columns);
        return outputs;
    }

    public (int Rows, int Columns) ShapeOf(TrainingEnded training)
    {
        if (!_shapes.ContainsKey(training.Number))
        {
            Of(training);
        }

        return _shapes[training.Number];
    }

    public Contexts Contexts(string file, string sha256, int categoryCount)
    {
        if (!_contexts.TryGetValue(file, out var contexts))
        {
            contexts = StudyFolder.ToContexts(Matrix(file, sha256), categoryCount);
            _contexts.Add(file, contexts);
        }

        return contexts;
    }

    /// <summary>A training's network.</summary>
    /// <param name="training">The training.</param>
    /// <param name="samples">What it answered to the study's contexts.</param>
    /// <param name="others">Its answers to other contexts.</param>
    /// <param name="loader">Loads networks; null: their answers alone.</param>
    public RestoredNetwork Restore(TrainingEnded training, Samples samples, IReadOnlyList<ContextsAnswered> others, IPersistentNetwork? loader) => new(
        StudyFolder.At(log.Name, training.SamplesFile ?? ""),
        samples,
        loader is null || training.NetworkFile is not { } network ? null : () =>
        {
            log.Bytes(network, training.NetworkSha256!);
            var path = StudyFolder.At(log.Name, network);
            return loader.Load(path, training.Lambda) ?? throw new InvalidOperationException($"Loading {path} returned nothing.");
        },
        [.. others.Select(other => new Samples(Matrix(other.SamplesFile, other.SamplesSha256), Contexts(other.ContextsFile, other.ContextsSha256, other.CategoryCount)))]);

    private Matrix Matrix(string file, string sha256) => NpyFile.FromBytes(log.Bytes(file, sha256), StudyFolder.At(log.Name, file));
}

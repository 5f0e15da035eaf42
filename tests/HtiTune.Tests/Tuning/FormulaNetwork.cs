using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

/// <summary>A network that answers from a formula y(λ, x); training it is instant, may fail, and may wait for its token.</summary>
internal sealed class FormulaNetwork(Func<double, double, double> formula) : INetwork
{
    public List<double> Trained { get; } = [];

    public List<long> Seeds { get; } = [];

    public int Living { get; private set; }

    /// <summary>Runs before the n-th training (from 1) at λ; may throw.</summary>
    public Action<int, double, CancellationToken>? Before { get; init; }

    /// <summary>Whether x is the category where contexts have no condition.</summary>
    public bool Categorical { get; init; }

    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
    {
        Trained.Add(request.Lambda);
        Seeds.Add(request.Seed);
        Before?.Invoke(Trained.Count, request.Lambda, cancellation);
        request.Progress?.Report(0.5);
        Living++;
        return new Trained_(this, request.Lambda);
    }

    private sealed class Trained_(FormulaNetwork network, double lambda) : ITrainedNetwork
    {
        private readonly Func<double, double, double> _formula = network.Formula;

        public Matrix Answer(Contexts contexts, long seed) =>
            Matrix.Create(contexts.Count, 1, (i, row) => row[0] = (float)_formula(
                lambda, network.Categorical && contexts.Conditions.Columns == 0 ? contexts.Categories[i] : contexts.Conditions[i, 0]));

        public void Dispose() => network.Living--;
    }

    private Func<double, double, double> Formula => formula;
}

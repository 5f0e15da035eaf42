using HtiTune;
using HtiTune.Data;
using HtiTune.Journal;
using TorchSharp;
using static TorchSharp.torch;

// K       the network's only weights: a linear layer without bias, push u = −K x     [1, 2]
// F       A − B K, the system under it                                               [2, 2]
// M_n     Σ_{t < n} γᵗ (Fᵗ)ᵀ Q Fᵗ with Q = I + λ KᵀK: cost of n steps from x is xᵀM_n x
//   M_2n = M_n + γⁿ (Fⁿ)ᵀ M_n Fⁿ: ten doublings are an episode of 1,024 steps
// loss    mean of xᵀM x over starts of unit covariance: the trace of M

/// <summary>
/// A regulator trained by gradient descent on the cost of its episodes, at a weight λ of control: state cost + λ · control cost. A linear one is
/// as good as any here, and Riccati's equation says what it should become.
/// </summary>
/// <param name="options">Length of the training.</param>
/// <remarks>There is no chance in this training: the first weights are zero and the expectation over starts is exact.</remarks>
internal sealed class RegulatorNetwork(RegulatorOptions options) : IPersistentNetwork
{
    private const int Doublings = 10;
    private const double LongestGradient = 1;

    /// <inheritdoc/>
    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
    {
        var threads = get_num_threads();
        set_num_threads(1); // these matrices are too small for two, and another training may want the other core
        try
        {
            using var scope = NewDisposeScope();
            var layer = nn.Linear(2, 1, hasBias: false, dtype: float64);
            using (no_grad())
            {
                layer.weight!.zero_();
            }

            using var adam = optim.Adam(layer.parameters(), options.LearningRate);
            var (a, b) = (tensor(PushedMass.A), tensor(PushedMass.B).view(2, 1));
            for (var step = 0; step < options.Steps; step++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var inStep = NewDisposeScope(); // without it every step's tensors wait for the garbage collector
                SetStepSize(adam, options.LearningRate * (1 + Math.Cos(Math.PI * step / options.Steps)) / 2);
                adam.zero_grad();
                Cost(a, b, layer.weight!, request.Lambda).backward();
                nn.utils.clip_grad_norm_(layer.parameters(), LongestGradient);
                adam.step();
                request.Progress?.Report((step + 1.0) / options.Steps);
            }

            return new TrainedRegulator(layer.weight!.detach().neg().to(float32).data<float>().ToArray());
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    /// <inheritdoc/>
    public void Save(ITrainedNetwork network, string path) => NpyFile.Write(path, new Matrix(1, 2, [.. ((TrainedRegulator)network).Gain]));

    /// <inheritdoc/>
    public ITrainedNetwork Load(string path, double lambda) => new TrainedRegulator(NpyFile.ReadMatrix(path).Values.ToArray());

    // Weights w = −K of u = w x.
    private static Tensor Cost(Tensor a, Tensor b, Tensor weights, double lambda)
    {
        var closed = (a + b.mm(weights)) * Math.Sqrt(PushedMass.Discount);
        var cost = eye(2, dtype: float64) + lambda * weights.t().mm(weights);
        for (var doubling = 0; doubling < Doublings; doubling++)
        {
            cost += closed.t().mm(cost).mm(closed);
            closed = closed.mm(closed);
        }

        return cost.trace();
    }

    private static void SetStepSize(optim.Optimizer adam, double size)
    {
        foreach (var group in adam.ParamGroups)
        {
            group.LearningRate = size;
        }
    }
}

/// <summary>
/// A trained regulator: answers each start with the roots of the state cost and of the control cost of its episode, played step by step. Costs are
/// squares; their roots have the size of what is observed, and move more evenly with λ.
/// </summary>
/// <param name="gain">K of u = −K x, shape [2].</param>
internal sealed class TrainedRegulator(float[] gain) : ITrainedNetwork
{
    /// <summary>K of u = −K x, shape [2].</summary>
    public IReadOnlyList<float> Gain => gain;

    /// <inheritdoc/>
    public Matrix Answer(Contexts contexts, long seed) => Matrix.Create(contexts.Count, 2, (i, row) =>
    {
        var (state, control) = PushedMass.Episode(contexts.Conditions[i, 0], contexts.Conditions[i, 1], gain);
        (row[0], row[1]) = ((float)Math.Sqrt(state), (float)Math.Sqrt(control));
    });

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

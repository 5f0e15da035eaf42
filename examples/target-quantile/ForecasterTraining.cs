using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// λ   quantile level                                       scalar in (0, 1)
// y   values ahead, standardised                           [b, 3]
// q   forecast quantiles                                   [b, 3]
// w   the network's weights, w̄ their moving average        six tensors
//
// Pinball loss [Koenker and Bassett 1978], least in expectation where q is the λ-quantile of y:
//   ℓ(y, q) = max(λ (y − q), (λ − 1)(y − q))

/// <summary>
/// Trains a network by Adam on the pinball loss, and stops early. Judged on the validation windows, and kept, is the moving average
/// w̄ of the weights [Polyak and Juditsky 1992]: it forecasts better than the last w, and moves more smoothly with λ.
/// </summary>
internal sealed class ForecasterTraining
{
    private readonly Sequential _network;
    private readonly TensorWindows _training, _validation;
    private readonly ForecasterOptions _options;
    private readonly Parameter[] _weights;

    /// <summary>Prepares the training of a network.</summary>
    /// <param name="network">The network with its first weights; it is trained in place.</param>
    /// <param name="training">Windows to learn from.</param>
    /// <param name="validation">Windows that end the training.</param>
    /// <param name="options">Its length.</param>
    public ForecasterTraining(Sequential network, TensorWindows training, TensorWindows validation, ForecasterOptions options)
    {
        (_network, _training, _validation, _options) = (network, training, validation, options);
        _weights = [.. network.parameters()];
    }

    /// <summary>Runs the training; the network then holds the best w̄.</summary>
    /// <param name="lambda">λ.</param>
    /// <param name="decay">Weight of ½ |w|² in what Adam descends; 0 for none.</param>
    /// <param name="progress">Where to report progress; null for nowhere.</param>
    /// <param name="chance">Draws the batches.</param>
    /// <param name="cancellation">Looked at before every batch.</param>
    public void Run(double lambda, double decay, IProgress<double>? progress, Generator chance, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var adam = optim.Adam(_weights, _options.LearningRate, weight_decay: decay);
        var (average, best) = (Copies(_weights), Copies(_weights));
        var (bestLoss, bestEpoch) = (double.PositiveInfinity, 0);
        var batches = (int)(_training.Past.shape[0] / _options.BatchSize);
        var steps = _options.Epochs * batches;
        for (var epoch = 0; epoch < _options.Epochs && epoch - bestEpoch <= _options.Patience; epoch++)
        {
            using var inEpoch = NewDisposeScope();
            var order = randperm(_training.Past.shape[0], generator: chance);
            for (var batch = 0; batch < batches; batch++)
            {
                cancellation.ThrowIfCancellationRequested();
                var step = epoch * batches + batch;
                SetStepSize(adam, _options.LearningRate * (1 + Math.Cos(Math.PI * step / steps)) / 2);
                Step(adam, order.narrow(0, (long)batch * _options.BatchSize, _options.BatchSize), lambda);
                MoveAverage(average, Math.Max(1.0 / (1 + step), _options.AveragingShare));
                progress?.Report((step + 1.0) / steps);
            }

            var loss = ValidationLoss(average, lambda);
            if (loss < bestLoss)
            {
                (bestLoss, bestEpoch) = (loss, epoch);
                Copy(average, best);
            }
        }

        Copy(best, _weights);
        progress?.Report(1);
    }

    private void Step(optim.Optimizer adam, Tensor rows, double lambda)
    {
        using var scope = NewDisposeScope(); // without it every step's tensors wait for the garbage collector
        var loss = Pinball(_training.Ahead.index_select(0, rows), _network.call(_training.Past.index_select(0, rows)), lambda);
        adam.zero_grad();
        loss.backward();
        adam.step();
    }

    private static Tensor Pinball(Tensor y, Tensor q, double lambda)
    {
        var error = y - q;
        return maximum(lambda * error, (lambda - 1) * error).mean();
    }

    // w̄ ← (1 − α) w̄ + α w
    private void MoveAverage(Tensor[] average, double share)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < average.Length; i++)
        {
            average[i].lerp_(_weights[i], share);
        }
    }

    private double ValidationLoss(Tensor[] average, double lambda)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var kept = Copies(_weights);
        Copy(average, _weights);
        var loss = Pinball(_validation.Ahead, _network.call(_validation.Past), lambda).ToDouble();
        Copy(kept, _weights);
        return loss;
    }

    private static void SetStepSize(optim.Optimizer adam, double size)
    {
        foreach (var group in adam.ParamGroups)
        {
            group.LearningRate = size;
        }
    }

    private static Tensor[] Copies(IEnumerable<Tensor> tensors) => [.. tensors.Select(tensor => tensor.detach().clone())];

    private static void Copy(Tensor[] from, Tensor[] to)
    {
        using var _ = no_grad();
        for (var i = 0; i < from.Length; i++)
        {
            to[i].copy_(from[i]);
        }
    }
}

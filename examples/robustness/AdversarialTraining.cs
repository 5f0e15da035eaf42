using HtiTune;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// x, y   training points, classes          [n, 2], [n, 1]
// f      the classifier's logit            [n, 1]
// ℓ      logistic loss of f(x) for y
// λ      radius of the attack, in the largest norm
// δ      shifts, |δ|_∞ ≤ λ                 [n, 2]
//
// Adversarial training [Madry et al. 2018]:  min over f of the mean of  max over |δ|_∞ ≤ λ of ℓ(f(x + δ), y).
// The inner maximum by projected gradient ascent from a random corner's direction: δ ← clip(δ + a λ sign ∂ℓ/∂δ, −λ, λ).

/// <summary>Trains a classifier against attacks of radius λ; all λ begin with the same weights and the same random starts of the attack.</summary>
internal static class AdversarialTraining
{
    // a: with five steps of it any point of the square is reached from any other.
    private const double AttackStep = 0.5;

    /// <summary>Trains in place.</summary>
    /// <param name="network">The classifier with its first weights.</param>
    /// <param name="x">Training points, shape [n, 2].</param>
    /// <param name="y">Classes 0 and 1, shape [n, 1].</param>
    /// <param name="options">Length of the training.</param>
    /// <param name="request">λ, and where to report progress.</param>
    /// <param name="chance">Draws where attacks start.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    public static void Run(
        Sequential network, Tensor x, Tensor y, ClassifierOptions options, TrainingRequest request, Generator chance, CancellationToken cancellation)
    {
        using var adam = optim.AdamW(network.parameters(), options.LearningRate, weight_decay: options.WeightDecay);
        for (var step = 0; step < options.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope(); // without it every step's tensors wait for the garbage collector
            foreach (var group in adam.ParamGroups)
            {
                group.LearningRate = options.LearningRate * (1 + Math.Cos(Math.PI * step / options.Steps)) / 2;
            }

            var start = (rand(x.shape, generator: chance) * 2 - 1) * request.Lambda;
            var shifts = Attack(network, x, y, start, request.Lambda, options.AttackSteps);
            adam.zero_grad(); // after the attack, which leaves gradients at the weights too
            Loss(network, x + shifts, y).backward();
            adam.step();
            request.Progress?.Report((step + 1.0) / options.Steps);
        }
    }

    /// <summary>Shifts that raise the loss, by projected gradient ascent.</summary>
    /// <param name="network">The classifier.</param>
    /// <param name="x">Points, shape [n, 2].</param>
    /// <param name="y">Classes, shape [n, 1].</param>
    /// <param name="start">Shifts to start from, shape [n, 2], within the radius.</param>
    /// <param name="radius">The radius λ, in the largest norm.</param>
    /// <param name="steps">Steps.</param>
    /// <returns>δ, shape [n, 2], |δ|_∞ ≤ λ.</returns>
    public static Tensor Attack(Sequential network, Tensor x, Tensor y, Tensor start, double radius, int steps)
    {
        var shifts = start.detach();
        for (var step = 0; radius > 0 && step < steps; step++)
        {
            shifts.requires_grad_(true);
            Loss(network, x + shifts, y).backward();
            shifts = (shifts.detach() + shifts.grad!.sign() * (AttackStep * radius)).clamp(-radius, radius);
        }

        return shifts.detach();
    }

    private static Tensor Loss(Sequential network, Tensor x, Tensor y) => nn.functional.binary_cross_entropy_with_logits(network.call(x), y);
}

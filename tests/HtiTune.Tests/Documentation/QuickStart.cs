using HtiTune;
using HtiTune.Data;
using HtiTune.Surrogates;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Tests.Documentation;

/// <summary>The quick start of the README, compiled; <see cref="ReadmeTests"/> holds the two together.</summary>
internal static class QuickStart
{
    internal static void Run()
    {
        // <quick start>
        TorchRuntime.EnsureLoaded();                        // before the first use of TorchSharp
        var random = new RandomStreams(1).Stream("demand");
        var days = new Contexts(Matrix.Create(400, 1, (_, x) => x[0] = (float)random.NextNormal()));   // a day's temperature
        var warmth = days.Conditions.Values.ToArray();
        var demand = warmth.Select(t => 10 - 2 * t + Math.Abs(t) * (float)random.NextNormal()).ToArray();
        INetwork forecaster = Network.Create((request, cancellation) =>
        {
            manual_seed(request.Seed);
            var net = nn.Sequential(nn.Linear(1, 32), nn.SiLU(), nn.Linear(32, 1));
            using var optimiser = optim.Adam(net.parameters(), 0.02);
            for (var step = 0; step < 300; step++)
            {
                using var scope = NewDisposeScope();
                var error = tensor(demand).view(-1, 1) - net.forward(tensor(warmth).view(-1, 1));
                optimiser.zero_grad();
                maximum(request.Lambda * error, (request.Lambda - 1) * error).mean().backward();   // pinball loss at the quantile λ
                optimiser.step();
            }
            return net;
        }, (net, x, seed) => new Matrix(x.Count, 1, net.forward(tensor(x.Conditions.Values.ToArray()).view(-1, 1)).data<float>().ToArray()));
        using var tuner = new Tuner(forecaster, Hyperparameter.Continuous("quantile", 0.01, 0.99), days);
        double Cost(IConditionalModel model, double shortage) => model.Sample(days).Outputs.Values.ToArray()
            .Zip(demand, (stock, sold) => sold > stock ? shortage * (sold - stock) : stock - sold).Average();
        Study study = tuner.Optimize(model => Cost(model, shortage: 4));                     // at most 8 trainings
        Study again = tuner.Optimize(model => Cost(model, shortage: 9), maxTrainings: 0);    // another preference, no training
        Console.WriteLine($"λ = {study.Lambda:0.00} after {study.TrainingsUsed} trainings; preference changed: λ = {again.Lambda:0.00}, {again.Outcome}");
        // </quick start>
    }
}

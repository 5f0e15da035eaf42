#!/usr/bin/env dotnet
// The code of Tour.ipynb, made from it by its test.
#:project ../../src/HtiTune.Data/HtiTune.Data.csproj
#:project ../../src/HtiTune.Surrogates/HtiTune.Surrogates.csproj
#:project ../../src/HtiTune.Surrogates.Torch/HtiTune.Surrogates.Torch.csproj
#:project ../../src/HtiTune/HtiTune.csproj
#:project ../../src/HtiTune.Plotting/HtiTune.Plotting.csproj
#:package TorchSharp
#:include Show.cs

using HtiTune;
using HtiTune.Data;
using HtiTune.Plotting;
using HtiTune.Preferences;
using HtiTune.Surrogates;
using TorchSharp;
using static TorchSharp.torch;
using static Show;

// # A tour
// A network is trained at a few values of a hyperparameter λ; a surrogate learns how its outputs move between them; the tuner asks for more trainings only where they pay; and when the preference changes, the answer mostly costs nothing.
//
// The network here forecasts a demand from a temperature. λ is the quantile that it aims at.


TorchRuntime.EnsureLoaded();   // before the first use of TorchSharp

// ## Data: what networks trained at three λ answer
// The contexts are what every trained network is asked: 300 days with their temperatures.

var chance = new RandomStreams(1).Stream("demand");
var days = new Contexts(Matrix.Create(300, 1, (_, x) => x[0] = (float)chance.NextNormal()));
var warmth = days.Conditions.Values.ToArray();
var demand = warmth.Select(t => 10 - 2 * t + (0.5f + Math.Abs(t)) * (float)chance.NextNormal()).ToArray();

nn.Module<Tensor, Tensor> TrainAt(double quantile, long seed)
{
    manual_seed(seed);         // the same for every λ, so that outputs move smoothly with it
    var net = nn.Sequential(nn.Linear(1, 24), nn.SiLU(), nn.Linear(24, 1));
    using var optimiser = optim.Adam(net.parameters(), 0.03);
    for (var step = 0; step < 200; step++)
    {
        using var scope = NewDisposeScope();
        var error = tensor(demand).view(-1, 1) - net.call(tensor(warmth).view(-1, 1));
        optimiser.zero_grad();
        maximum(quantile * error, (quantile - 1) * error).mean().backward();
        optimiser.step();
    }

    return net;
}

Matrix AnswersOf(nn.Module<Tensor, Tensor> net, Contexts x) =>
    new Matrix(x.Count, 1, net.call(tensor(x.Conditions.Values.ToArray()).view(-1, 1)).data<float>().ToArray());

var quantile = Hyperparameter.Continuous("quantile", 0.02, 0.98);
var anchors = new AnchorSet(quantile, new[] { 0.02, 0.5, 0.98 }.Select(λ => new Anchor(λ, new Samples(AnswersOf(TrainAt(λ, 1), days), days))));
display(anchors);

// ## Surrogate
// Fitted in a moment, it answers for any λ between the anchors.

var surrogate = TrajectorySurrogate.Fit(anchors);
display(surrogate);

// ## Look at the trajectories
// How the distribution of the forecasts moves with λ. Dots are the anchors' own.

display(Figure.Of(path => TrajectoryFigures.Distribution(surrogate, anchors, path)));

// ## Tune
// A unit too little costs four times a unit too much. The same objective judges the surrogate at any λ and a real network at an anchor.

var network = Network.Create((request, cancellation) => TrainAt(request.Lambda, request.Seed), (net, x, seed) => AnswersOf(net, x));
var tuner = new Tuner(network, quantile, days);
double Cost(IConditionalModel model, double shortage) => model.Sample(days).Outputs.Values.ToArray()
    .Zip(demand, (stock, sold) => sold > stock ? shortage * (sold - stock) : stock - sold).Average();
var study = tuner.Optimize(model => Cost(model, 4));
display(study);

display(Figure.Of(path => StudyFigures.Objective(study, path)));

// ## Change the preference
// Now a unit too little costs nine times as much. No training is allowed.

display(tuner.Optimize(model => Cost(model, 9), maxTrainings: 0));

// Or all prices at once: the best quantile over the price of a unit too little.

double Mean(IConditionalModel model, Func<float, float, double> each) => model.Sample(days).Outputs.Values.ToArray().Zip(demand, each).Average();
var preferences = tuner.Preferences(
    new Feature("left over", model => Mean(model, (stock, sold) => Math.Max(0, stock - sold))),
    new Feature("missing", model => Mean(model, (stock, sold) => Math.Max(0, sold - stock))));
var curve = preferences.Curve(new[] { 1.0, 2, 4, 8, 16 }, price => Preference.Weighted([1, price]));
display(Figure.Of(path => PreferenceFigures.Curve(preferences, curve, "price of a unit too little", path)));
tuner.Dispose();

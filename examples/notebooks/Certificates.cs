#!/usr/bin/env dotnet
// The code of Certificates.ipynb, made from it by its test.
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
using static Show;

// # Reading certificates and calibration
// A study says how it ended: *certified*, *not certified*, or that it *needs training*. A certificate rests on intervals, and calibration says whether those have held. The network here is a formula, so that the truth is known and cells take no time: its output at λ is a wave that grows with λ.


var contexts = new Contexts(Matrix.Create(64, 1, (i, x) => x[0] = i / 63f));
double Output(double λ, double x) => λ * Math.Sin(3 * x + 2 * λ);
var network = Network.Create((request, cancellation) => request.Lambda,
    (λ, x, seed) => Matrix.Create(x.Count, 1, (i, y) => y[0] = (float)Output(λ, x.Conditions[i, 0])));
var strength = Hyperparameter.Continuous("strength", 0, 2);
double Objective(IConditionalModel model) => model.Sample(contexts).Outputs.Values.ToArray().Average(y => (y - 0.6) * (y - 0.6));

// ## Certified
// ε is the regret that does not matter, δ the risk that the certificate may take. `Probability` is the model's own; what the model cannot know, a spike between trainings, it cannot certify.

var tuner = new Tuner(network, strength, contexts, new TunerOptions { Epsilon = 0.02, MaxTrainings = 12 });
var study = tuner.Optimize(Objective);
display(study);
Console.WriteLine(study.Outcome);

// The truth is at hand: was the certificate true?

double True(double λ) => Enumerable.Range(0, 64).Average(i => Math.Pow(Output(λ, i / 63.0) - 0.6, 2));
var least = Enumerable.Range(0, 2001).Min(i => True(i / 1000.0));
Console.WriteLine($"regret {True(study.Lambda) - least:G3}, allowed {study.Epsilon:G3}");

display(Figure.Of(path => StudyFigures.Objective(study, path)));

// Yellow is where the best λ may still lie. Outside of it, the band says, no λ can be better.
//
// ## Not certified, and needing training
// Three trainings are too few here, and with none allowed a new question is answered from what is there, or not:

var poor = new Tuner(network, strength, contexts, new TunerOptions { Epsilon = 0.001, MaxTrainings = 3 });
Console.WriteLine(poor.Optimize(Objective).Outcome);
Console.WriteLine(poor.Optimize(model => model.Sample(contexts).Outputs.Values.ToArray().Max(), maxTrainings: 0).Outcome);
poor.Dispose();

// ## Calibration
// From the third value on, each was predicted with a 90 % interval before it was known. A tenth may miss. `Evidence` is what a bet against the intervals would have won for each unit staked: at 20 the alarm goes off, certificates are withdrawn, and the surrogate is set aside.

Console.WriteLine(study.Calibration);
display(Figure.Of(path => StudyFigures.Calibration(study, path)));

// ## A network that breaks its promise
// Above λ = 1.2 this one suddenly answers otherwise. One value misses its interval: no alarm, a tenth may. The best λ lies below the break, and a regret of 0.001 is certified.

var broken = Network.Create((request, cancellation) => request.Lambda,
    (λ, x, seed) => Matrix.Create(x.Count, 1, (i, y) => y[0] = (float)(Output(λ, x.Conditions[i, 0]) + (λ > 1.2 ? 1.5 : 0) * Math.Sin(25 * λ))));
var wary = new Tuner(broken, strength, contexts, new TunerOptions { MaxTrainings = 12, Epsilon = 0.001 });
var doubtful = wary.Optimize(Objective);
Console.WriteLine(doubtful.Outcome);
Console.WriteLine(doubtful.Calibration);
display(Figure.Of(path => StudyFigures.Calibration(doubtful, path)));
wary.Dispose();
tuner.Dispose();

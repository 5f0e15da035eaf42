#!/usr/bin/env dotnet
// The code of PythonNetwork.ipynb, made from it by its test.
#:project ../../src/HtiTune.Data/HtiTune.Data.csproj
#:project ../../src/HtiTune.Surrogates/HtiTune.Surrogates.csproj
#:project ../../src/HtiTune.Surrogates.Torch/HtiTune.Surrogates.Torch.csproj
#:project ../../src/HtiTune/HtiTune.csproj
#:project ../../src/HtiTune.Plotting/HtiTune.Plotting.csproj
#:package TorchSharp
#:include Show.cs

using System.IO;
using HtiTune;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Plotting;
using HtiTune.Surrogates;
using static Show;

// # A network trained in Python
// HtiTune need not train the network. Here five networks were trained by `data/train.py`, and their answers to 200 temperatures written as `.npy` files. A surrogate is fitted to them, tested at λ that it has not seen, and the tuner says which λ Python should train next.


var data = new[] { "data", Path.Combine("examples", "notebooks", "data") }.First(Directory.Exists);
Matrix Read(string name) => NpyFile.ReadMatrix(Path.Combine(data, name));
var lambdas = NpyFile.Read(Path.Combine(data, "lambdas.npy")).Values;          // 5 values of λ
var outputs = Read("outputs.npy");                                             // [5, 200]: a row for each λ
var days = new Contexts(Read("days.npy"));                                     // [200, 1]
Samples Answers(Matrix rows, int i) => new Samples(new Matrix(days.Count, 1, rows.Row(i).ToArray()), days);
var quantile = Hyperparameter.Continuous("quantile", 0.05, 0.95);
var anchors = new AnchorSet(quantile, lambdas.Select((λ, i) => new Anchor(Math.Round(λ, 6), Answers(outputs, i))));
display(anchors);

var surrogate = TrajectorySurrogate.Fit(anchors);
display(Figure.Of(path => TrajectoryFigures.Distribution(surrogate, anchors, path)));

// ## Test it
// Python also trained at four λ that the surrogate has not seen. Mean absolute error, beside that of the nearest anchor:

var heldOut = NpyFile.Read(Path.Combine(data, "held-out-lambdas.npy")).Values;
var truth = Read("held-out-outputs.npy");
var nearest = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { Method = Method.Nearest });
double Error(TrajectorySurrogate model, int i) => model.Sample(Math.Round(heldOut[i], 6), days).Samples.Outputs.Values.ToArray()
    .Zip(truth.Row(i).ToArray(), (a, b) => Math.Abs((double)a - b)).Average();
for (var i = 0; i < heldOut.Length; i++)
{
    Console.WriteLine($"quantile {heldOut[i]:F2}   surrogate {Error(surrogate, i):F3}   nearest anchor {Error(nearest, i):F3}");
}

// ## Where should Python train next?
// The anchors count as trainings made before the run. An objective, here what wrong stock costs on 50 simulated demands a day, is optimised by asking and telling: the tuner never calls a network itself.

var sold = Read("sold.npy");                                                   // [50, 200]
double Cost(IConditionalModel model)
{
    var stock = model.Sample(days).Outputs;
    return Enumerable.Range(0, sold.Rows).Average(k => Enumerable.Range(0, sold.Columns)
        .Average(j => sold[k, j] > stock[j, 0] ? 4.0 * (sold[k, j] - stock[j, 0]) : stock[j, 0] - sold[k, j]));
}

var network = Network.Create<object>((_, _) => throw new NotSupportedException("Trained in Python."), (_, _, _) => throw new NotSupportedException());
var tuner = new Tuner(network, quantile, days, new TunerOptions { WarmStart = [anchors] });
var study = tuner.Optimize(Cost, maxTrainings: 0);
display(study);
display(Figure.Of(path => StudyFigures.Objective(study, path)));

var run = tuner.Begin(Cost, maxTrainings: 1);
Console.WriteLine(run.Ask() is { } next ? $"train next at {next.Lambda:F3}: {next.Reason}" : "no further training pays");
run.Dispose();
tuner.Dispose();

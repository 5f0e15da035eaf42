#!/usr/bin/env dotnet
// The code of SeveralHyperparameters.ipynb, made from it by its test.
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

// # Several hyperparameters
// A forecaster of demand has four settings: the quantile that it aims at, how strongly its weights are held small, the degree of its polynomial, and how it weighs old days. What its trainings answered is kept, so that another preference needs no training, whatever the space.


var chance = new RandomStreams(7).Stream("demand");
double Demand(double warmth) => 10 - 2 * warmth + 0.8 * warmth * warmth + (0.5 + Math.Abs(warmth)) * chance.NextNormal();
(double[] Warmth, double[] Sold) Days(int count)
{
    double[] warmth = Enumerable.Range(0, count).Select(_ => chance.NextNormal()).ToArray();
    return (warmth, warmth.Select(Demand).ToArray());
}

var past = Days(120);
var held = Days(200);      // what every trained forecaster is asked for

// ## A training
// The pinball loss of a polynomial, with a penalty on its weights, by four hundred steps of gradient descent.

double[] Powers(double t, int degree) => Enumerable.Range(0, degree + 1).Select(k => Math.Pow(Math.Tanh(t / 2) * 2, k)).ToArray();

double[] TrainAt(double quantile, double penalty, int degree, bool forgets)
{
    var rows = past.Warmth.Select(t => Powers(t, degree)).ToArray();
    double[] weights = new double[degree + 1], mean = new double[degree + 1];
    weights[0] = past.Sold.Average();
    for (var step = 0; step < 400; step++)
    {
        var slope = weights.Select((w, k) => k == 0 ? 0 : penalty * w).ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            var error = past.Sold[i] - rows[i].Zip(weights, (x, w) => x * w).Sum();
            var share = (forgets ? Math.Pow(0.97, rows.Length - 1 - i) * 0.03 : 1.0 / rows.Length) * (quantile - 0.5 * (1 - Math.Tanh(error / 0.2)));
            for (var k = 0; k <= degree; k++)
            {
                slope[k] -= share * rows[i][k];
            }
        }

        for (var k = 0; k <= degree; k++)
        {
            mean[k] = 0.9 * mean[k] + slope[k];
            weights[k] -= 0.2 / (1 + k * k) * mean[k];
        }
    }

    return weights;
}

Matrix Forecast(double[] weights) => Matrix.FromDoubles(held.Warmth.Length, 1,
    held.Warmth.Select(t => Powers(t, weights.Length - 1).Zip(weights, (x, w) => x * w).Sum()).ToArray());

// ## Tune
// A unit too little costs four times a unit too much. `Tuner.Create` keeps the forecasts of every training, and learns how they move with all four settings.

var space = SearchSpace.Parse("quantile=0.05..0.95", "penalty=1e-4..1:log", "degree=1..5:int", "old=kept,forgotten");
var tuner = Tuner.Create(space, at => TrainAt(at["quantile"], at["penalty"], (int)at["degree"], at["old"].Word == "forgotten"), Forecast);
double Cost(Matrix stock, double shortage) => held.Sold.Select((sold, i) => sold > stock[i, 0] ? shortage * (sold - stock[i, 0]) : stock[i, 0] - sold).Average();
var study = tuner.Minimize(stock => Cost(stock, 4), maxTrainings: 16);
display(study);

// ## What matters
// How much of the variation of the cost hangs on each setting, by what is believed; and the cost along each, the others as recommended.

foreach (var one in study.Importances.OrderByDescending(one => one.Total))
{
    Console.WriteLine($"{one.Name,-10} alone {one.First,6:P0}   with others {one.Total,6:P0}");
}

display(Figure.Of(path => StudyFigures.Slices(study, path)));

// ## Change the preference
// Now a unit too little costs nine times as much: the trainings there are answer, and no other is made. Because a training takes no time here, the answer can be checked.

var nine = tuner.Minimize(stock => Cost(stock, 9), maxTrainings: 0);
display(nine);
double Real(Configuration at, double shortage) => Cost(Forecast(TrainAt(at["quantile"], at["penalty"], (int)at["degree"], at["old"].Word == "forgotten")), shortage);
Console.WriteLine($"predicted {nine.PredictedValue:F2}, trained {Real(nine.Configuration, 9):F2}; what was best at four costs {Real(study.Configuration, 9):F2}");

// Any other question is one of the same kind, for instance what the worst tenth of the days cost:

double Worst(Matrix stock) => held.Sold.Select((sold, i) => sold > stock[i, 0] ? 4 * (sold - stock[i, 0]) : stock[i, 0] - sold).OrderDescending().Take(held.Sold.Length / 10).Average();
var worst = tuner.Minimize(Worst, maxTrainings: 0);
Console.WriteLine($"quantile {worst.Configuration["quantile"].Number:F3}: {worst.PredictedValue:F2}; {worst.Outcome.GetType().Name}");
tuner.Dispose();

#!/usr/bin/env dotnet
// Which quantile should a load forecast aim at, when a MW too little costs four times a MW too much? In theory the 0.8 quantile, if the
// network learned it perfectly. Here the answer is found as for any hyperparameter: by training the network at a few λ, where it pays.
//
//   dotnet run examples/target-quantile/TargetQuantile.cs             seven preferences, a comparison, three figures; two minutes
//   dotnet run examples/target-quantile/TargetQuantile.cs -- --tables the three tables that all examples print, over several seeds; minutes
//   dotnet run examples/target-quantile/TargetQuantile.cs -- --help   all options

#:project ../../src/HtiTune.Data/HtiTune.Data.csproj
#:project ../../src/HtiTune.Surrogates/HtiTune.Surrogates.csproj
#:project ../../src/HtiTune.Surrogates.Torch/HtiTune.Surrogates.Torch.csproj
#:project ../../src/HtiTune/HtiTune.csproj
#:project ../../src/HtiTune.Plotting/HtiTune.Plotting.csproj
#:package TorchSharp
#:include ../common/*.cs
#:include QuantileTask.cs
#:include LoadSeries.cs
#:include QuantileForecaster.cs
#:include ForecasterTraining.cs
#:include ForecasterOptions.cs
#:include ForecastCost.cs
#:include RememberedTrainings.cs
#:include DenseSweep.cs
#:include Comparison.cs
#:include Steps.cs
#:include CommandLine.cs

using HtiTune;
using HtiTune.Data;
using HtiTune.Plotting;
using HtiTune.Preferences;
using HtiTune.Surrogates;

if (args.Contains(CommandLine.Tables))
{
    return TaskProgram.Run(
        [.. args.Where(argument => argument != CommandLine.Tables)], QuantileTask.Help,
        (options, output, cancellation) => QuantileTask.Run(options, output, cancellation));
}

CommandLine command;
LoadSeries series;
try
{
    command = CommandLine.Parse(args);
    if (command.WantsHelp)
    {
        Console.WriteLine(CommandLine.Help);
        return 0;
    }

    series = command.Csv is { } csv ? LoadSeries.FromCsv(csv, command.Column!) : QuantileTask.Series();
}
catch (Exception error) when (error is FormatException or DataFormatException or IOException or ArgumentException)
{
    Console.Error.WriteLine($"{error.Message} Try --help.");
    return 2;
}

TorchRuntime.EnsureLoaded(); // before the first tensor: loads libtorch, also where the system's C++ library is older

// The network, its hyperparameter, and what the trained networks are asked: the windows of the held-out hours.
using var forecaster = new QuantileForecaster(series, command.Quick ? ForecasterOptions.Quick : null);
var quantile = QuantileTask.Quantile;
var contexts = new Contexts(series.HeldOut.Past);

// Two preferences about the same forecasts; lower is better. The model is the surrogate at some quantile, or a real network.
var cost = new ForecastCost(series.HeldOut.Ahead);
double FourToOne(IConditionalModel model) => cost.Mean(model.Sample(contexts).Outputs, under: 4, over: 1);
double NineToOne(IConditionalModel model) => cost.MeanAndWorst(model.Sample(contexts).Outputs, under: 9, over: 1, penalty: 0.25);

var truthFile = Path.Combine(AppContext.GetData("EntryPointFileDirectoryPath") as string ?? ".", "truth.csv");
if (command.Sweep)
{
    // The seed that the tuner gives every training, so that both train the same networks.
    using var asker = new Tuner(forecaster, quantile, contexts, new TunerOptions { Seed = command.Seed });
    using var asked = asker.Begin(_ => 0);
    var made = DenseSweep.Train(
        forecaster, asked.Ask()!.Seed, quantile, [FourToOne, NineToOne], count: 50,
        (lambda, costs) => Console.WriteLine($"quantile {lambda:F2}   {string.Join("   ", costs.Select(c => c.ToString("F4")))}"));
    made.Write(truthFile, command.Seed);
    Console.WriteLine($"kept in {truthFile}");
    return 0;
}

var clock = TimeProvider.System;
var start = clock.GetTimestamp();
Console.WriteLine($"{series.Name}: {series.Hours:N0} hours, {series.Training.Count:N0} windows to train on, {contexts.Count:N0} held out");
using var network = new RememberedTrainings(forecaster, clock);
var steps = new Steps(clock);

// Both ways begin with the ends and the middle; from then on the surrogate, or the plain process, says where to train.
var options = new TunerOptions { MaxTrainings = 12, Seed = command.Seed };

// Ctrl-C ends the training that is going on, and the study so far is told.
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

Run Timed(string way, int objective, Func<TuningResult> optimize)
{
    var saved = network.Saved;
    var study = optimize();
    if (study.StopReason == StopReason.Cancelled)
    {
        Console.WriteLine($"interrupted after {study.TrainingsUsed} trainings; best so far: quantile = {study.Lambda:F3}");
        Environment.Exit(130);
    }

    return new Run(way, objective, study, study.Elapsed + network.Saved - saved);
}

Console.WriteLine("\nHtiTune, 4 : 1");
using var tuner = new Tuner(network, quantile, contexts, options);
var first = Timed("HtiTune", 0, () => tuner.Optimize(FourToOne, progress: steps, cancellation: stop.Token));

// The preference changes. The trained networks answer the new question too, or say where one more training is needed.
Console.WriteLine("\nHtiTune, 9 : 1 and the worst tenth, from the networks that are there");
var second = Timed("HtiTune", 1, () => tuner.Optimize(NineToOne, maxTrainings: 0, steps, cancellation: stop.Token));
if (second.Study.Outcome is NeedsTraining)
{
    Console.WriteLine("  They do not suffice: one more training, where it is worth most.");
    second = Timed("HtiTune", 1, () => tuner.Optimize(NineToOne, maxTrainings: 1, steps, cancellation: stop.Token));
}

Console.WriteLine("\nA Gaussian process without the surrogate, 4 : 1 (what is trained already is not trained again, but counted)");
const string Plain = "plain Gaussian process";
using var plain = new Tuner(network, quantile, contexts, options with { UseSurrogate = false });
var plainFirst = Timed(Plain, 0, () => plain.Optimize(FourToOne, progress: steps, cancellation: stop.Token));

Console.WriteLine("\nA Gaussian process without the surrogate, 9 : 1 and the worst tenth");
var plainSecond = Timed(Plain, 1, () => plain.Optimize(NineToOne, maxTrainings: 6, steps, cancellation: stop.Token));

// What it cost, and how far from the truth it ended.
var truth = command.Csv is null && !command.Quick ? DenseSweep.Read(truthFile, command.Seed) : null;
string[] objectives = ["cost 4 : 1", "cost 9 : 1 and the worst tenth of hours"];
new Comparison(objectives, truth).Print(Console.Out, [first, plainFirst, second, plainSecond]);

// Five more preferences: what the networks so far answer of themselves, and what the plain process needs that replays its own trainings.
Console.WriteLine("\nFive preferences more: new trainings, after the first ones\n"
    + $"{"a MW too little costs",28}{"HtiTune",16}{"trainings",11}{Plain,26}{"trainings",11}");
var (more, plainMore) = (0, 0);
foreach (var under in (double[])[1, 2, 6, 12, 20])
{
    double Weighed(IConditionalModel model) => cost.Mean(model.Sample(contexts).Outputs, under, over: 1);
    var own = tuner.Optimize(Weighed, maxTrainings: 0, cancellation: stop.Token);
    var spent = 0;
    for (; spent < 3 && own.Outcome is NeedsTraining; spent++)
    {
        own = tuner.Optimize(Weighed, maxTrainings: 1, cancellation: stop.Token);
    }

    var replayed = plain.Optimize(Weighed, maxTrainings: 3, cancellation: stop.Token);
    (more, plainMore) = (more + spent, plainMore + replayed.TrainingsUsed);
    Console.WriteLine($"{$"{under} times one too much",28}{own.Lambda,16:F3}{spent,11}{replayed.Lambda,26:F3}{replayed.TrainingsUsed,11}");
}

Console.WriteLine($"{"all five",28}{"",16}{more,11}{"",26}{plainMore,11}");

Directory.CreateDirectory(command.Out);
var model = tuner.Preferences(
    new Feature("MW too little", m => cost.Mean(m.Sample(contexts).Outputs, under: 1, over: 0)),
    new Feature("MW too much", m => cost.Mean(m.Sample(contexts).Outputs, under: 0, over: 1)));
var curveFigure = Path.GetFullPath(Path.Combine(command.Out, "preferences.png"));
PreferenceFigures.Curve(model, model.Curve([1, 1.5, 2, 3, 4, 6, 9, 12, 16, 20], w => Preference.Weighted([w, 1])), "cost of a MW too little, of one too much", curveFigure);
var objectiveFigure = Path.GetFullPath(Path.Combine(command.Out, "objective.png"));
StudyFigures.Objective(
    first.Study,
    objectiveFigure,
    truth?.Lambdas.Zip(truth.Costs[0], (lambda, value) => new CurvePoint(lambda, value)).ToList(),
    new FigureOptions { Title = "Cost of the forecasts over the quantile they aim at, 4 : 1", ValueLabel = "mean cost of an hour" });
Console.WriteLine($"\nfigures: {objectiveFigure}\n         {curveFigure}");
if (first.Study.Surrogate is { } surrogate)
{
    var fanFigure = Path.GetFullPath(Path.Combine(command.Out, "forecasts.png"));
    TrajectoryFigures.Fan(
        TrajectoryFan.Of(surrogate, contexts).With(past: series.HeldOut.Past, actual: series.HeldOut.Ahead),
        rows: [.. Enumerable.Range(1, 4).Select(k => contexts.Count * k / 5)],
        fanFigure,
        new FigureOptions { Title = "Forecasts of the surrogate, fanned over the quantile", ValueLabel = series.Quantity, Height = 760 });
    Console.WriteLine($"         {fanFigure}");
}

Console.WriteLine($"\n{network.Count} networks trained, {clock.GetElapsedTime(start).TotalSeconds:F0} s in all");
return 0;

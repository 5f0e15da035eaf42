#!/usr/bin/env dotnet
// Two hyperparameters of a load forecaster at once: which quantile it aims at, and how strongly its weights are pulled to 0. Its trained networks answer for
// those never trained, so a preference that changes costs few trainings or none.
//
//   dotnet run examples/target-quantile/QuantileAndDecay.cs             four preferences in a row, beside a plain Gaussian process; a few minutes
//   dotnet run examples/target-quantile/QuantileAndDecay.cs -- --sweep FILE.npy   forecasts at 18 × 18 places, for the benchmark of preferences in a row
//   dotnet run examples/target-quantile/QuantileAndDecay.cs -- --help   all options

#:project ../../src/HtiTune.Data/HtiTune.Data.csproj
#:project ../../src/HtiTune.Surrogates/HtiTune.Surrogates.csproj
#:project ../../src/HtiTune.Surrogates.Torch/HtiTune.Surrogates.Torch.csproj
#:project ../../src/HtiTune/HtiTune.csproj
#:project ../../src/HtiTune.Plotting/HtiTune.Plotting.csproj
#:package TorchSharp
#:include ../common/*.cs
#:include QuantileTask.cs
#:include DecayTask.cs
#:include LoadSeries.cs
#:include QuantileForecaster.cs
#:include ForecasterTraining.cs
#:include ForecasterOptions.cs
#:include ForecastCost.cs

if (args is ["--sweep", var path])
{
    HtiTune.Surrogates.TorchRuntime.EnsureLoaded();
    DecayTask.Sweep(path, levels: 18, seed: 1, Console.Out);
    return 0;
}

return TaskProgram.Run(
    args,
    """
    Which quantile should a load forecast aim at, and how strongly should its weights decay? Tunes both for four preferences in a row.

      dotnet run examples/target-quantile/QuantileAndDecay.cs [-- OPTIONS]
    """,
    (command, output, cancellation) => DecayTask.Run(command, output, cancellation));

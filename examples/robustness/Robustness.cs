#!/usr/bin/env dotnet
// How hard should a classifier be hardened? Adversarial training at a radius λ makes it robust to shifts of its inputs up to λ, and costs accuracy
// on inputs that nobody shifts. Which λ is best depends on how far, and how often, inputs will be shifted: known late, and it changes.
//
//   dotnet run examples/robustness/Robustness.cs             the whole task: three tables and the figures
//   dotnet run examples/robustness/Robustness.cs -- --help   all options

#:project ../../src/HtiTune.Data/HtiTune.Data.csproj
#:project ../../src/HtiTune.Surrogates/HtiTune.Surrogates.csproj
#:project ../../src/HtiTune.Surrogates.Torch/HtiTune.Surrogates.Torch.csproj
#:project ../../src/HtiTune/HtiTune.csproj
#:project ../../src/HtiTune.Plotting/HtiTune.Plotting.csproj
#:package TorchSharp
#:include ../common/*.cs
#:include WavyBorder.cs
#:include AttackedPoints.cs
#:include ClassifierOptions.cs
#:include RobustClassifier.cs
#:include AdversarialTraining.cs
#:include RobustnessTask.cs

return TaskProgram.Run(
    args,
    """
    How hard should a classifier be hardened? Trains classifiers against attacks of radius λ, and tunes λ for four beliefs about the attacks to come.

      dotnet run examples/robustness/Robustness.cs [-- OPTIONS]
    """,
    (command, output, cancellation) => RobustnessTask.Run(command, output, cancellation));

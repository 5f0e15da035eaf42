#!/usr/bin/env dotnet
// How much dropout should a small generator have? Without any its draws stay close to its few training points; with much they are nowhere
// near the data. A diffusion model of two moons is trained at a few dropout rates, where it pays, and tuned for how faithful and how varied
// its draws shall be.
//
//   dotnet run examples/generative-dropout/GenerativeDropout.cs             the whole task: three tables and the figures
//   dotnet run examples/generative-dropout/GenerativeDropout.cs -- --help   all options

#:project ../../src/HtiTune.Data/HtiTune.Data.csproj
#:project ../../src/HtiTune.Surrogates/HtiTune.Surrogates.csproj
#:project ../../src/HtiTune.Surrogates.Torch/HtiTune.Surrogates.Torch.csproj
#:project ../../src/HtiTune/HtiTune.csproj
#:project ../../src/HtiTune.Plotting/HtiTune.Plotting.csproj
#:package TorchSharp
#:include ../common/*.cs
#:include TwoMoons.cs
#:include NoiseSchedule.cs
#:include NoisePredictor.cs
#:include MoonDiffusion.cs
#:include DiffusionOptions.cs
#:include SampleQuality.cs
#:include DropoutTask.cs

return TaskProgram.Run(
    args,
    """
    How much dropout should a small generator have? Trains diffusion models of two moons at some dropout rates, and tunes the rate for four
    preferences about how faithful and how varied their draws are.

      dotnet run examples/generative-dropout/GenerativeDropout.cs [-- OPTIONS]
    """,
    (command, output, cancellation) => DropoutTask.Run(command, output, cancellation));

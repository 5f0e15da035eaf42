#!/usr/bin/env dotnet
// How dear should control be? A regulator is trained to keep a pushed mass at rest, at a weight λ of the control it spends. For this task the
// exact answer is known, from Riccati's equation: all that HtiTune says can be checked.
//
//   dotnet run examples/regulator/Regulator.cs             the whole task: three tables and the figures
//   dotnet run examples/regulator/Regulator.cs -- --help   all options

#:project ../../src/HtiTune.Data/HtiTune.Data.csproj
#:project ../../src/HtiTune.Surrogates/HtiTune.Surrogates.csproj
#:project ../../src/HtiTune.Surrogates.Torch/HtiTune.Surrogates.Torch.csproj
#:project ../../src/HtiTune/HtiTune.csproj
#:project ../../src/HtiTune.Plotting/HtiTune.Plotting.csproj
#:package TorchSharp
#:include ../common/*.cs
#:include PushedMass.cs
#:include Riccati.cs
#:include RegulatorNetwork.cs
#:include RegulatorOptions.cs
#:include RegulatorTask.cs
#:include RiccatiCheck.cs

return TaskProgram.Run(
    args,
    """
    How dear should control be? Trains regulators of a pushed mass at weights λ of control, tunes λ for four preferences, and checks all of it
    against Riccati's equation.

      dotnet run examples/regulator/Regulator.cs [-- OPTIONS]
    """,
    (command, output, cancellation) => RegulatorTask.Run(command, output, cancellation));

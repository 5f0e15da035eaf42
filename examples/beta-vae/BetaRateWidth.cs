#!/usr/bin/env dotnet
// Three hyperparameters of a β-VAE at once: β, the learning rate, and how many latents it has. A latent has a price of its own here, so the objective reads the
// configuration beside the network's answers; when prices change, the trained networks answer for those never trained.
//
//   dotnet run examples/beta-vae/BetaRateWidth.cs             four preferences in a row, beside a plain Gaussian process; a few minutes
//   dotnet run examples/beta-vae/BetaRateWidth.cs -- --help   all options

#:project ../../src/HtiTune.Data/HtiTune.Data.csproj
#:project ../../src/HtiTune.Surrogates/HtiTune.Surrogates.csproj
#:project ../../src/HtiTune.Surrogates.Torch/HtiTune.Surrogates.Torch.csproj
#:project ../../src/HtiTune/HtiTune.csproj
#:project ../../src/HtiTune.Plotting/HtiTune.Plotting.csproj
#:package TorchSharp
#:include ../common/*.cs
#:include ShapeImages.cs
#:include Autoencoder.cs
#:include ShapeVae.cs
#:include VaeOptions.cs
#:include WidthTask.cs

return TaskProgram.Run(
    args,
    """
    How large should the β of a β-VAE be, how fast should it learn, and how many latents should it have? Tunes all three for four preferences in a row.

      dotnet run examples/beta-vae/BetaRateWidth.cs [-- OPTIONS]
    """,
    (command, output, cancellation) => WidthTask.Run(command, output, cancellation));

#!/usr/bin/env dotnet
// How large should the β of a β-VAE be? A small one reconstructs images well and spends many nats on it; a large one is sparing, blurs, and gives
// each factor of the image a latent of its own. Networks are trained at a few β, where it pays, and β is tuned for what a nat is worth.
//
//   dotnet run examples/beta-vae/BetaVae.cs             the whole task: three tables and the figures
//   dotnet run examples/beta-vae/BetaVae.cs -- --help   all options

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
#:include LatentScores.cs
#:include VaeTask.cs

return TaskProgram.Run(
    args,
    """
    How large should the β of a β-VAE be? Trains autoencoders of small images at some β, and tunes β for four preferences about rate, error and
    the separation of factors.

      dotnet run examples/beta-vae/BetaVae.cs [-- OPTIONS]
    """,
    (command, output, cancellation) => VaeTask.Run(command, output, cancellation));

#!/usr/bin/env dotnet
// How much should a treatment's reward care for the patient's immune cells? A policy doses radiation and drug against a tumour with metastasis,
// trained by reinforcement learning at a weight λ of a penalty. The weight that serves a physician's own trade-off best is tuned here.
//
//   dotnet run examples/cancer-treatment/CancerTreatment.cs             the whole task: three tables and the figures; trainings are kept
//   dotnet run examples/cancer-treatment/CancerTreatment.cs -- --help   all options

#:project ../../src/HtiTune.Data/HtiTune.Data.csproj
#:project ../../src/HtiTune.Surrogates/HtiTune.Surrogates.csproj
#:project ../../src/HtiTune.Surrogates.Torch/HtiTune.Surrogates.Torch.csproj
#:project ../../src/HtiTune/HtiTune.csproj
#:project ../../src/HtiTune.Plotting/HtiTune.Plotting.csproj
#:package TorchSharp
#:include ../common/*.cs
#:include TumourModel.cs
#:include BogackiShampine.cs
#:include TreatmentEnvironment.cs
#:include TreatmentEpisodes.cs
#:include DosePolicy.cs
#:include PpoOptions.cs
#:include PpoRound.cs
#:include PpoLearner.cs
#:include PpoTraining.cs
#:include TreatmentNetwork.cs
#:include PolicySurrogate.cs
#:include TreatmentRollouts.cs
#:include RecordedPolicies.cs
#:include RecordedCheck.cs
#:include TreatmentTask.cs

return TaskProgram.Run(
    args,
    """
    How much should a treatment's reward care for the patient's immune cells? Trains policies by PPO at weights λ of a penalty, and tunes λ for
    four preferences by treating patients with the surrogate's policies. Compares with recorded policies where HTITUNE_DATA names their folder.

      dotnet run examples/cancer-treatment/CancerTreatment.cs [-- OPTIONS]
    """,
    (command, output, cancellation) => TreatmentTask.Run(command, output, cancellation));

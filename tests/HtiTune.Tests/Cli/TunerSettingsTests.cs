using HtiTune.Acquisition;
using HtiTune.Cli;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>Every option of the tuner that a file can hold is reached from a study file.</summary>
[Collection("console")]
public sealed class TunerSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_study_file_reaches_the_options_of_the_tuner()
    {
        var options = Read(
            """
            "acquisition": "confidence-bound=2.5", "strictCertificate": true, "noiseVariance": 0.01, "initialLambdas": [0, 1], "startLambdas": [0.25, 0.5],
            "confirmByTraining": false, "useWholeBudget": true, "gridSize": 65, "certificateDraws": 1024, "costOfHour": 3
            """).ToOptions();
        Assert.Equal((AcquisitionRule.LowerConfidenceBound(2.5), CertificateRule.Strict, 0.01, false, true), (options.Acquisition, options.CertificateRule, options.NoiseVariance, options.ConfirmByTraining, options.UseWholeBudget));
        Assert.Equal((65, 1024, 3.0, 7), (options.GridSize, options.CertificateDraws, options.Cost!.OfHour, options.MaxTrainings));
        Assert.Equal([0, 1], options.InitialLambdas);
        Assert.Equal([0.25, 0.5], options.StartLambdas);
        Assert.Equal(64, Read("\"bootstrap\": 64").ToOptions().Bootstrap);

        // What is left out is the tuner's own.
        var plain = Read("").ToOptions();
        Assert.Equal(new TunerOptions { MaxTrainings = 7, MaxTimeIsPerProcess = true }, plain);
    }

    [Theory]
    [InlineData("\"acquisition\": \"greedy\"", "The acquisition is 'greedy'; expected log-expected-improvement, knowledge-gradient")]
    [InlineData("\"acquisition\": \"confidence-bound-at-risk=2\"", "has δ = 2; expected a number between 0 and 1")]
    [InlineData("\"noiseVariance\": -1", "NoiseVariance is -1; expected a finite number of at least 0")]
    [InlineData("\"startLambdas\": [2]", "StartLambdas")]
    [InlineData("\"gridSize\": 5, \"bootstrap\": 3", "Bootstrap is 3; expected 0, or 16 to 4096; GridSize is 5")]
    [InlineData("\"initialLambdas\": [\"a\"]", "\"initialLambdas\" is")]
    [InlineData("\"greed\": 1", "\"greed\"")]
    public void What_is_wrong_is_told_with_its_line(string members, string expected)
    {
        var fault = Assert.ThrowsAny<Exception>(() => Read(members)).Message;
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.Contains(":5", fault, StringComparison.Ordinal);
    }

    private StudySpecification Read(string members)
    {
        File.WriteAllText(_folder.File("study.json"),
            $$"""
            {
              "hyperparameter": { "name": "rate", "from": 0, "to": 1 },
              "command": "true {rate} {out}", "contexts": { "draws": 3 },
              "objective": "column:0", "budget": { "trainings": 7 },
              "tuner": { {{members.Replace("\n", " ", StringComparison.Ordinal)}} }
            }
            """);
        return StudyLocator.Read(_folder.File("study.json"));
    }
}

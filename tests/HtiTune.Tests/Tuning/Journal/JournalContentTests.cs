using HtiTune.Acquisition;
using HtiTune.Benchmarks.Resume;
using HtiTune.Journal;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>What the lines hold beside what a replay needs, and lines of older versions.</summary>
public class JournalContentTests
{
    [Theory]
    [InlineData(Goal.Minimize)]
    [InlineData(Goal.Maximize)]
    public void Lines_hold_weights_the_predicted_distribution_and_how_values_stood_to_it(Goal goal)
    {
        using var study = new StudyFixture();
        TuningResult result;
        using (var tuner = study.Open(StudyFixture.Task.Network(), options: StudyFixture.Options with { Goal = goal }))
        {
            result = tuner.Optimize(StudyFixture.First);
        }

        var journal = StudyJournal.Read(study.Folder);
        var modelled = journal.Events.OfType<TrainingProposed>().Where(e => e.Predicted is not null).ToList();
        Assert.NotEmpty(modelled);
        foreach (var line in modelled)
        {
            var weights = line.Weights!;
            Assert.Equal(line.Trust!.Value, weights.SurrogateShares.Sum(w => w.Value * w.Weight), 1e-3);
            foreach (var list in new[] { weights.SurrogateShares, weights.LengthScales, weights.NoiseRatios })
            {
                Assert.Equal(1, list.Sum(w => w.Weight), 1e-9);
                Assert.Equal(list.OrderBy(w => w.Value), list);
            }

            Assert.Equal(line.Quantiles!.Order(), line.Quantiles);
            Assert.Equal(TrainingProposed.Probabilities.Count, line.Quantiles!.Count);
            Assert.Equal(line.PredictedLow!.Value, line.Quantiles[1], 1e-9);
            Assert.Equal(line.PredictedHigh!.Value, line.Quantiles[^2], 1e-9);
        }

        var values = journal.Events.OfType<ValueMeasured>().ToList();
        Assert.Equal(result.Trials.Select(t => t.Test), values.Select(v => v.Test));
        Assert.Equal(result.Calibration, values[^1].Calibration);
        Assert.Equal(result.Calibration, journal.Runs[0].End!.Calibration);
        Assert.Equal(result.Trials.Sum(t => t.Test?.LogDensity ?? 0), result.Calibration.LogDensity, 1e-9);
        foreach (var (line, value) in modelled.Join(values, p => p.Number, v => v.Number, (p, v) => (p, v)))
        {
            // The share of the predicted distribution below the value, from the quantiles that were written before it was known.
            for (var i = 0; i < TrainingProposed.Probabilities.Count; i++)
            {
                Assert.Equal(value.Value > line.Quantiles![i], value.Test!.Pit > TrainingProposed.Probabilities[i]);
            }

            Assert.Equal(value.Value < line.PredictedLow || value.Value > line.PredictedHigh, value.Test!.IsMiss);
        }
    }

    [Fact]
    public void The_predicted_density_integrates_to_the_predicted_distribution()
    {
        var process = BridgeProcess.Fit([new(0, 1), new(1, 2), new(0.5, -1), new(0.25, 0.2)]);
        var mixture = process.Predict(0.6);
        double sum = 0;
        var (low, high) = (mixture.Quantile(0.05), mixture.Quantile(0.95));
        for (var i = 0; i < 20000; i++)
        {
            sum += Math.Exp(mixture.LogDensity(low + (i + 0.5) * (high - low) / 20000)) * (high - low) / 20000;
        }

        Assert.Equal(0.9, sum, 1e-5);
        var weights = BridgeWeights.Of(process);
        Assert.Equal(0, Assert.Single(weights.SurrogateShares).Value);
        Assert.Equal(process.MeanLengthScale, Math.Exp(weights.LengthScales.Sum(w => w.Weight * Math.Log(w.Value))), 1e-3);
        var expected = process.Predict(0.6).Variance;
        Assert.InRange(weights.NoiseVariance, 0, expected);
    }

    [Fact]
    public void A_journal_of_schema_1_is_read_and_its_trainings_serve_on()
    {
        using var folder = new TemporaryFolder();
        var study = folder.File("study");
        var old = Path.Combine(AppContext.BaseDirectory, "Fixtures", "Tuning", "study-schema-1");
        Directory.CreateDirectory(Path.Combine(study, "anchors"));
        foreach (var file in Directory.EnumerateFiles(old, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(study, Path.GetRelativePath(old, file)));
        }

        var journal = StudyJournal.Read(study);
        Assert.Equal(1, journal.Header.Schema);
        Assert.Equal([8, 2], journal.Runs.Select(r => r.Proposals.Count));
        Assert.Equal(10, journal.LoadAnchors().Count);
        Assert.All(journal.Events.OfType<TrainingProposed>(), e => Assert.Null(e.Weights));
        Assert.All(journal.Runs, r => Assert.Null(r.End!.Calibration));

        // The model has changed since, so that from the fourth on a replay may go elsewhere; it is a replay all the same.
        var proposals = journal.Runs[0].Proposals.Take(3).ToList();
        Assert.Equal(proposals, ResumeStudy.Replay(journal).Take(3));
        using var tuner = ResumeStudy.Open(study, new ResumeStudy.NotedNetwork(folder.File("notes"), 0));
        Assert.Equal(10, tuner.Anchors!.Count);
        var more = tuner.Optimize(model => model.Lambda, 0);
        Assert.Equal(10, more.Trials.Count);
    }
}

using System.Diagnostics;
using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;
using TorchSharp;

namespace HtiTune.Tests.Examples;

/// <summary>The network of the target-quantile example, small and shortly trained.</summary>
[Collection(Alone.Name)]
public class QuantileForecasterTests
{
    private static readonly LoadSeries Series = LoadSeries.Generate(26_280, 2024);
    private static readonly Contexts HeldOut = new(Series.HeldOut.Past);

    [Fact]
    public void Learns_quantiles_that_beat_a_constant_and_hardly_cross()
    {
        var (low, high) = (Answer(0.2, seed: 1), Answer(0.8, seed: 1));
        var sorted = Series.Training.Ahead.Values.ToArray().Order().ToArray();
        var constant = Matrix.Create(HeldOut.Count, 3, (_, row) => row.Fill(sorted[sorted.Length * 8 / 10]));
        var cost = new ForecastCost(Series.HeldOut.Ahead); // 0.8 : 0.2 is the pinball loss at 0.8
        Assert.True(cost.Mean(high, 0.8, 0.2) < 0.5 * cost.Mean(constant, 0.8, 0.2));

        var hours = high.Values.Length;
        var covered = Enumerable.Range(0, hours).Count(i => Series.HeldOut.Ahead.Values[i] <= high.Values[i]) / (double)hours;
        Assert.InRange(covered, 0.74, 0.86);
        Assert.True(Enumerable.Range(0, hours).Count(i => low.Values[i] > high.Values[i]) <= 0.01 * hours);
    }

    [Fact]
    public void One_seed_is_one_network_bit_for_bit_also_beside_another_training()
    {
        var alone = Answer(0.5, seed: 3);
        var beside = new Matrix[2];
        Parallel.For(0, 2, i => beside[i] = Answer(0.5, seed: 3));
        Assert.True(alone.SameAs(beside[0]));
        Assert.True(alone.SameAs(beside[1]));
        Assert.False(alone.SameAs(Answer(0.5, seed: 4)));
    }

    [Fact]
    public void Cancels_within_a_batch_and_reports_progress()
    {
        using var forecaster = new QuantileForecaster(Series);
        using var source = new CancellationTokenSource();
        var shares = new List<double>();
        var cancel = new Told(share =>
        {
            shares.Add(share);
            if (shares.Count == 5)
            {
                source.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(() => forecaster.Train(new TrainingRequest(0.5, 1, cancel), source.Token));
        Assert.Equal(5, shares.Count); // the sixth batch was not begun
        Assert.Equal(shares.Order(), shares);
    }

    [Fact]
    public void Leaves_no_tensors_and_no_setting_behind()
    {
        var threads = torch.get_num_threads();
        using var forecaster = new QuantileForecaster(Series, ForecasterOptions.Quick with { Epochs = 1 });
        forecaster.Train(new TrainingRequest(0.5, 1), CancellationToken.None).Dispose();
        var before = Live();
        for (var i = 0; i < 5; i++)
        {
            using var network = forecaster.Train(new TrainingRequest(0.5, 1), CancellationToken.None);
            network.Answer(HeldOut, 0);
        }

        Assert.Equal(before, Live());
        Assert.Equal(threads, torch.get_num_threads());

        // This thread's tensors alone: other tests run beside this one.
        static long Live() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;
    }

    [Fact]
    public void Tuner_finds_the_quantile_that_theory_names()
    {
        using var forecaster = new QuantileForecaster(Series, ForecasterOptions.Quick);
        var quantile = Hyperparameter.Continuous("quantile", 0.01, 0.99, Scale.NormalQuantile);
        using var tuner = new Tuner(forecaster, quantile, HeldOut, new TunerOptions { MaxTrainings = 8 });
        var cost = new ForecastCost(Series.HeldOut.Ahead);
        var study = tuner.Optimize(model => cost.Mean(model.Sample(HeldOut).Outputs, under: 4, over: 1));
        Assert.InRange(study.Lambda, 0.75, 0.85);
        Assert.True(study.IsTrained);
    }

    [Fact]
    public void A_network_read_from_its_file_answers_alike()
    {
        using var folder = new TemporaryFolder();
        using var forecaster = new QuantileForecaster(Series, ForecasterOptions.Quick with { Epochs = 1 });
        using var network = forecaster.Train(new TrainingRequest(0.7, 5), CancellationToken.None);
        forecaster.Save(network, folder.File("w.npy"));
        using var read = forecaster.Load(folder.File("w.npy"), 0.7);
        Assert.True(network.Answer(HeldOut, 0).SameAs(read.Answer(HeldOut, 0)));
    }

    [Fact]
    public void The_short_run_prints_its_tables_and_comes_near_the_quantile_that_theory_names()
    {
        var (report, _) = ExampleRun.Quick(QuantileTask.Run);
        Assert.True(report.Fidelity.Median(Method.Hti) < report.Fidelity.Median(Method.Nearest));
        Assert.InRange(report.Changes.Runs[0].Lambda, 0.7, 0.88); // 4 : 1
        Assert.InRange(report.Changes.Runs[2].Lambda, 0.4, 0.6);  // 1 : 1
    }

    private static Matrix Answer(double lambda, long seed)
    {
        using var forecaster = new QuantileForecaster(Series, ForecasterOptions.Quick);
        using var network = forecaster.Train(new TrainingRequest(lambda, seed), CancellationToken.None);
        return network.Answer(HeldOut, seed: 0);
    }

    private sealed class Told(Action<double> tell) : IProgress<double>
    {
        public void Report(double value) => tell(value);
    }
}

using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

/// <summary>Acquisitions of the caller's own, over one hyperparameter and over several.</summary>
public sealed class OwnAcquisitionTests : IDisposable
{
    private static readonly SearchSpace s_square = SearchSpace.Parse("a=0..1", "b=0..1");

    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-own").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void One_that_is_expected_improvement_chooses_as_the_default_does()
    {
        var own = AcquisitionRule.Of("mine", place => place.Deviation > 0 ? LogExpectedImprovement.Normal(place.Mean, place.Deviation, place.Best) : double.NegativeInfinity);
        var (expected, chosen) = (Line(AcquisitionRule.LogExpectedImprovement), Line(own));

        // Of a mixture the default has the mean of the components' improvements, this one that of a normal law of its moments: near each other, and found alike.
        Assert.Equal(expected.Trials.Take(3).Select(trial => trial.Lambda), chosen.Trials.Take(3).Select(trial => trial.Lambda));
        Assert.Equal(expected.Trials[3].Lambda, chosen.Trials[3].Lambda, 0.15);
        Assert.Contains(chosen.Trials, trial => trial.Reason == "mine");
        Assert.Equal(0.3, chosen.Lambda, 0.02);

        // The class of the library itself is one that a caller may hand over: bit for bit the default.
        var same = Line(AcquisitionRule.Of(new ExpectedImprovement()));
        Assert.Equal(expected.Trials.Select(trial => (trial.Lambda, trial.Reason)), same.Trials.Select(trial => (trial.Lambda, trial.Reason)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Over_several_hyperparameters_it_leads_where_its_worth_is_largest(bool byOutputs)
    {
        // Where the deviation is largest: far from all trainings, wherever the values are good.
        var (wide, greedy) = (Square(AcquisitionRule.Of("widest", place => Math.Log(place.Deviation)), byOutputs), Square(AcquisitionRule.Of("greedy", place => place.Mean), byOutputs));
        Assert.Contains(wide.Trials, trial => trial.Reason == "widest");
        Assert.True(Nearest(wide) > 1.5 * Nearest(greedy), $"{Nearest(wide):G3} from each other, {Nearest(greedy):G3} of those that go to the best mean");
        Assert.All(greedy.Trials.Where(trial => trial.Reason == "greedy").Skip(2), trial => Assert.InRange(Math.Abs(trial.Configuration["a"].Number - 0.3), 0, 0.2));
        var again = Square(AcquisitionRule.Of("widest", place => Math.Log(place.Deviation)), byOutputs);
        Assert.Equal(wide.Trials.Select(trial => trial.Configuration), again.Trials.Select(trial => trial.Configuration));

        static double Nearest(TuningResult study) => study.Trials.Skip(4).Average(trial => study.Trials.Where(other => other.Number < trial.Number).Min(other =>
            Math.Sqrt(Math.Pow(trial.Configuration["a"].Number - other.Configuration["a"].Number, 2) + Math.Pow(trial.Configuration["b"].Number - other.Configuration["b"].Number, 2))));
    }

    [Fact]
    public void A_folder_cannot_hold_it_and_goes_on_with_it()
    {
        var own = AcquisitionRule.Of("mine", place => place.Mean + 2 * place.Deviation);
        var options = new TunerOptions { MaxTrainings = 7, UseWholeBudget = true, Acquisition = own };
        var (contexts, trained) = (Contexts.None(1), 0);
        var network = Network.Create(
            at =>
            {
                trained++;
                return at["a"].Number;
            },
            a => Matrix.FromDoubles(1, 1, [a]));
        double Value(IConditionalModel model) => Math.Pow(model.Sample(contexts).Outputs.Exact(0, 0) - 0.3, 2);
        TuningResult first;
        using (var tuner = Tuner.Open(_folder, network, Hyperparameter.Continuous("a", 0, 1), contexts, options))
        {
            first = tuner.Optimize(Value);
        }

        using (var tuner = Tuner.Open(_folder, network, Hyperparameter.Continuous("a", 0, 1), contexts, options))
        {
            Assert.Equal(first.Trials.Select(trial => trial.Lambda), tuner.Optimize(Value).Trials.Select(trial => trial.Lambda));
        }

        Assert.Equal(7, trained);
        Assert.Contains("Acquisition, which a file cannot hold", Assert.Throws<ArgumentException>(() => Tuner.Resume(_folder, network)).Message, StringComparison.Ordinal);
        Assert.Contains("of a place where several", Assert.Throws<ArgumentException>(() => Tuner.Minimize(
            s_square, _ => 1, new TunerOptions { Acquisition = AcquisitionRule.Of(new ExpectedImprovement()) })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AcquisitionRule.Of(" ", _ => 0));
    }

    private static TuningResult Line(AcquisitionRule rule) => Tuner.Minimize(
        "a", 0, 1, at => Math.Pow(at.Lambda - 0.3, 2) + Math.Pow(at.Lambda - 0.3, 3),
        new TunerOptions { MaxTrainings = 10, NoiseVariance = 0, Acquisition = rule });

    private static TuningResult Square(AcquisitionRule rule, bool byOutputs)
    {
        var options = new TunerOptions { MaxTrainings = 10, UseWholeBudget = true, NoiseVariance = 0, Acquisition = rule, Seed = 1 };
        double Value(double a, double b) => Math.Pow(a - 0.3, 2) + Math.Pow(b - 0.6, 2);
        if (!byOutputs)
        {
            return Tuner.Minimize(s_square, at => Value(at["a"], at["b"]), options);
        }

        using var tuner = Tuner.Create(
            s_square, at => at.Configuration, at => Matrix.FromDoubles(3, 2, [at["a"].Number, at["b"].Number, at["a"].Number * 1.1, at["b"].Number, Math.Sin(at["a"].Number), 0]), null, options);
        return tuner.Minimize(outputs => Value(outputs.Exact(0, 0), outputs.Exact(0, 1)));
    }
}

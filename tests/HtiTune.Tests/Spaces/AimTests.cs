using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Preferences;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Spaces;

/// <summary>Runs under constraints and for fronts, on problems whose answers are known.</summary>
public sealed class AimTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-aim").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Gramacy et al. (2016): a + b under two constraints is least at (.1954, .4044), with .5998.</summary>
    [Fact]
    public void Under_constraints_the_best_that_meets_them_is_found_sooner_than_by_chance()
    {
        const double Least = 0.5998;
        var aim = Aim.Best(Feature.Reported("sum")).SubjectTo(Constraint.AtMost(Feature.Reported("wave"), 0), Constraint.AtMost(Feature.Reported("disc"), 1.5));
        var (found, byChance, certified, untrue) = (new double[10], new double[10], new bool[10], new bool[10]);
        Parallel.For(0, found.Length, seed =>
        {
            var study = aim.Optimize(SpaceFixture.Square, at => Gramacy(at.Configuration), new TunerOptions { Seed = seed, MaxTrainings = 20, NoiseVariance = 0, Epsilon = 0.02, Delta = 0.1 });
            var meeting = study.Trials.Where(trial => trial.IsFeasible == true).ToList();
            Assert.Equal(meeting.Min(trial => trial.Value), study.RealValue);
            Assert.Equal((true, 1.0, study.Configuration), (study.Feasibility!.IsKnown, study.Feasibility.Probability, study.Feasibility.Likeliest));
            Assert.All(study.Trials, trial => Assert.Equal(trial.Features!["wave"] <= 0 && trial.Features["disc"] <= 1.5, trial.IsFeasible));
            found[seed] = study.RealValue!.Value - Least;
            certified[seed] = study.Outcome is Certified;
            untrue[seed] = certified[seed] && found[seed] > 0.02;
            var stream = new RandomStreams(seed).Stream("chance");
            byChance[seed] = Enumerable.Range(0, 20).Select(_ => Gramacy(new Configuration(("a", stream.NextDouble()), ("b", stream.NextDouble()))))
                .Where(one => one["wave"] <= 0 && one["disc"] <= 1.5).Select(one => one["sum"] - Least).DefaultIfEmpty(1).Min();
        });

        var (median, chance) = (found.Order().ElementAt(5), byChance.Order().ElementAt(5));
        Assert.True(median <= 0.01 && median < chance / 4, $"median regret {median:G3}, by chance {chance:G3}: {string.Join(" ", found.Select(one => one.ToString("G2")))}");
        Assert.True(untrue.Count(one => one) <= 1, $"{untrue.Count(one => one)} of {certified.Count(one => one)} certificates are not true");
    }

    [Fact]
    public void By_outputs_too_and_where_higher_is_better()
    {
        // (a − .5)² + (b − .5)² is least at the middle, where the first column is .5; at least .7 is asked for: the best is at (.7, .5), and has .04.
        using var tuner = Tuner.Create(SpaceFixture.Square, at => at.Configuration, Outputs, Contexts.None(5), new TunerOptions { MaxTrainings = 14, Seed = 2 });
        var level = new Feature("level", model => Column(model, 0));
        var study = tuner.Optimize(Aim.Best(Bowl).SubjectTo(Constraint.AtLeast(level, 0.7)));
        Assert.InRange(study.RealValue!.Value, 0.0399, 0.043);
        Assert.True(study.Configuration["a"].Number >= 0.7 - 1e-6);
        Assert.True(study.Trust >= 0.5);

        using var mirror = Tuner.Create(
            SpaceFixture.Square, at => at.Configuration, Outputs, Contexts.None(5), new TunerOptions { MaxTrainings = 14, Seed = 2, Goal = Goal.Maximize });
        var other = mirror.Optimize(Aim.Best(model => -Bowl(model), Goal.Maximize).SubjectTo(Constraint.AtMost(new Feature("fall", model => -Column(model, 0)), -0.7)));
        Assert.Equal(study.Trials.Select(trial => trial.Configuration), other.Trials.Select(trial => trial.Configuration));
        Assert.Equal(-study.RealValue, other.RealValue);

        // Two features and a preference: .3 (a − .2)² + .7 (a − .8)² and the same in b; at most .5 is allowed of a.
        var weighed = tuner.Optimize(
            Aim.Best(Preference.Weighted([0.3, 0.7]), Square("low", 0, 0.2), Square("high", 0, 0.8)).SubjectTo(Constraint.AtMost(level, 0.5)), 8);
        Assert.Equal(0.5, weighed.Configuration["a"].Number, 0.02);
    }

    [Theory]
    [InlineData("a=0..1")]
    [InlineData("a=0..1", "b=0..1")]
    public void A_front_of_two_distances_is_the_way_between_two_places(params string[] space)
    {
        // f₁ = (a − .2)², f₂ = (a − .8)², both more the farther b is from .5: √f₁ + √f₂ = .6. With r = (.36, .36) the volume is .36² (1 − 1/6).
        const double All = 0.36 * 0.36 * 5 / 6;
        var aim = Aim.Front(Feature.Reported("one"), Feature.Reported("two")).Beyond(0.36, 0.36);
        List<double> found = [], byChance = [];
        for (var seed = 0; seed < 3; seed++)
        {
            var study = aim.Optimize(SearchSpace.Parse(space), at => Two(at.Configuration), new TunerOptions { Seed = seed, MaxTrainings = 16, NoiseVariance = 0 });
            Assert.Equal(Unmet.NoSingleBest, Assert.IsType<NotCertified>(study.Outcome).Unmet);
            double[][] measured = [.. study.Trials.Select(trial => (double[])[trial.Features!["one"], trial.Features["two"]])];
            double[][] front = [.. study.Front.Select(point => point.Features.ToArray())];
            Assert.Equal(Hypervolume.Of(measured, [0.36, 0.36]), Hypervolume.Of(front, [0.36, 0.36]), 1e-12);
            Assert.All(study.Front, point => Assert.True(point.IsTrained && point.Probability is >= 0 and <= 1 && point.Deviations.All(one => one == 0)));
            Assert.Equal(front.Select(point => point[0]).Order(), front.Select(point => point[0]));
            Assert.Contains(study.Front, point => point.Configuration.Equals(study.Configuration));
            Assert.Null(study.Feasibility);
            found.Add(Hypervolume.Of(front, [0.36, 0.36]) / All);
            var stream = new RandomStreams(seed).Stream("chance");
            byChance.Add(Hypervolume.Of(
                [.. Enumerable.Range(0, 16).Select(_ => Two(new Configuration(("a", stream.NextDouble()), ("b", space.Length == 1 ? 0.5 : stream.NextDouble())))).Select(one => new[] { one["one"], one["two"] })],
                [0.36, 0.36]) / All);
        }

        Assert.True(found.Min() > (space.Length == 1 ? 0.95 : 0.88) && found.Min() > byChance.Order().ElementAt(1), $"{string.Join(" ", found)}; by chance {string.Join(" ", byChance)}");
    }

    [Fact]
    public void Computing_a_front_can_be_broken_off_and_begun_again()
    {
        var aim = Aim.Front(Feature.Reported("one"), Feature.Reported("two"));
        var study = aim.Optimize(SpaceFixture.Square, at => Two(at.Configuration), new TunerOptions { MaxTrainings = 5, NoiseVariance = 0 });
        Assert.ThrowsAny<OperationCanceledException>(() => study.ComputeFront(new CancellationToken(true)));
        Assert.NotEmpty(study.Front);
        Assert.Same(study.Front, study.ComputeFront(new CancellationToken(true)));
    }

    [Fact]
    public void Where_nothing_meets_the_constraints_it_is_said_with_the_probability()
    {
        var aim = Aim.Best(Feature.Reported("sum")).SubjectTo(Constraint.AtLeast(Feature.Reported("disc"), 4));
        var study = aim.Optimize(SpaceFixture.Square, at => Gramacy(at.Configuration), new TunerOptions { MaxTrainings = 10, NoiseVariance = 0 });
        Assert.Equal(Unmet.NothingFeasible, Assert.IsType<NotCertified>(study.Outcome).Unmet);
        Assert.False(study.Feasibility!.IsKnown);
        Assert.InRange(study.Feasibility.Probability, 0, 0.05);
        Assert.Null(study.BestTrial);

        // The one that misses least is named: nearest to (1, 1), where 2 is most.
        Assert.Equal(study.Trials.Max(trial => trial.Features!["disc"]), study.Trials.Single(trial => trial.Configuration.Equals(study.Configuration)).Features!["disc"]);
        Assert.Contains(study.Trials, trial => trial.Features!["disc"] > 1.9);
    }

    [Fact]
    public void The_aim_of_one_function_is_the_function()
    {
        foreach (var space in (SearchSpace[])[SpaceFixture.Square, Hyperparameter.Continuous("a", 0, 1)])
        {
            using var one = Tuner.Create(space, at => at.Configuration, Outputs, Contexts.None(5), new TunerOptions { MaxTrainings = 7 });
            using var other = Tuner.Create(space, at => at.Configuration, Outputs, Contexts.None(5), new TunerOptions { MaxTrainings = 7 });
            var (function, aim) = (one.Optimize(Bowl), other.Optimize(Aim.Best(Bowl)));
            Assert.Equal(function.Trials.Select(trial => (trial.Configuration, trial.Value, trial.Predicted)), aim.Trials.Select(trial => (trial.Configuration, trial.Value, trial.Predicted)));
            Assert.Equal((function.PredictedValue, function.Outcome), (aim.PredictedValue, aim.Outcome));
            Assert.Null(aim.Trials[0].Features);
        }
    }

    [Fact]
    public void In_one_dimension_the_bound_is_found_and_a_folder_goes_on_as_if_it_had_not_stopped()
    {
        var aim = Aim.Best(Square("distance", 0, 0.2)).SubjectTo(Constraint.AtLeast(new Feature("level", model => Column(model, 0)), 0.5));
        var options = new TunerOptions { MaxTrainings = 9, UseWholeBudget = true, Seed = 3 };
        using var whole = Tuner.Create(Hyperparameter.Continuous("a", 0, 1), at => at.Configuration, Outputs, Contexts.None(5), options);
        var expected = whole.Optimize(aim);
        Assert.Equal(0.5, expected.Configuration["a"].Number, 0.02);
        Assert.True(expected.Configuration["a"].Number >= 0.5 - 1e-7);

        var trained = 0;
        using (var first = Opened())
        {
            var run = first.Begin(aim);
            for (var i = 0; i < 5; i++)
            {
                var proposal = run.Ask()!;
                run.Tell(proposal, Network.Create(at => at.Configuration, Outputs).Train(new TrainingRequest(proposal.Configuration, 1), default));
            }
        }

        using var second = Opened();
        var resumed = second.Optimize(aim);
        Assert.Equal(expected.Trials.Select(trial => trial.Configuration), resumed.Trials.Select(trial => trial.Configuration));
        Assert.Equal(4, trained);
        Tuner Opened() => Tuner.Open(_folder, new Counted(Outputs, () => trained++), Hyperparameter.Continuous("a", 0, 1), Contexts.None(5), options);
    }

    [Fact]
    public void The_probability_of_feasibility_is_that_of_the_normal_law()
    {
        // A belief by values alone at a place: the share of draws that meet the bound is Φ((bound − m)/s), as near as S draws tell.
        var (streams, stream) = (new RandomStreams(5), new RandomStreams(6).Stream("places"));
        var coordinates = new SpaceCoordinates(SpaceFixture.Square);
        Configuration[] places = [.. Enumerable.Range(0, 8).Select(_ => new Configuration(("a", stream.NextDouble()), ("b", stream.NextDouble())))];
        TrainingEnded[] trainings = [.. places.Select((at, k) => TrainingEnded.Seen(k, at, Math.Sin(5 * at["a"]) + at["b"]))];
        var options = new SpacePolicyOptions();
        var goal = new SpaceAnalysis(coordinates, options, new PlainSettings { Bends = [0] }, streams, trainings, null, default);
        var limit = new SpaceAnalysis(
            coordinates, options, new PlainSettings { Bends = [0] }, streams, [.. trainings.Select(t => t with { Value = t.Value - 0.9 })], null, default);
        var score = new AimScore([goal], [limit], 0, [], null, streams);
        var checkedPlaces = 0;
        for (var i = 0; i < 100; i++)
        {
            double[] x = coordinates.Place(coordinates.Random(stream));
            var belief = limit.At(coordinates.At(coordinates.UnitOf(x)));

            if (belief.High >= trainings.Max(t => t.Value) - 0.9 - 1e-9)
            {
                continue;
            }

            // Its quantiles at .05 and .95 tell mean and deviation where the map is straight.
            var deviation = (belief.High - belief.Low) / (2 * NormalDistribution.Quantile(0.95));
            var exact = NormalDistribution.Cumulative(-0.5 * (belief.High + belief.Low) / deviation);
            Assert.Equal(exact, score.Feasible(x), 0.5 / score.Draws + 1e-3);
            checkedPlaces++;
        }

        Assert.True(checkedPlaces > 20, $"{checkedPlaces}");
    }

    [Fact]
    public void What_cannot_be_is_told()
    {
        Assert.Contains("at least two", Assert.Throws<ArgumentException>(() => Aim.Front(Feature.Reported("one"))).Message, StringComparison.Ordinal);
        Assert.Contains("weighs 2 features", Assert.Throws<ArgumentException>(() => Aim.Best(Preference.Weighted([1, 2]), Feature.Reported("one"))).Message, StringComparison.Ordinal);
        Assert.Contains("same side", Assert.Throws<ArgumentException>(() => Aim.Best(Bowl).SubjectTo(
            Constraint.AtMost(Feature.Reported("one"), 1), Constraint.AtMost(Feature.Reported("one"), 2))).Message, StringComparison.Ordinal);
        Assert.Contains("of a front", Assert.Throws<ArgumentException>(() => Aim.Best(Bowl).Beyond(1)).Message, StringComparison.Ordinal);
        Assert.Contains("a finite number", Assert.Throws<ArgumentException>(() => Constraint.AtMost(Feature.Reported("one"), double.NaN)).Message, StringComparison.Ordinal);
        var aim = Aim.Best(Feature.Reported("sum")).SubjectTo(Constraint.AtMost(Feature.Reported("cost"), 1));
        var missing = Assert.Throws<NoValueException>(() => aim.Optimize(SpaceFixture.Square, _ => new Dictionary<string, double> { ["sum"] = 1 }, new TunerOptions { MaxTrainings = 3 }));
        Assert.Contains("no 'cost'", missing.Message, StringComparison.Ordinal);
        Assert.Contains("Acquisition cannot serve", Assert.Throws<ArgumentException>(() => aim.Optimize(
            SpaceFixture.Square, at => Gramacy(at.Configuration), new TunerOptions { Acquisition = AcquisitionRule.Thompson })).Message, StringComparison.Ordinal);
        Assert.Equal("the best of sum, where cost <= 1", aim.ToString());
    }

    private static Dictionary<string, double> Gramacy(Configuration at)
    {
        double a = at["a"], b = at["b"];
        return new() { ["sum"] = a + b, ["wave"] = 1.5 - a - 2 * b - 0.5 * Math.Sin(2 * Math.PI * (a * a - 2 * b)), ["disc"] = a * a + b * b };
    }

    private static Dictionary<string, double> Two(Configuration at)
    {
        var beside = at.Count == 1 ? 0 : Math.Pow(at["b"].Number - 0.5, 2);
        return new() { ["one"] = Math.Pow(at["a"].Number - 0.2, 2) + beside, ["two"] = Math.Pow(at["a"].Number - 0.8, 2) + beside };
    }

    private static Matrix Outputs(Configuration at) => Matrix.Create(5, 2, (i, row) =>
        (row[0], row[1]) = ((float)(at["a"].Number * (1 + 0.1 * i)), (float)((at.Count > 1 ? at["b"].Number : 0.5) - 0.02 * i)));

    private static double Column(IConditionalModel model, int column) => model.Sample(Contexts.None(5)).Outputs.Exact(0, column);

    private static double Bowl(IConditionalModel model) => Math.Pow(Column(model, 0) - 0.5, 2) + Math.Pow(Column(model, 1) - 0.5, 2);

    private static Feature Square(string name, int column, double from) =>
        new(name, model => Math.Pow(Column(model, column) - from, 2) + Math.Pow(Column(model, 1 - column) - 0.5, 2));

    private sealed class Counted(Func<Configuration, Matrix> outputs, Action trained) : INetwork
    {
        private readonly INetwork _network = Network.Create(at => at.Configuration, outputs);

        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            trained();
            return _network.Train(request, cancellation);
        }
    }
}

using HtiTune.Data;
using HtiTune.Preferences;

namespace HtiTune.Tests.Spaces;

/// <summary>Preferences after the fact over several hyperparameters, where the answers are known: features are squared distances from two points.</summary>
public sealed class SpacePreferenceTests
{
    private static readonly Contexts s_rows = Contexts.None(6);

    // From (.2, .5, x) and (.8, .5, x); the front is the way from one to the other, at c = x.
    private static readonly Feature s_near = new("near", model => FirstColumn(model, 0.2)), s_far = new("far", model => FirstColumn(model, 0.8));

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.2)]
    [InlineData(0.9)]
    public void A_weighted_sum_is_answered_without_a_training(double weight)
    {
        using var tuner = Trained(16);
        var count = tuner.Anchors!.Count;
        var model = tuner.Preferences(s_near, s_far);
        var answer = model.Best(Preference.Weighted([weight, 1 - weight]));

        // w (a − .2)² + (1 − w)(a − .8)² is least at a = .2 w + .8 (1 − w), with .36 w (1 − w).
        Assert.Equal((0.8 - 0.6 * weight, 0.5), (answer.Configuration["a"].Number, answer.Configuration["b"].Number), Near(0.06));
        Assert.Equal("x", answer.Configuration["c"].Word);
        Assert.Equal(0.36 * weight * (1 - weight), answer.PredictedValue, 0.01);
        Assert.InRange(answer.PredictedValue, answer.Low, answer.High);
        Assert.Equal(count, tuner.Anchors!.Count);
        Assert.True(double.IsNaN(answer.Lambda) && double.IsNaN(answer.LambdaLow));

        // What is known for sure stands beside it, and nothing that is expected to be worse is recommended.
        double Weighed(Configuration at) => weight * Truth(at, 0.2) + (1 - weight) * Truth(at, 0.8);
        Assert.Equal(tuner.Anchors!.Min(anchor => Weighed(anchor.Configuration)), answer.TrainedValue!.Value, 1e-5);
        Assert.Equal(answer.TrainedValue!.Value, Weighed(answer.TrainedConfiguration!), 1e-5);
        Assert.True(answer.IsTrained || answer.PredictedValue <= answer.TrainedValue);
        Assert.True(answer.Outcome is not Certified || Weighed(answer.Configuration) - 0.36 * weight * (1 - weight) <= answer.Epsilon, $"{answer}");
        Assert.True(answer.Outcome is not NeedsTraining needed || tuner.Anchors!.All(anchor => !anchor.Configuration.Equals(needed.Configuration)));
        Assert.Equal([Truth(answer.Configuration, 0.2), Truth(answer.Configuration, 0.8)], answer.Features, (expected, actual) => Math.Abs(expected - actual) < 0.01);
    }

    [Fact]
    public void Without_a_training_the_best_of_the_model_may_be_certified()
    {
        using var tuner = Trained(16);
        var found = 0;
        foreach (var weight in (double[])[0.15, 0.3, 0.7, 0.85])
        {
            var study = tuner.Optimize(model => weight * s_near.Value(model) + (1 - weight) * s_far.Value(model), 0);
            var regret = weight * Truth(study.Configuration, 0.2) + (1 - weight) * Truth(study.Configuration, 0.8) - 0.36 * weight * (1 - weight);
            Assert.True(study.Outcome is not Certified certified || regret <= certified.Epsilon, $"{study.Outcome} of regret {regret}");
            found += study.Outcome is Certified && tuner.Anchors!.All(anchor => !anchor.Configuration.Equals(study.Configuration)) ? 1 : 0;
            Assert.Equal(0, study.TrainingsUsed);
        }

        Assert.True(found > 0, "None was certified at a place without a training.");
    }

    [Fact]
    public void A_later_run_first_trains_what_it_recommends_untrained()
    {
        var found = 0;
        foreach (var weight in (double[])[0.2, 0.8])
        {
            using var tuner = Trained(6, 1e-7);
            Func<IConditionalModel, double> objective = model => weight * s_near.Value(model) + (1 - weight) * s_far.Value(model);
            var study = tuner.Optimize(objective, 0);
            if (study.Outcome is not NeedsTraining needed || tuner.Anchors!.Any(anchor => anchor.Configuration.Equals(study.Configuration)))
            {
                continue;
            }

            // A place beside a trained one is none, so that it is not the same to the last digit.
            found++;
            Assert.Equal(study.Configuration["a"].Number, needed.Configuration["a"].Number, 0.05);
            Assert.Equal(study.Configuration["b"].Number, needed.Configuration["b"].Number, 0.05);
            var next = tuner.Optimize(objective, 1);
            Assert.Equal(needed.Configuration, next.Trials[^1].Configuration);
            Assert.Equal("confirm the recommendation", next.Trials[^1].Reason);
        }

        Assert.True(found > 0, "Each was certified without a training, or at a trained place.");
    }

    [Fact]
    public void A_preference_to_maximise_is_the_mirror_and_the_same_question_has_the_same_answer()
    {
        using var tuner = Trained(12);
        var model = tuner.Preferences(s_near, s_far);
        var (least, most) = (model.Best(Preference.Weighted([0.5, 0.5]), 0.01), model.Best(Preference.Weighted([-0.5, -0.5], Goal.Maximize), 0.01));
        Assert.Equal((least.Configuration, least.PredictedValue, least.Low, least.High), (most.Configuration, -most.PredictedValue, -most.High, -most.Low));
        var again = model.Curve([0.5], w => Preference.Weighted([w, 1 - w]))[0];
        Assert.Equal(again.Configuration, model.Best(Preference.Weighted([0.5, 0.5])).Configuration);
        Assert.Equal(0.01, least.Epsilon);
        var before = model.Best(Preference.Weighted([0.3, 0.7])).PredictedValue;
        tuner.Optimize(s_near.Value, 3);
        Assert.Equal(before, model.Best(Preference.Weighted([0.3, 0.7])).PredictedValue);
    }

    [Fact]
    public void The_front_is_the_way_between_the_two_best_places()
    {
        using var tuner = Trained(20);
        var front = tuner.Preferences(s_near, s_far).Front();
        Assert.InRange(front.Count, 10, 48);
        Assert.Equal(front.Select(point => point.Features[0]).Order(), front.Select(point => point.Features[0]));
        Assert.Equal(front.Select(point => point.Features[1]).OrderDescending(), front.Select(point => point.Features[1]));
        Assert.All(front, point =>
        {
            Assert.Equal("x", point.Configuration["c"].Word);
            Assert.InRange(point.Configuration["a"].Number, 0.15, 0.85);
            Assert.Equal(0.5, point.Configuration["b"].Number, 0.1);
            Assert.Equal([Truth(point.Configuration, 0.2), Truth(point.Configuration, 0.8)], point.Features, (expected, actual) => Math.Abs(expected - actual) < 0.02);
            Assert.InRange(point.Probability, 0, 1);
            Assert.Equal(tuner.Anchors!.Any(anchor => anchor.Configuration.Equals(point.Configuration)), point.IsTrained);
        });

        // √near + √far = .6 along it: nothing of it is missing.
        Assert.InRange(front[0].Features[0], 0, 0.01);
        Assert.InRange(front[^1].Features[1], 0, 0.01);
        Assert.All(front.Zip(front.Skip(1)), pair => Assert.True(Math.Sqrt(Math.Max(0, pair.Second.Features[0])) - Math.Sqrt(Math.Max(0, pair.First.Features[0])) < 0.15));
        var same = tuner.Preferences(new Feature("less", s_near.Value), new Feature("more", model => -s_near.Value(model), Goal.Maximize)).Front();
        Assert.Single(same);
    }

    [Fact]
    public void What_is_missing_is_told()
    {
        using var empty = Tuner.Create(Space, at => at.Configuration, Outputs, s_rows, new TunerOptions { MaxTrainings = 5 });
        Assert.Contains("feature 'near' and the feature 'far'", Assert.Throws<InvalidOperationException>(() => empty.Preferences(s_near, s_far)).Message, StringComparison.Ordinal);
        using var tuner = Trained(6);
        var model = tuner.Preferences(s_near, s_far);
        Assert.Contains("weighs 3 features", Assert.Throws<ArgumentException>(() => model.Best(Preference.Weighted([1, 1, 1]))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => model.Hyperparameter);
        Assert.Equal(Space, model.Space);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => model.Front(source.Token));
    }

    [Fact]
    public void An_objective_may_ask_for_the_configuration_beside_the_outputs()
    {
        using var tuner = Trained(14);

        // What a training costs grows with a: (a − .8)² + a/2 is least at .55.
        var study = tuner.Optimize(model => s_far.Value(model) + 0.5 * model.Configuration["a"].Number, 0);
        Assert.Equal(0.55, study.Configuration["a"].Number, 0.06);
        Assert.Equal(0.0625 + 0.275, study.PredictedValue, 0.02);
        Assert.True(study.Trust >= 0.5, $"{study.Trust}");
    }

    private static SearchSpace Space { get; } = SearchSpace.Parse("a=0..1", "b=0..1", "c=x,y");

    private static Tuner Trained(int trainings, double? epsilon = null)
    {
        var tuner = Tuner.Create(Space, at => at.Configuration, Outputs, s_rows, new TunerOptions { MaxTrainings = trainings, UseWholeBudget = true, Epsilon = epsilon, Seed = 4 });
        tuner.Optimize(model => FirstColumn(model, 0.5));
        return tuner;
    }

    private static Matrix Outputs(Configuration at) => Matrix.Create(s_rows.Count, 3, (i, row) =>
        (row[0], row[1], row[2]) = ((float)(at["a"].Number * (1 + 0.1 * i)), (float)(at["b"].Number - 0.02 * i), at["c"].Word == "x" ? 0 : 0.5f));

    private static double FirstColumn(IConditionalModel model, double a)
    {
        var outputs = model.Sample(s_rows).Outputs;
        return Math.Pow(outputs.Exact(0, 0) - a, 2) + Math.Pow(outputs.Exact(0, 1) - 0.5, 2) + Math.Pow(outputs.Exact(0, 2), 2);
    }

    private static double Truth(Configuration at, double a) => Math.Pow(at["a"].Number - a, 2) + Math.Pow(at["b"].Number - 0.5, 2) + (at["c"].Word == "x" ? 0 : 0.25);

    private static Func<(double, double), (double, double), bool> Near(double most) => (one, other) => Math.Abs(one.Item1 - other.Item1) < most && Math.Abs(one.Item2 - other.Item2) < most;
}

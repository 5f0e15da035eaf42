using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Tuning;

/// <summary>What the outputs say over one hyperparameter: of outputs that are straight in λ three trainings tell all, and the optimum of a bent objective is known.</summary>
public class LineOutputsTests
{
    private const double Optimum = 0.37, Near = 0.05;

    private static readonly ContinuousHyperparameter X = Hyperparameter.Continuous("x", 0, 1);
    private static readonly Contexts Asked = new(Matrix.Create(8, 1, (i, row) => row[0] = i / 8f));

    private static TunerOptions Options { get; } = new() { MaxTrainings = 6, GridSize = 257 };

    // y_i = (1 + c_i) (λ − .37): the mean square is 0 at .37 alone.
    private static INetwork Straight(Func<double, double>? bend = null) => Network.Create(
        (request, _) => request.Lambda,
        (lambda, contexts, _) => Matrix.Create(contexts.Count, 1, (i, row) => row[0] = (float)((1 + contexts.Conditions[i, 0]) * ((bend ?? (x => x))(lambda) - Optimum))));

    private static double Spread(IConditionalModel model)
    {
        var outputs = model.Sample(Asked).Outputs;
        return Enumerable.Range(0, outputs.Rows).Average(i => (double)outputs[i, 0] * outputs[i, 0]);
    }

    [Theory]
    [InlineData(Goal.Minimize)]
    [InlineData(Goal.Maximize)]
    public void The_training_after_the_first_three_is_at_the_optimum_of_the_expected_outputs(Goal goal)
    {
        using var tuner = new Tuner(Straight(), X, Asked, Options with { Goal = goal });
        using var run = tuner.Begin(model => goal == Goal.Maximize ? -Spread(model) : Spread(model));
        for (var i = 0; i < 3; i++)
        {
            var first = run.Ask()!;
            run.Tell(first, Straight().Train(first, default));
        }

        var next = run.Ask()!;
        Assert.InRange(next.Lambda, Optimum - Near, Optimum + Near);
        Assert.Contains(next.Reason, (string[])["best predicted", "composite expected improvement"]);
        run.Tell(next, Straight().Train(next, default));
        Assert.Equal(next.Lambda, run.Finish().Lambda);
    }

    [Fact]
    public void Without_a_training_to_spend_the_optimum_of_the_expected_outputs_is_recommended()
    {
        using var tuner = new Tuner(Straight(), X, Asked, Options with { MaxTrainings = 3 });
        tuner.Optimize(model => model.Sample(Asked).Outputs[3, 0]);
        var study = tuner.Optimize(Spread, maxTrainings: 0);
        Assert.InRange(study.Lambda, Optimum - Near, Optimum + Near);
        Assert.False(study.IsTrained);
        Assert.InRange(study.PredictedValue, -1e-3, 0.02);
    }

    [Fact]
    public void What_the_process_alone_knows_of_is_left_to_it()
    {
        (TunerOptions Options, bool Serves)[] cases =
        [
            (Options, true), (Options with { NoiseVariance = 0 }, true), (Options with { UseSurrogate = false }, false),
            (Options with { SurrogateFactory = anchors => new CubicSurrogate(anchors) }, false), (Options with { Acquisition = AcquisitionRule.KnowledgeGradient }, false),
            (Options with { Cost = TrainingCost.Of((double lambda) => 1 + lambda) }, false), (Options with { Bootstrap = 20 }, false), (Options with { NoiseVariance = 0.01 }, false),
            (Options with { Replicate = true }, false),
        ];
        foreach (var (options, serves) in cases)
        {
            Assert.Equal(serves, Says(options, Straight(), Spread) is not null);
        }
    }

    [Fact]
    public void Outputs_that_mislead_are_not_believed()
    {
        // Each training turns its outputs by an angle of its own, which the objective, their length, does not see: between two trainings the expected outputs are too short.
        var turned = Network.Create(
            (request, _) => request.Lambda,
            (lambda, contexts, _) => Matrix.Create(contexts.Count, 2, (_, row) =>
            {
                var length = 0.2 + (lambda - Optimum) * (lambda - Optimum);
                (row[0], row[1]) = ((float)(length * Math.Cos(1e4 * lambda)), (float)(length * Math.Sin(1e4 * lambda)));
            }));
        Assert.Null(Says(Options, turned, model => model.Sample(Asked).Outputs is var y ? y[0, 0] * y[0, 0] + y[0, 1] * y[0, 1] : 0, 10));
    }

    [Fact]
    public void An_objective_of_other_contexts_is_left_to_the_process()
    {
        var others = new Contexts(Matrix.Create(3, 1, (i, row) => row[0] = i));
        Assert.Null(Says(Options, Straight(), model => model.Sample(others).Outputs[2, 0]));
    }

    private static SpaceAnalysis? Says(TunerOptions options, INetwork network, Func<IConditionalModel, double> objective, int trainings = 4)
    {
        using var store = new AnchorStore(X, Asked, 1, null, (_, error) => throw error);
        for (var i = 0; i < trainings; i++)
        {
            var lambda = i / (trainings - 1.0);
            store.Add(new TrainingEnded(i + 1, new Configuration("x", lambda), "", TimeSpan.Zero) { U = lambda, Network = network.Train(new TrainingRequest(lambda, 1), default) });
        }

        var view = new ObjectiveView(store, objective, options, (_, _) => { });
        return LineOutputs.Of(store, view, options, new RandomStreams(1));
    }
}

using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;
using HtiTune.Tests.Surrogates.Spaces;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>Answers in contexts that no anchor answered, by kernel ridge.</summary>
public class ContextRidgeTests
{
    private static readonly KrigingOptions s_ridge = new() { Coupling = new() { Maps = ContextMaps.Ridge } };

    private static double[] Law(double lambda, double[] x) => [Math.Sin(2 * lambda + 1.5 * x[0]) + 0.5 * x[1] * x[0], (lambda - 0.4) * (2 + x[1]) - x[0] * lambda];

    private static AnchorSet Anchors(params double[] lambdas) => Problems.Deterministic(Problems.Unit, lambdas, 150, 1, Law);

    private static double Error(Matrix outputs, Samples truth) =>
        outputs.Values.ToArray().Zip(truth.Outputs.Values.ToArray(), (y, t) => (double)(y - t) * (y - t)).Average();

    private static (double[] Z, double[] Targets, RidgeInputs Inputs) Rows(int n, int categories)
    {
        var random = new RandomStreams(4).Stream("rows");
        float[] x = [.. Enumerable.Range(0, 2 * n).Select(_ => (float)random.NextNormal())];
        var inputs = new RidgeInputs(2, categories);
        return (inputs.Of(x, [.. Enumerable.Range(0, n).Select(i => i % categories)]), [.. Enumerable.Range(0, 3 * n).Select(_ => random.NextNormal())], inputs);
    }

    /// <summary>κ as it is written in books, of the distance r.</summary>
    private static double Book(ContextKernel kernel, double r) => kernel switch
    {
        ContextKernel.Gauss => Math.Exp(-r * r / 2),
        ContextKernel.Matern5 => (1 + Math.Sqrt(5) * r + 5 * r * r / 3) * Math.Exp(-Math.Sqrt(5) * r),
        _ => (1 + Math.Sqrt(3) * r) * Math.Exp(-Math.Sqrt(3) * r),
    };

    /// <summary>Gauss's elimination with pivots: x of a x = b.</summary>
    private static double[] Solved(double[,] a, double[] b)
    {
        var n = b.Length;
        for (var i = 0; i < n; i++)
        {
            var pivot = Enumerable.Range(i, n - i).MaxBy(r => Math.Abs(a[r, i]));
            for (var j = 0; j < n; j++)
            {
                (a[i, j], a[pivot, j]) = (a[pivot, j], a[i, j]);
            }

            (b[i], b[pivot]) = (b[pivot], b[i]);
            for (var r = 0; r < n; r++)
            {
                var share = r == i ? 0 : a[r, i] / a[i, i];
                for (var j = i; j < n && share != 0; j++)
                {
                    a[r, j] -= share * a[i, j];
                }

                b[r] -= share * b[i];
            }
        }

        return [.. Enumerable.Range(0, n).Select(i => b[i] / a[i, i])];
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    public void Means_are_those_of_the_formula_and_left_out_rows_those_of_a_fit_without_them(int kind, int categories)
    {
        var kernel = (ContextKernel)kind;
        var (z, targets, inputs) = Rows(12, categories);
        var (p, n) = (inputs.Count, 12);
        double[] theta = [.. Enumerable.Range(0, inputs.Lengths).Select(i => 0.3 - 0.4 * i), -0.7, -3];
        var process = new ContextProcess(z, targets, 3, inputs, new ProcessState(kernel, theta));
        double Covariance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
        {
            double square = 0, product = 0;
            for (var j = 0; j < p; j++)
            {
                square += Math.Pow((a[j] - b[j]) * Math.Exp(theta[Math.Min(j, inputs.Lengths - 1)]), 2);
                product += a[j] * b[j];
            }

            return Book(kernel, Math.Sqrt(square)) + Math.Exp(-0.7) / p * product;
        }

        double Mean(double[] at, int output, int without)
        {
            int[] rows = [.. Enumerable.Range(0, n).Where(i => i != without)];
            var mean = Enumerable.Range(0, n).Average(i => targets[3 * i + output]);
            var matrix = new double[rows.Length, rows.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                for (var j = 0; j < rows.Length; j++)
                {
                    matrix[i, j] = Covariance(z.AsSpan(rows[i] * p, p), z.AsSpan(rows[j] * p, p)) + (i == j ? Math.Exp(-3) : 0);
                }
            }

            var weights = Solved(matrix, [.. rows.Select(i => targets[3 * i + output] - mean)]);
            return mean + rows.Select((i, a) => weights[a] * Covariance(at, z.AsSpan(i * p, p))).Sum();
        }

        double[] place = [.. z[..p].Select((v, j) => j < 2 ? v + 0.2 : v)], sums = new double[3];
        process.AddTo(place, new double[process.Room], sums);
        Assert.All(Enumerable.Range(0, 3), o => Assert.Equal(Mean(place, o, -1), sums[o], 1e-9));
        Assert.Equal(targets[3 * 4 + 1] - Mean(z[(4 * p)..(5 * p)], 1, 4), process.LeftOut[3 * 4 + 1], 1e-9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_objective_has_the_slopes_that_differences_show(int kind)
    {
        var (z, targets, inputs) = Rows(25, 3);
        var problem = new ProcessLearning.Problem(z, targets, inputs);
        double[] theta = [-0.4, 0.2, 0.1, -0.5, -2], gradient = new double[5], none = new double[5];
        problem.Value((ContextKernel)kind, theta, gradient);
        for (var i = 0; i < theta.Length; i++)
        {
            double At(double step) => problem.Value((ContextKernel)kind, [.. theta.Select((t, j) => j == i ? t + step : t)], none);
            Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, gradient[i], 1e-4 * (1 + Math.Abs(gradient[i])));
        }
    }

    [Fact]
    public void A_condition_that_does_nothing_gets_a_longer_length_than_one_that_does()
    {
        var (z, _, inputs) = Rows(120, 1);
        double[] targets = [.. Enumerable.Range(0, 120).Select(i => Math.Sin(2 * z[2 * i + 1]))];
        var learned = ProcessLearning.Learn(z, targets, 1, inputs, default)!;
        Assert.True(learned.Theta[0] < learned.Theta[1] - 2);
        Assert.Null(ProcessLearning.Learn(z, new double[120], 1, inputs, default));
    }

    [Fact]
    public void Smooth_answers_in_new_contexts_err_less_than_by_networks_and_none_is_trained()
    {
        var anchors = Anchors(0, 0.25, 0.5, 0.75, 1);
        var contexts = Problems.Conditions(80, seed: 7);
        double[] Errors(IFittedSurrogate surrogate) => [.. new[] { 0.25, 0.6 }.Select(lambda => Error(surrogate.Sample(lambda, contexts).Samples.Outputs, Problems.Answer(contexts, lambda, Law)))];
        var ridge = KrigedSurrogate.Fit(anchors, s_ridge);
        var networks = KrigedSurrogate.Fit(anchors);
        Assert.Empty(ridge.Carrier.State.Forward);
        Assert.All(Errors(ridge).Zip(Errors(networks)), pair => Assert.True(pair.First < 0.3 * pair.Second, $"{pair}"));

        // Rows that are given at an anchor are its own there, and tell of their answers elsewhere.
        var start = Problems.Answer(contexts, 0.25, Law);
        Assert.Equal(start.Outputs.Values.ToArray(), ridge.Transport(start, 0.25, 0.25).Values.ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.True(Error(ridge.Transport(start, 0.25, 0.6), Problems.Answer(contexts, 0.6, Law)) <= 1.05 * Errors(ridge)[1]);
    }

    [Fact]
    public void What_all_anchors_share_and_no_neighbour_tells_is_taken_from_a_row_itself()
    {
        // Rough in the context, the same at all anchors, and moved by a smooth amount.
        static double[] Rough(double lambda, double[] x) => [Math.Sin(4000 * x[0]) + lambda * (1 + x[1])];
        var ridge = KrigedSurrogate.Fit(Problems.Deterministic(Problems.Unit, [0, 0.5, 1], 150, 1, Rough), s_ridge);
        var contexts = Problems.Conditions(60, seed: 8);
        var moved = ridge.Transport(Problems.Answer(contexts, 0, Rough), 0, 1);
        Assert.True(Error(moved, Problems.Answer(contexts, 1, Rough)) < 0.01);
        Assert.True(Error(ridge.Sample(1, contexts).Samples.Outputs, Problems.Answer(contexts, 1, Rough)) > 0.2);
    }

    [Fact]
    public async Task Files_more_anchors_and_many_threads_give_the_same()
    {
        var contexts = Problems.Conditions(40, seed: 9);
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.hti");
        try
        {
            foreach (var maps in new[] { ContextMaps.Ridge, ContextMaps.Tried })
            {
                var options = new TrajectoryOptions { Maps = maps, MapSteps = 100 };
                IFittedSurrogate[] made =
                [
                    KrigedSurrogate.Fit(Anchors(0, 0.5, 1), new KrigingOptions { Coupling = options, Smooth = true, Warp = false }), TrajectorySurrogate.Fit(Anchors(0, 0.5, 1), options),
                ];
                foreach (var surrogate in made)
                {
                    var expected = surrogate.Sample(0.3, contexts).Samples.Outputs.Values.ToArray();
                    surrogate.Save(path);
                    var read = SurrogateFile.Load(path);
                    var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => read.Sample(0.3, contexts).Samples.Outputs.Values.ToArray())));
                    Assert.All(all, values => Assert.Equal(expected, values));
                }
            }
        }
        finally
        {
            File.Delete(path);
        }

        var more = KrigedSurrogate.Fit(Anchors(0, 0.5, 1), s_ridge).Extend(Anchors(0, 0.25, 0.5, 0.75, 1));
        Assert.True(Error(more.Sample(0.6, contexts).Samples.Outputs, Problems.Answer(contexts, 0.6, Law)) < 1e-3);
    }

    [Fact]
    public void Contexts_are_kept_out_in_five_stretches_and_rows_of_one_together()
    {
        // The first ten contexts have two rows each.
        int[] contexts = [.. Enumerable.Range(0, 260).Select(t => t < 20 ? t / 2 : t - 10)];
        float[] y = new float[260], x = [.. contexts.Select(context => 0.01f * context)];
        var (kept, judged) = RidgeTrial.Split(new Trajectories([y, y], [x, x], new int[260], 1, 1, 1, [[.. Enumerable.Range(0, 260)], [.. Enumerable.Range(0, 260)]]));
        int[] away = [.. judged.Select(t => contexts[t]).Distinct()];
        Assert.Equal(Enumerable.Range(0, 260), kept.Concat(judged).Order());
        Assert.Empty(kept.Select(t => contexts[t]).Intersect(away));
        Assert.Equal(50, away.Length);
        Assert.Equal(5, away.Count(context => !away.Contains(context - 1)));
    }

    [Fact]
    public void The_choice_takes_what_answers_kept_out_contexts_better()
    {
        var smooth = SurrogateChoice.Fit(Anchors(0, 0.25, 0.5, 0.75, 1));
        Assert.Equal(0, State(smooth.Surrogate)!.GivenShare);
        Assert.Contains(smooth.Surrogate.Notes, note => note.Contains("kernel ridge", StringComparison.Ordinal));

        // The answer of one anchor tells that of the next, whatever the context: a network sees it, and the context alone does not tell.
        static double[] Told(double lambda, double[] x) => [Math.Tanh(Math.Sin(900 * x[0]) * (1 + 3 * lambda))];
        var told = SurrogateChoice.Fit(Problems.Deterministic(Problems.Unit, [0, 0.5, 1], 300, 2, Told));
        Assert.True(State(told.Surrogate) is null or { CarriedShare: > 0.5 });

        static RidgeState? State(IFittedSurrogate surrogate) => surrogate is KrigedSurrogate kriged ? kriged.Carrier.State.Ridge : ((TrajectorySurrogate)surrogate).State.Ridge;
    }

    [Fact]
    public void Over_several_hyperparameters_too_new_contexts_err_less_and_more_anchors_go_on()
    {
        static double[] Both(double[] u, double[] x) => Law(0.6 * u[0] + 0.4 * u[1] * u[1], x);
        var anchors = SpaceProblems.Anchors(SpaceProblems.Square, 12, SpaceProblems.Conditions(120), Both);
        var contexts = SpaceProblems.Conditions(60, 7);
        double Of(SpaceSurrogate surrogate) => anchors.Take(4).Average(anchor =>
            Error(surrogate.Sample(anchor.Configuration, contexts).Samples.Outputs, SpaceProblems.Answer(SpaceProblems.Square, anchor.Configuration, contexts, Both)));
        SpaceSurrogate tried = SpaceSurrogate.Fit(anchors), networks = SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { Maps = ContextMaps.Networks });
        Assert.NotNull(tried.State.Ridge);
        Assert.True(Of(tried) < 0.5 * Of(networks), $"{Of(tried)} beside {Of(networks)}");
        var grown = SpaceSurrogate.Fit(new AnchorSet(SpaceProblems.Square, anchors.Take(11)), new SpaceSurrogateOptions { Maps = ContextMaps.Ridge }).Extend(anchors[11]);
        Assert.True(Of(grown) < 0.5 * Of(networks));

        // Rows of one anchor stay its own there.
        var start = SpaceProblems.Answer(SpaceProblems.Square, anchors[2].Configuration, contexts, Both);
        var moved = tried.Transport(start, anchors[2].Configuration, anchors[5].Configuration);
        Assert.True(Error(moved, SpaceProblems.Answer(SpaceProblems.Square, anchors[5].Configuration, contexts, Both)) < 0.5 * Of(networks));
    }

    [Fact]
    public void Kinds_are_obeyed_and_what_ridge_misses_is_in_the_interval()
    {
        static double[] Shares(double lambda, double[] x)
        {
            double[] e = [Math.Exp(2 * x[0]), Math.Exp(3 * lambda * x[1]), Math.Exp(-x[0] + 2 * lambda)];
            return [.. e.Select(v => v / e.Sum())];
        }

        var contexts = Problems.Conditions(60, seed: 7);
        var ridge = KrigedSurrogate.Fit(Problems.Deterministic(Problems.Unit, [0, 0.5, 1], 100, 1, Shares), s_ridge);
        Assert.Equal(OutputKind.Probabilities, ridge.Report.Kind);
        var shares = ridge.Sample(0.3, contexts).Samples.Outputs;
        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(1, shares.Row(i).ToArray().Sum(), 1e-6));
        Assert.All(shares.Values.ToArray(), share => Assert.True(share >= 0));

        // At an anchor nothing else is left of doubt.
        var free = KrigedSurrogate.Fit(Problems.Deterministic(Problems.Unit, [0, 0.25, 0.5, 0.75, 1], 40, 1, Law), s_ridge);
        var held = Enumerable.Range(0, 60).Count(i =>
        {
            var one = contexts.Select([i]);
            var estimate = free.Estimate(0.5, one, samples => samples.Outputs[0, 0]);
            var truth = Problems.Answer(one, 0.5, Law).Outputs[0, 0];
            return truth >= estimate.Low && truth <= estimate.High && estimate.High > estimate.Low;
        });
        Assert.InRange(held, 40, 60);
    }
}

using HtiTune.Data;
using HtiTune.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace HtiTune.Benchmarks.Tuning;

/// <summary>One run of the tuner in plain mode, without a surrogate, on one function.</summary>
/// <remarks>
/// The tuner's own policy, analysis and anchor store, asked and told in the order of <see cref="TuningRun"/>. Left out is the certificate:
/// it only ends a run, and its joint draws cost a hundred proposals.
/// </remarks>
/// <param name="Evaluations">Evaluations until a value was within 1 % of the gap; null when none was.</param>
/// <param name="Proposals">CPU milliseconds of each proposal: the process fitted, its posterior read on the grid, the acquisition maximised.</param>
/// <param name="Tests">One-step-ahead tests of 90 % intervals, in order: whether the interval held the value.</param>
internal sealed record PlainRun(int? Evaluations, IReadOnlyList<double> Proposals, IReadOnlyList<bool> Tests)
{
    /// <summary>Most evaluations of a run.</summary>
    internal const int MostEvaluations = 60;

    // A cell of the range for each start point, in the tuner's own order: the ends, the middle, the quarters. The seed shifts them within.
    private static readonly double[] Cells = [0, 4, 2, 1, 3];

    // One value tells no scale: from the third on, intervals are predictions.
    private const int ValuesForScale = 2;

    // The 90 % interval.
    private const double Low = 0.05;
    private const double High = 0.95;

    private static readonly Contexts NoContext = new(Matrix.Create(1, 1, (_, row) => row[0] = 0));

    /// <summary>Runs until the value is reached.</summary>
    /// <param name="function">The function.</param>
    /// <param name="seed">1 to <paramref name="seeds"/>; shifts the start points.</param>
    /// <param name="seeds">Number of seeds.</param>
    internal static PlainRun Of(TestFunction function, int seed, int seeds)
    {
        var x = Hyperparameter.Continuous("x", function.Minimum, function.Maximum);
        var shift = (seed - 0.5) / seeds;
        var options = new TunerOptions
        {
            UseSurrogate = false,
            InitialLambdas = [.. Cells.Select(cell => x.FromUnit((cell + shift) / Cells.Length))],
        };
        options.Validate(x);
        using var store = new AnchorStore(x, NoContext, 1, null, (_, _) => { });
        var view = new ObjectiveView(store, model => function.Value(model.Lambda), options, (_, _) => { });
        var policy = new TuningPolicy(store, view, options, new RandomStreams(seed).Fork("tuner"), NullLogger.Instance, MostEvaluations);
        var initial = new Queue<(double U, double Lambda, string Reason)>(policy.InitialPlaces([]));
        var proposals = new List<double>();
        var tests = new List<bool>();
        while (store.Anchors.Count < MostEvaluations)
        {
            double lambda;
            if (initial.TryDequeue(out var place))
            {
                lambda = place.Lambda;
            }
            else
            {
                var start = ThreadClock.Milliseconds;
                var next = policy.Next(Analysis.Of(store, view, store.Anchors.Count, options)!, Judgement.None, store.Anchors.Count);
                proposals.Add(ThreadClock.Milliseconds - start);
                if (next is null)
                {
                    return new PlainRun(null, proposals, tests);
                }

                lambda = x.FromUnit(next.Value.U);
            }

            var number = store.Anchors.Count;
            store.Add(new TrainingEnded(number + 1, new("x", lambda), "", TimeSpan.Zero) { U = x.ToUnit(lambda), Network = new Silent() });
            var value = view.Measured(number).Value!.Value;
            // As the tuner's own tests: a penalty tells nothing of how well the function is predicted.
            if (number >= ValuesForScale && !view.Map(number + 1).IsExtreme(value) && view.Predict(number) is { } prediction)
            {
                var share = prediction.Distribution(view.Map(number).ToModel(value));
                tests.Add(share is >= Low and <= High);
            }

            if (function.IsReached(value))
            {
                return new PlainRun(store.Anchors.Count, proposals, tests);
            }
        }

        return new PlainRun(null, proposals, tests);
    }

    /// <summary>Answers nothing: the objective reads λ.</summary>
    private sealed class Silent : ITrainedNetwork
    {
        public Matrix Answer(Contexts contexts, long seed) => Matrix.Create(contexts.Count, 1, (_, row) => row[0] = 0);

        public void Dispose()
        {
        }
    }
}

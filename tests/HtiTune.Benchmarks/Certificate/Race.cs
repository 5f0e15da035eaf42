using HtiTune.Benchmarks.Laws;
using HtiTune.Data;
using HtiTune.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace HtiTune.Benchmarks.Certificates;

/// <summary>A run with a fixed number of trainings, and how good the recommendation was after each.</summary>
/// <remarks>
/// The tuner's own store, view, policy and analysis, asked and told in the order of <see cref="TuningRun"/>; a certificate would end the run and is
/// left out. The recommendation is the best λ of the model, trained or not (<see cref="TunerOptions.ConfirmByTraining"/> false), which is fair to
/// both: the plain process may recommend between its anchors too.
/// </remarks>
/// <param name="Regrets">True regret of the recommendation in shares of the gap, after each training.</param>
/// <param name="Trusts">Trust after each training.</param>
/// <param name="Tests">One-step-ahead tests of 90 % intervals: whether the interval held the value.</param>
internal sealed record Race(IReadOnlyList<double> Regrets, IReadOnlyList<double> Trusts, IReadOnlyList<bool> Tests)
{
    private const double Near = 0.01;
    private const double Low = 0.05;
    private const double High = 0.95;

    // Both ends and the middle, for all alike.
    private const int InitialTrainings = 3;

    // Two values tell no scale.
    private const int ValuesForScale = 2;

    /// <summary>
    /// Trainings until the recommendation stays within 1 % of the gap: at least the initial three, which are made in any case; one more than
    /// there were if it never did.
    /// </summary>
    public int Settled
    {
        get
        {
            var count = Regrets.Count;
            while (count > 0 && Regrets[count - 1] <= Near)
            {
                count--;
            }

            return Math.Max(InitialTrainings, count + 1);
        }
    }

    /// <summary>Whether the last recommendation was within 1 % of the gap.</summary>
    public bool IsSettled => Regrets[^1] <= Near;

    /// <summary>Trainings until one of them was within 1 % of the gap, counted as <see cref="Settled"/> is.</summary>
    public required int Reached { get; init; }

    /// <summary>Trust at the end.</summary>
    public double Trust => Trusts[^1];

    /// <summary>Runs.</summary>
    /// <param name="problem">The task.</param>
    /// <param name="kind">The surrogate.</param>
    /// <param name="trainings">Trainings to make.</param>
    public static Race Of(LawProblem problem, SurrogateKind kind, int trainings)
    {
        var u = problem.Law.Hyperparameter;
        var options = new TunerOptions
        {
            UseSurrogate = kind != SurrogateKind.None, ConfirmByTraining = false, SurrogateFactory = TestSurrogate.Factory(kind), MaxTrainings = trainings,
            InitialLambdas = [u.Minimum, u.Maximum, u.FromUnit(0.5)],
        };
        using var store = Store(problem, options);
        var view = new ObjectiveView(store, problem.Objective, options, (_, _) => { });
        var policy = new TuningPolicy(store, view, options, new RandomStreams(1).Fork("tuner"), NullLogger.Instance, trainings);
        var initial = new Queue<(double U, double Lambda, string Reason)>(policy.InitialPlaces([]));
        var (regrets, trusts, tests) = (new List<double>(), new List<double>(), new List<bool>());
        var network = problem.Network();
        Analysis? analysis = null;
        for (var n = 0; n < trainings; n++)
        {
            if (!initial.TryDequeue(out var place))
            {
                // Where nothing is left to gain, the recommendation stays as it is.
                if (policy.Next(analysis!, Judgement.None, n) is not { } next)
                {
                    regrets.AddRange(Enumerable.Repeat(regrets[^1], trainings - n));
                    break;
                }

                place = (next.U, u.FromUnit(next.U), next.Reason);
            }

            store.Add(new TrainingEnded(n + 1, new(u.Name, place.Lambda), "", TimeSpan.Zero)
            {
                U = u.ToUnit(place.Lambda),
                Network = network.Train(new TrainingRequest(place.Lambda, 1), CancellationToken.None),
            });
            if (n >= ValuesForScale && view.Predict(n) is { } prediction)
            {
                tests.Add(prediction.Distribution(view.Map(n).ToModel(view.Measured(n).Value!.Value)) is >= Low and <= High);
            }

            analysis = Analysis.Of(store, view, n + 1, options, LineOutputs.Of(store, view, options, new RandomStreams(1).Fork("tuner")))!;
            regrets.Add(problem.Regret(store.LambdaAt(analysis.Posterior.Points[analysis.BestModel])) / problem.Optimum.Gap);
            trusts.Add(analysis.Process.Trust);
        }

        var reached = Enumerable.Range(0, store.Anchors.Count).Where(i => problem.Regret(store.Anchors[i].Lambda) <= Near * problem.Optimum.Gap).Select(i => i + 1).FirstOrDefault(trainings + 1);
        return new Race(regrets, trusts, tests) { Reached = Math.Max(InitialTrainings, reached) };
    }

    private static AnchorStore Store(LawProblem problem, TunerOptions options)
    {
        var fit = SurrogateFitting.Of(options.SurrogateFactory, new RandomStreams(1).Fork("tuner"));
        return new AnchorStore(problem.Law.Hyperparameter, problem.Law.Contexts, 1, options.UseSurrogate ? fit : null, (_, error) => throw error);
    }
}

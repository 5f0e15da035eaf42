using System.Collections.Concurrent;
using CsCheck;
using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

public class ParallelTests
{
    private static readonly Problem Task1 = new(1);

    private static double Objective(IConditionalModel model) => Problem.Tracking(model);

    private static TunerOptions Options(int workers, int trainings = 10) => Problem.Options(trainings) with { Parallelism = workers, Epsilon = 1e-9, GridSize = 65 };

    [Fact]
    public void Whatever_the_order_of_tells_no_two_trainings_are_near_each_other_and_the_budget_is_kept()
    {
        Gen.Int[0, 1_000_000].Array[60].Sample(
            moves =>
            {
                using var tuner = new Tuner(Task1.Network(), Problem.Hyperparameter, Problem.Contexts, Options(3, 9));
                var network = Task1.Network();
                using var run = tuner.Begin(Objective);
                var told = 0;
                foreach (var move in moves)
                {
                    var pending = run.Pending;
                    if (pending.Count < 3 && move % 3 > 0 && run.Ask() is { } proposal)
                    {
                        Assert.Equal(pending.Count + 1, run.Pending.Count);
                        Assert.Equal(told + pending.Count + 1, proposal.Number);
                        Assert.All(pending, other => Assert.True(Math.Abs(other.Lambda - proposal.Lambda) >= 4e-4, $"{other} {proposal}"));
                    }
                    else if (pending.Count > 0)
                    {
                        var chosen = pending[move % pending.Count];
                        run.Tell(chosen, network.Train(new TrainingRequest(chosen.Lambda, 1), default));
                        told++;
                    }
                }

                while (run.Pending is [var left, ..])
                {
                    run.Tell(left, network.Train(new TrainingRequest(left.Lambda, 1), default));
                }

                var study = run.Finish();
                Assert.InRange(study.TrainingsUsed, 5, 9);
                var lambdas = study.Trials.Select(t => t.Lambda).Order().ToList();
                Assert.All(lambdas.Zip(lambdas.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 4e-4));
            },
            iter: 8, threads: 1);
    }

    [Fact]
    public void Proposals_under_way_keep_a_tenth_of_the_length_scale_apart()
    {
        using var tuner = new Tuner(Task1.Network(), Problem.Hyperparameter, Problem.Contexts, Options(4, 20) with { UseSurrogate = false });
        var network = Task1.Network();
        using var run = tuner.Begin(Objective);
        for (var i = 0; i < 5; i++)
        {
            var proposal = run.Ask()!;
            run.Tell(proposal, network.Train(new TrainingRequest(proposal.Lambda, 1), default));
        }

        var batch = Enumerable.Range(0, 4).Select(_ => run.Ask()!).ToList();
        Assert.Equal(4, batch.Distinct().Count());
        Assert.Same(batch[0], run.Ask());
        var known = network.Trained.Select(l => new Observation(Problem.Hyperparameter.ToUnit(l), -Task1.At(Objective, l))).ToList();
        var apart = 4 * ProposalSearch.BatchSeparation(BridgeProcess.Fit(known));
        var places = batch.Select(p => p.Lambda).Order().ToList();
        Assert.All(places.Zip(places.Skip(1)), pair => Assert.True(pair.Second - pair.First >= apart * (1 - 1e-9)));
    }

    [Fact]
    public void One_worker_told_at_once_is_the_sequential_run()
    {
        using var one = new Tuner(Task1.Network(), Problem.Hyperparameter, Problem.Contexts, Problem.Options(9));
        using var two = new Tuner(Task1.Network(), Problem.Hyperparameter, Problem.Contexts, Problem.Options(9) with { Parallelism = 2 });
        var network = Task1.Network();
        using var run = two.Begin(Objective);
        while (run.Ask() is { } proposal)
        {
            run.Tell(proposal, network.Train(new TrainingRequest(proposal.Lambda, 1), default));
        }

        var (expected, actual) = (one.Optimize(Objective), run.Finish());
        Assert.Equal(expected.Trials.Select(t => (t.Lambda, t.Reason)), actual.Trials.Select(t => (t.Lambda, t.Reason)));
        Assert.Equal(expected.Outcome, actual.Outcome);
    }

    [Fact]
    public void The_last_training_waits_for_the_others()
    {
        using var tuner = new Tuner(Task1.Network(), Problem.Hyperparameter, Problem.Contexts, Options(3, 5) with { GridSize = 129 });
        var network = Task1.Network();
        using var run = tuner.Begin(Objective);
        var first = Enumerable.Range(0, 3).Select(_ => run.Ask()!).ToList();
        run.Tell(first[1], network.Train(new TrainingRequest(first[1].Lambda, 1), default));
        Assert.Equal(4, run.Ask()!.Number);
        run.Tell(first[0], network.Train(new TrainingRequest(first[0].Lambda, 1), default));
        Assert.Null(run.Ask());
        run.Tell(first[2], network.Train(new TrainingRequest(first[2].Lambda, 1), default));
        Assert.Null(run.Ask());
        run.Tell(run.Pending[0], network.Train(new TrainingRequest(run.Pending[0].Lambda, 1), default));
        Assert.Equal(5, run.Ask()!.Number);
    }

    /// <summary>A network whose trainings really overlap: each waits until so many are under way, or no more will come.</summary>
    private sealed class Meeting(int workers, Func<int, bool> fails) : INetwork
    {
        private int _begun;
        private int _now;

        public int Most { get; private set; }

        public ConcurrentBag<int> Threads { get; } = [];

        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            var number = Interlocked.Increment(ref _begun);
            lock (Threads)
            {
                Most = Math.Max(Most, ++_now);
            }

            Threads.Add(Environment.CurrentManagedThreadId);
            request.Progress?.Report(0.5);
            if (number <= workers)
            {
                SpinWait.SpinUntil(() => _begun >= workers, TimeSpan.FromSeconds(20));
            }

            lock (Threads)
            {
                _now--;
            }

            return fails(number)
                ? throw new ArithmeticException("diverged")
                : new FormulaNetwork(Task1.Output).Train(new TrainingRequest(request.Lambda, request.Seed), cancellation);
        }
    }

    [Fact]
    public void Optimize_trains_together_tells_on_the_callers_thread_and_finds_the_optimum()
    {
        var network = new Meeting(3, number => number == 4);
        using var tuner = new Tuner(network, Problem.Hyperparameter, Problem.Contexts, Options(3, 12));
        var here = Environment.CurrentManagedThreadId;
        var stages = new List<(int Thread, TunerProgress Progress)>();
        var study = tuner.Optimize(
            m =>
            {
                Assert.Equal(here, Environment.CurrentManagedThreadId);
                return Objective(m);
            },
            progress: new Immediate(p => stages.Add((Environment.CurrentManagedThreadId, p))));
        Assert.Equal(3, network.Most);
        Assert.DoesNotContain(here, network.Threads);
        Assert.All(stages, s => Assert.Equal(here, s.Thread));
        Assert.All(stages, s => Assert.InRange(s.Progress.Share, 0, 1));
        Assert.Equal(1, study.Trials.Count(t => t.State == TrialState.Failed));
        Assert.Equal(study.TrainingsUsed, study.Trials.Count);
        Assert.Equal(Enumerable.Range(1, study.TrainingsUsed), study.Trials.Select(t => t.Number).Order());
        Assert.True(Task1.Regret(Objective, study.Lambda) < 0.02, $"{Task1.Regret(Objective, study.Lambda):P1}");
    }

    [Fact]
    public void A_cancellation_ends_all_that_are_under_way_and_keeps_what_was_trained()
    {
        using var source = new CancellationTokenSource();
        var network = new Waiting(source);
        using var tuner = new Tuner(network, Problem.Hyperparameter, Problem.Contexts, Options(3));
        var study = tuner.Optimize(Objective, cancellation: source.Token);
        Assert.Equal(StopReason.Cancelled, study.StopReason);
        Assert.Equal(2, study.TrainingsUsed);
        Assert.Equal((2, 3), (study.Trials.Count(t => t.State == TrialState.Completed), study.Trials.Count(t => t.State == TrialState.Cancelled)));
        Assert.Equal(5, network.Ended);
    }

    [Fact]
    public void An_error_that_ends_the_run_waits_for_the_others_and_is_thrown()
    {
        var ended = 0;
        var network = Network.Create<int>(
            (request, token) =>
            {
                if (request.Lambda == 2)
                {
                    throw new OutOfMemoryException("too large");
                }

                token.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
                Interlocked.Increment(ref ended);
                token.ThrowIfCancellationRequested();
                return 1;
            },
            (_, contexts, _) => Matrix.Create(contexts.Count, 1, (_, row) => row[0] = 0));
        using var tuner = new Tuner(network, Problem.Hyperparameter, Problem.Contexts, Options(3));
        Assert.Throws<OutOfMemoryException>(() => tuner.Optimize(Objective));
        Assert.Equal(2, ended);
    }

    [Fact]
    public void Time_to_come_is_shared_among_workers()
    {
        var forecast = new Forecast(5, 7, TimeSpan.FromMinutes(10)) { Parallelism = 2 };
        Assert.Equal((TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(40)), (forecast.Remaining, forecast.RemainingAtMost));
        Assert.Throws<ArgumentException>(() => Options(0).Validate(Problem.Hyperparameter));
        Assert.Throws<ArgumentException>(() => Options(65).Validate(Problem.Hyperparameter));
    }

    /// <summary>The first two trainings end; from the third on they wait for the cancellation, which the fifth brings.</summary>
    private sealed class Waiting(CancellationTokenSource source) : INetwork
    {
        private int _begun;
        private int _ended;

        public int Ended => _ended;

        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            var number = Interlocked.Increment(ref _begun);
            try
            {
                if (number <= 2)
                {
                    return new FormulaNetwork(Task1.Output).Train(new TrainingRequest(request.Lambda, request.Seed), cancellation);
                }

                if (number == 5)
                {
                    source.Cancel();
                }

                cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
                throw new OperationCanceledException(cancellation);
            }
            finally
            {
                Interlocked.Increment(ref _ended);
            }
        }
    }

    private sealed class Immediate(Action<TunerProgress> report) : IProgress<TunerProgress>
    {
        public void Report(TunerProgress value) => report(value);
    }
}

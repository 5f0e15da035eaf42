using System.Collections.Concurrent;

namespace HtiTune;

/// <summary>Trains what a run asks for: one training at a time on the calling thread, or several on worker threads.</summary>
internal sealed class TrainingLoop(INetwork network, TuningRun run, ProgressReporter reporter)
{
    /// <summary>Begins a run, trains what it asks for, and finishes it.</summary>
    /// <param name="begin">Begins it.</param>
    /// <param name="request">What it is for.</param>
    /// <param name="network">Trains.</param>
    /// <param name="space">What is tuned.</param>
    /// <param name="progress">Is told what happens; null for nobody.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>What the run found.</returns>
    public static TuningResult Run(
        Func<RunBegan, TuningRun> begin, RunBegan request, INetwork network, SearchSpace space, IProgress<TunerProgress>? progress, CancellationToken cancellation)
    {
        var options = request.Settings;
        using var trace = TunerTelemetry.Source.StartActivity("htitune.run")?.AddTag("hyperparameter", space.Label);
        var weighing = new WeighingReporter(progress, options.TimeProvider, request.Budget, cancellation);
        using var run = begin(request with { Weighing = weighing.Report });
        var reporter = new ProgressReporter(run, space, progress);
        weighing.Run = run;
        try
        {
            new TrainingLoop(network, run, reporter).Train(options.Parallelism, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && run.StoppedBy is null)
        {
            // Before a proposal was made: no training is under way.
            run.Cancel();
        }

        // What was trained is told in any case.
        weighing.IsEnabled = false;
        if (cancellation.IsCancellationRequested && run.StoppedBy is null)
        {
            run.Cancel();
        }

        if (run.IsCancelled && !run.HasValue)
        {
            throw new OperationCanceledException("The run was cancelled before any training had given a value.", cancellation);
        }

        var study = run.Finish();
        reporter.Finished(study);
        return study;
    }

    /// <summary>Trains until the run has nothing more to ask, or is cancelled.</summary>
    /// <param name="workers">Trainings at the same time.</param>
    /// <param name="cancellation">Ends all of them.</param>
    public void Train(int workers, CancellationToken cancellation)
    {
        if (workers > 1)
        {
            TrainTogether(workers, cancellation);
            return;
        }

        while (!cancellation.IsCancellationRequested && Asked() is { } proposal)
        {
            reporter.Training(proposal);
            if (Tell(proposal, () => Train(proposal, reporter.ShareOf(proposal), cancellation), cancellation).State == TrialState.Cancelled)
            {
                break;
            }
        }
    }

    // What is to come is said once the run knows whether there is anything: of one that is certified already there is not.
    private TrainingRequest? Asked()
    {
        var proposal = run.Ask();
        reporter.Starting();
        return proposal;
    }

    // Workers train; all else happens on this thread: they send it what is to be done.
    private void TrainTogether(int workers, CancellationToken cancellation)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sent = new BlockingCollection<Action>();
        var running = 0;
        try
        {
            while (true)
            {
                while (!cancellation.IsCancellationRequested && running < workers && Asked() is { } proposal)
                {
                    reporter.Training(proposal);
                    running++;
                    Start(proposal);
                }

                if (running == 0)
                {
                    return;
                }

                sent.Take(CancellationToken.None)();
            }
        }
        finally
        {
            // An error, as of a full disk, ends the run: what still completes is kept, and the error goes on its way.
            stopping.Cancel();
            while (running > 0)
            {
                try
                {
                    sent.Take(CancellationToken.None)();
                }
                catch (Exception problem) when (problem is not OutOfMemoryException)
                {
                    // The first error is on its way.
                }
            }
        }

        void Start(TrainingRequest proposal)
        {
            var share = reporter.ShareOf(proposal) is { } inner ? new Sent(inner, sent) : null;
            _ = Task.Factory.StartNew(
                () =>
                {
                    Func<ITrainedNetwork> result;
                    try
                    {
                        var trained = Train(proposal, share, stopping.Token);
                        result = () => trained;
                    }
                    catch (Exception error)
                    {
                        var caught = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error);
                        result = () =>
                        {
                            caught.Throw();
                            return null!;
                        };
                    }

                    sent.Add(() =>
                    {
                        running--;
                        Tell(proposal, result, stopping.Token);
                    });
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
    }

    private ITrainedNetwork Train(TrainingRequest proposal, IProgress<double>? share, CancellationToken cancellation)
    {
        using var trace = TunerTelemetry.Source.StartActivity("htitune.training")?.AddTag("number", proposal.Number).AddTag("lambda", proposal.Lambda);
        cancellation.ThrowIfCancellationRequested();
        return network.Train(proposal with { Progress = share }, cancellation)
            ?? throw new InvalidOperationException("The network's training returned nothing.");
    }

    private Trial Tell(TrainingRequest proposal, Func<ITrainedNetwork> result, CancellationToken cancellation)
    {
        Trial trial;
        try
        {
            trial = run.Tell(proposal, result());
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            trial = run.Cancel(proposal)!;
        }
        catch (Exception error) when (error is not OutOfMemoryException && run.IsPending(proposal))
        {
            trial = run.TellFailed(proposal, error.Message.Length > 0 ? error.Message : error.GetType().Name);
        }

        reporter.Trained(trial);
        return trial;
    }

    /// <summary>Sends the share that is done to the thread that reports it.</summary>
    private sealed class Sent(IProgress<double> inner, BlockingCollection<Action> sent) : IProgress<double>
    {
        public void Report(double value) => sent.Add(() => inner.Report(value));
    }
}

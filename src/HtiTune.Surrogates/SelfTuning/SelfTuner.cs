// Coordinate descent over the stages of Candidates. Every candidate is judged on the same folds: interior anchors left out, at most five, evenly
// spread (FoldScore); the truth at λ between anchors is never seen. An anchor that the clock puts within a tenth of the way of a neighbour is no
// fold: paths begin at the neighbour whatever they are, so it cannot tell one from another.
//   r_f, e_f   score of a candidate on fold f as a share of the score of what stands, and its standard error over rows or contexts
//   A candidate takes its place where mean r < 0.9 with one or two folds, 0.95 with more, r_f < 1 on more than half of them, and mean r + 3·e < 1,
//   e = sqrt(Σ e_f²)/folds; of several, the one of least mean r. With few folds the default is left only for a clear gain, and never for one that
//   other draws of the same anchors could undo; three standard errors, because a dozen candidates are tried and chance passes two now and then.
// A fold of two anchors has no clock of its own, and its error would be one of timing: with three anchors, samples are read at the shift that all
// three give (ClockSelection), and what is judged is where they go.
// Metrics take seconds a fit: they are judged on at most three folds, and those that do not gain on the first go no further.

using HtiTune.Surrogates.Clock;

namespace HtiTune.Surrogates.SelfTuning;

/// <summary>Chooses options by leaving anchors out.</summary>
internal sealed class SelfTuner : IDisposable
{
    private const int MostFolds = 5;
    private const int MostSlowFolds = 3;
    private const double ClearGain = 0.95;
    private const double ClearGainOfFew = 0.9;
    private const int Few = 2;
    private const double StandardErrors = 3;
    private const double LeastShare = 0.1;

    private readonly FitRequest _request;
    private readonly int[] _folds;
    private readonly CancellationTokenSource _budget;
    private readonly long _start;
    private readonly LogitShiftClock? _clock;

    private SelfTuner(FitRequest request)
    {
        _request = request;
        _start = Options.TimeProvider.GetTimestamp();
        _budget = CancellationTokenSource.CreateLinkedTokenSource(request.Cancellation);
        _folds = [];
        if (request.Anchors.Count > 2)
        {
            var all = FitOfAll(request);
            _folds = FoldsOf([.. Enumerable.Range(1, all.Lambdas.Length - 2).Select(all.ShareOf)]);
            _clock = all.Lambdas.Length == 3 ? all.Clock : null;
        }
    }

    private TrajectoryOptions Options => _request.Options;

    private bool IsOver => Options.TimeProvider.GetElapsedTime(_start) >= Options.SelfTuneBudget;

    /// <summary>What was chosen.</summary>
    /// <param name="Options">The options, self-tuning done.</param>
    /// <param name="Report">How.</param>
    /// <param name="Note">In words.</param>
    internal sealed record Choice(TrajectoryOptions Options, SelfTuningReport Report, string Note);

    /// <summary>Chooses options for a fit.</summary>
    /// <param name="request">The fit; its options ask for self-tuning.</param>
    internal static Choice Choose(FitRequest request)
    {
        using var tuner = new SelfTuner(request);
        using var timer = request.Options.TimeProvider.CreateTimer(
            _ => tuner.Stop(), null, request.Options.SelfTuneBudget, Timeout.InfiniteTimeSpan);
        return tuner.Run();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_budget)
        {
            _budget.Dispose();
        }
    }

    /// <summary>The anchors that are left out, evenly spread over those that can tell paths apart.</summary>
    /// <param name="shares">How far between its neighbours each interior anchor is by the clock, 0 … 1.</param>
    internal static int[] FoldsOf(double[] shares)
    {
        int[] telling = [.. Enumerable.Range(1, shares.Length).Where(k => shares[k - 1] is >= LeastShare and <= 1 - LeastShare)];
        var count = Math.Min(telling.Length, MostFolds);
        return [.. Enumerable.Range(0, count).Select(f => telling[(int)((f + 0.5) * telling.Length / count)])];
    }

    /// <summary>Whether shares r_f of what stands are enough to take its place.</summary>
    internal static bool IsClearGain(IReadOnlyCollection<(double Share, double Error)> shares)
    {
        if (shares.Count == 0)
        {
            return false;
        }

        var mean = shares.Average(share => share.Share);
        var error = Math.Sqrt(shares.Sum(share => share.Error * share.Error)) / shares.Count;
        return mean < (shares.Count <= Few ? ClearGainOfFew : ClearGain)
            && 2 * shares.Count(share => share.Share < 1) > shares.Count
            && mean + StandardErrors * error < 1;
    }

    private void Stop()
    {
        lock (_budget)
        {
            try
            {
                _budget.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The timer rang while tuning ended by itself.
            }
        }
    }

    private Choice Run()
    {
        var asked = Options with { SelfTune = false };
        if (_folds.Length == 0)
        {
            return Done(asked, [], 1, true, _request.Anchors.Count == 2
                ? "Self-tuning leaves out one interior anchor at a time, and two anchors have none: the defaults stand."
                : "Self-tuning found every interior anchor too near its neighbour by the clock to tell paths apart: the defaults stand.");
        }

        var initial = new Evaluation(new("as asked", asked), _folds.Length);
        Evaluate([initial], Enumerable.Range(0, _folds.Length));
        if (initial.Excluded is { } reason)
        {
            return Done(asked, [], 1, !IsOver, $"Self-tuning could not judge the options as they are ({reason}): they stand.");
        }

        var best = initial;
        var stages = new List<SelfTuningStage>();
        var anchors = _request.Anchors;
        var setting = new Candidates.Setting(
            asked,
            initial.Reports[0]!.Coupling,
            [.. initial.Reports.SelectMany(report => report!.Costs).Distinct()],
            _request.Cache.Holds(CouplingCost.Fermat),
            initial.Reports.Any(report => report?.Potential == PotentialKind.Density),
            anchors.Dimension,
            anchors.Count);
        foreach (var make in Candidates.Stages(setting))
        {
            if (make(best.Candidate.Options) is { } stage)
            {
                best = Decide(stage, best, initial, stages);
            }
        }

        var completed = stages.All(stage => stage.Candidates.All(candidate => candidate.Excluded != Evaluation.OutOfTime));
        var score = best.MeanShare(initial);
        var changed = stages.Where(stage => stage.Chosen != stage.Candidates[0].Name).Select(stage => $"{stage.Name} {stage.Chosen}").ToArray();
        var note = (completed ? "" : $"Self-tuning used up its budget of {Options.SelfTuneBudget.TotalSeconds:0.###} s before all candidates were tried. ")
            + $"Self-tuning by leaving out {(_folds.Length == 1 ? "one anchor" : $"each of {_folds.Length} anchors")}: "
            + (stages.Count == 0 ? "nothing is open for such data and options."
                : changed.Length == 0 ? "no candidate was clearly better than the defaults."
                : FormattableString.Invariant($"{string.Join(", ", changed)}; score {score:0.00} of the defaults'."));
        return Done(best.Candidate.Options, stages, score, completed, note);
    }

    /// <summary>Clock and couplings of all anchors, which are those of the fit proper.</summary>
    private static TrajectoryState FitOfAll(FitRequest request) => TrajectoryFitter.Fit(request with
    {
        Options = request.Options with { SelfTune = false, TrainMaps = false, Potential = PotentialKind.None, Metric = MetricKind.None },
        Progress = null,
    });

    private Choice Done(TrajectoryOptions options, IReadOnlyList<SelfTuningStage> stages, double score, bool completed, string note) => new(
        options,
        new SelfTuningReport
        {
            Folds = Array.ConvertAll(_folds, fold => _request.Anchors[fold].Lambda),
            Stages = stages,
            Score = score,
            Completed = completed,
        },
        note);

    private Evaluation Decide(Candidates.Stage stage, Evaluation best, Evaluation initial, List<SelfTuningStage> stages)
    {
        _request.Progress?.Report(new FitProgress($"self-tuning: {stage.Name}", 0));
        best = best.Named(stage.Current);
        var others = stage.Others.Select(candidate => new Evaluation(candidate, _folds.Length)).ToArray();
        Evaluate([.. others.Where(e => !e.Candidate.IsSlow)], Enumerable.Range(0, _folds.Length));
        Race([.. others.Where(e => e.Candidate.IsSlow)], best);
        var chosen = best;
        foreach (var other in others)
        {
            if (other.Excluded is null && IsClearGain(other.Shares(best)) && (chosen == best || other.MeanShare(best) < chosen.MeanShare(best)))
            {
                chosen = other;
            }
        }

        stages.Add(new SelfTuningStage(stage.Name, [.. others.Prepend(best).Select(e => e.Describe(initial))], chosen.Candidate.Name));
        return chosen;
    }

    /// <summary>Slow candidates: the middle fold first, the others only for those that gain there.</summary>
    private void Race(Evaluation[] slow, Evaluation best)
    {
        var count = Math.Min(MostSlowFolds, _folds.Length);
        var some = Enumerable.Range(0, count).Select(f => (int)((f + 0.5) * _folds.Length / count)).ToArray();
        var first = some[count / 2];
        Evaluate(slow, [first]);
        foreach (var evaluation in slow.Where(e => e.Excluded is null && count > 1 && !(e.Scores[first]!.Share(best.Scores[first]!) < 1)))
        {
            evaluation.IsHopeless = true;
        }

        Evaluate([.. slow.Where(e => e.Excluded is null)], some.Where(fold => fold != first));
    }

    /// <summary>Fits and scores candidates on folds, each pair a piece of work of its own.</summary>
    private void Evaluate(Evaluation[] evaluations, IEnumerable<int> folds)
    {
        var pieces = evaluations.Where(e => e.Candidate.Skipped is null).SelectMany(evaluation => folds.Select(fold => (evaluation, fold))).ToArray();
        InParallel.For(pieces.Length, _request.Threads, piece => Evaluate(pieces[piece].evaluation, pieces[piece].fold), _request.Cancellation);
    }

    private void Evaluate(Evaluation evaluation, int fold)
    {
        if (IsOver)
        {
            evaluation.Failures[fold] = Evaluation.OutOfTime;
            return;
        }

        try
        {
            var surrogate = LeaveOneOut.Fit(_request.Anchors, _folds[fold], evaluation.Candidate.Options, _request.Cache, _budget.Token);
            surrogate = _clock is { } clock
                ? new TrajectorySurrogate(surrogate.State with
                {
                    Clock = clock,
                    Report = surrogate.Report with { ClockShift = clock.Shift, ClockIntervals = [true] },
                })
                : surrogate;
            var score = FoldScore.Of(surrogate, _request.Anchors[_folds[fold]]);
            evaluation.Scores[fold] = score;
            evaluation.Reports[fold] = surrogate.Report;
            if (!double.IsFinite(score.Value))
            {
                evaluation.Failures[fold] = $"its score is {score.Value}";
            }
        }
        catch (OperationCanceledException) when (!_request.Cancellation.IsCancellationRequested)
        {
            evaluation.Failures[fold] = Evaluation.OutOfTime;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // One candidate that cannot be fitted is no reason to fit none; the report says why.
            evaluation.Failures[fold] = failure.Message;
        }
    }
}

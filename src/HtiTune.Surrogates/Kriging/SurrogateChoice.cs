// Each candidate is fitted without an interior anchor (at most five, evenly spread) and judged by FoldScore on that anchor's samples; the truth between
// anchors is never seen. What stands unless another gains clearly (FoldComparison):
//   draws under continuous conditions,    affine: a coupling of rows under other conditions mixes what the condition does with what λ does, or pairs
//   draws in disguise among them          rows that have nothing to do with each other; and maps that learn it lose what chance does in a new context. Levels in the
//                                         place of affine maps for one output, whose law they meet whatever its form, and for several where they
//                                         carry rows of contexts that they have not seen clearly better (LawTrial). Through three anchors as much of
//                                         the way is straight as their bend is chance.
//                                         Where anchors drew the same contexts, maps that carry kept-out contexts better take the place (CarrierTrial)
//   two anchors                           trajectories, which are straight where samples do not curve
//   three anchors of draws that curve     trajectories: a density potential bends paths where straight ones leave the samples; from four anchors on kriging
//                                         bends them by the others
//   three anchors on a wrong scale        trajectories: their clock reads from all rows how far the middle anchor is on the way, and a fold that takes the
//                                         half of the scale for half of the way judges nothing; the pooled likelihood leaves the warp to its prior.
//                                         A middle of answers that is half way on the scale shows no wrong scale, but late ways
//   three anchors of the same contexts    by how far the middle lies beside the straight way between the others (MiddleAnchor)
//   other outputs                         kriging: on smooth laws half the error of trajectories and less; only a jump favours the other. A Gaussian kernel, of answers of four
//                                         anchors or more, errs a tenth where the law is analytic, and more where trainings scatter: a fold tells
// With two anchors nothing can be left out. With three the only fold has two anchors, between which every way is straight, whatever it would be through
// three: the fold tells whether mass moves or rows do, so that the mixture alone may take the place, where it errs least of all.
// A candidate must keep the kind of the outputs: whole numbers are kept by kriging and mixtures, probabilities by all but the trajectories' curves, and
// signs by all, the trajectories with a bound at 0.
// Draws in disguise: where anchors answered the same contexts with one row each, the rows are taken for draws if their scatter about a smooth law of the
// context does not come again at the next anchor, and kriging foretells a left-out anchor's rows no better than that scatter.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.SelfTuning;

namespace HtiTune.Surrogates;

/// <summary>Fits the surrogate that leaving anchors out finds best.</summary>
public static class SurrogateChoice
{
    private const int MostFolds = 5;

    /// <summary>Beyond so many anchors, one that is left out is foretold from so many on either side of it.</summary>
    private const int Many = 100, MostBeside = 24;

    /// <summary>Anchors up to which a Gaussian kernel may gain: beyond, its equations are near to singular, and any kernel follows the outputs.</summary>
    private const int MostSmooth = 30;

    private const double FarShift = 2;

    /// <summary>Draws of each context, in the mean, from which affine maps stand.</summary>
    private const double FewestDraws = 4;

    /// <summary>Score of levels, of several outputs, as a share of that of affine maps, which keep what columns have to do with each other.</summary>
    private const double MostOfAffine = 0.95;

    internal const string Trend = "kriging with trend", NoWarp = "kriging without warp", Smooth = "kriging smooth", SmoothNoWarp = "kriging smooth without warp";

    private const string Straight = "kriging straight", AffineStraight = "affine straight", Quantiles = "quantiles", QuantilesStraight = "quantiles straight";

    private static readonly string[] s_names = ["trajectories", "kriging", NoWarp, Trend, Smooth, SmoothNoWarp, "affine", Quantiles, "mixture", "linear"];

    /// <summary>Chooses a surrogate and fits it to all anchors.</summary>
    /// <param name="anchors">At least two anchors.</param>
    /// <param name="options">Coupling, maps, kind and nugget of every candidate; what they choose themselves is left to them.</param>
    /// <param name="progress">Takes the stage and the share that is done; told from the threads that fit, one at a time.</param>
    /// <param name="cancellation">Ends the fit by <see cref="OperationCanceledException"/>.</param>
    /// <returns>The surrogate, and what was tried with its scores.</returns>
    /// <exception cref="ArgumentException">Fewer than two anchors, or options out of range.</exception>
    public static ChosenSurrogate Fit(
        AnchorSet anchors, KrigingOptions? options = null, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        options ??= new KrigingOptions();
        options.Validate(anchors.Dimension);
        options = options.Coupling.Maps == ContextMaps.Auto ? options with { Coupling = options.Coupling with { Maps = ContextMaps.Tried } } : options;
        var all = anchors;
        anchors = RowScreen.Of(all, options.Coupling.Coupling)?.Rest ?? all;
        var kind = options.Kind == OutputKind.Auto ? OutputTransform.Detect(anchors, options.Coupling.Bounds) : options.Kind;
        if (kind == OutputKind.Positive && options.Coupling.Bounds is null)
        {
            options = options with { Coupling = options.Coupling with { Bounds = [.. Enumerable.Repeat(new OutputBounds(0, double.PositiveInfinity), anchors.Dimension)] } };
        }

        var cache = new CouplingCache();
        var carrier = new TrajectorySurrogate(TrajectoryFitter.Fit(
            new FitRequest(anchors, options.Carrier with { TrainMaps = false }) { Cache = cache, Cancellation = cancellation }));
        var isDeterministic = carrier.Report.Deterministic;
        var isScatter = isDeterministic && IsIndependentScatter(anchors, carrier, options, cancellation);
        var candidates = s_names.Where(name => name switch
        {
            "affine" => anchors.Dimension <= AffineCarrier.MostDimensions && (!isDeterministic || isScatter),
            Quantiles => anchors.ConditionCount > 0 && anchors.Dimension <= AffineCarrier.MostDimensions && (!isDeterministic || isScatter),
            Smooth or SmoothNoWarp => isDeterministic && !isScatter && anchors.Count is > 3 and <= MostSmooth,
            "mixture" => !isDeterministic || isScatter,
            "trajectories" => kind is not (OutputKind.Integer or OutputKind.Probabilities),
            "linear" => kind != OutputKind.Integer,
            _ => true,
        }).ToArray();
        var (stated, isFar, carriers, straight) = Stated(anchors, options, carrier, candidates, kind, isScatter, cache, cancellation);
        if (!candidates.Contains(stated))
        {
            candidates = [.. candidates, stated];
        }

        int[] folds = anchors.Count < 3 || (anchors.Count == 3 && isDeterministic && !isScatter)
            ? []
            : SelfTuner.FoldsOf([.. Enumerable.Range(1, anchors.Count - 2).Select(k => Share(anchors, k))]);
        var tried = candidates.ToDictionary(name => name, _ => new FoldScore[folds.Length]);
        InParallel.For(candidates.Length * folds.Length, options.Coupling.Threads ?? Environment.ProcessorCount, piece =>
        {
            var (name, fold) = (candidates[piece / folds.Length], piece % folds.Length);
            tried[name][fold] = Score(anchors, folds[fold], name, options with { Kind = kind }, isScatter, cache, cancellation);
            progress?.Report(new FitProgress($"choice: {name}", 0));
        }, cancellation);

        var best = isFar ? stated : Best(candidates, tried, stated);
        var chosen = anchors.Count > 3 || best == "mixture" ? best : stated;
        var report = new ChoiceReport
        {
            Folds = [.. folds.Select(fold => anchors[fold].Lambda)],
            Candidates = [.. candidates.Select(name => new CandidateScore(name, [.. tried[name].Select(score => score.Value)], FoldComparison.Of(tried[name], tried[stated]).Share))],
            Default = stated,
            Chosen = chosen,
            TakenForDraws = isScatter,
            Carriers = carriers,
            Kind = kind,
        };
        return new ChosenSurrogate(FitAll(all, chosen, options with { Kind = kind, StraightShare = straight }, progress, cancellation), report);
    }

    /// <summary>Rows of each context, in the mean.</summary>
    private static double RowsAContext(Contexts contexts) =>
        contexts.Count / (double)ContextKey.Groups(contexts).Length;

    /// <summary>
    /// What stands unless another gains clearly, whether the middle of three anchors is far from its place on the scale, what carriers of rows were scored, and how much of
    /// the way through three anchors is straight.
    /// </summary>
    private static (string Stated, bool IsFar, CarrierScores? Carriers, double Straight) Stated(
        AnchorSet anchors, KrigingOptions options, TrajectorySurrogate carrier, string[] candidates, OutputKind kind, bool isScatter, CouplingCache cache, CancellationToken cancellation)
    {
        var isDeterministic = carrier.Report.Deterministic;
        var isByContext = carrier.Report.Coupling == CouplingKind.ByContext && !isDeterministic;
        var isStraight = isByContext && !isScatter && anchors.Count == 3 && !MiddleAnchor.OfDraws(carrier.State.Trajectories, carrier.State.Contexts).Turns(options.Coupling.TrainMaps);
        var carriers = isByContext && !isScatter && candidates.Contains(Quantiles) ? CarrierTrial.Scores(anchors, carrier.State.Trajectories, options with { Kind = kind }, cancellation) : null;
        var isByLaws = candidates.Contains(Quantiles) && (isScatter || carrier.Report.Coupling == CouplingKind.Relaxed
            || (carriers is { } scores ? Math.Min(scores.Affine, scores.Quantiles) < scores.Maps
                : isByContext && kind != OutputKind.Integer && RowsAContext(anchors[0].Samples.Contexts) >= FewestDraws));
        if (isByLaws)
        {
            var trial = anchors.Dimension > 1 || anchors.Count == 3 ? LawTrial.Of(carrier.State.Trajectories, KrigedSurrogate.PlacesOf(carrier), cancellation) : default;
            // Contexts that were kept out are carried to the last anchor alone, where columns may depend on each other as at the first, and otherwise between them.
            var isMet = anchors.Dimension == 1 || (trial.Quantiles < MostOfAffine * trial.Affine && (carriers is null || carriers.Quantiles < carriers.Affine));

            // Latent values, which affine maps carry, are cut off at the end; a mean of cut values would hardly ever be at a bound.
            var isByLevels = isMet && !(kind == OutputKind.Interval && CensoredRows.AreIn(anchors, options.Coupling.Bounds!));
            if (isByLevels)
            {
                return (isStraight ? QuantilesStraight : Quantiles, false, carriers, trial.QuantilesStraight);
            }

            // Where levels may not serve, it is for affine maps to do better than learned ones.
            if (carriers is null || carriers.Affine < carriers.Maps)
            {
                return (isStraight ? AffineStraight : "affine", false, carriers, trial.AffineStraight);
            }
        }

        var trajectories = !candidates.Contains("trajectories") ? null : TrajectoryFitter.Fit(
            new FitRequest(anchors, options.Coupling with { TrainMaps = false }) { Cache = cache, Cancellation = cancellation }).Report;
        var isFar = anchors.Count == 3 && trajectories is not null && Math.Abs(trajectories.ClockShift) >= FarShift
            && !(isDeterministic && MiddleAnchor.IsHalfWay(carrier.State.Positions()[1]));
        var isBent = !isDeterministic && anchors.Count <= 3 && trajectories?.Potential == PotentialKind.Density;
        var stated = trajectories is not null && (anchors.Count == 2 || isFar || isBent || isStraight) ? "trajectories"
            : isStraight ? Straight
            : isDeterministic && anchors.Count == 3 ? MiddleAnchor.OfAnswers(anchors, carrier, options with { Kind = kind }, cancellation).ForAnswers(
                anchors.Hyperparameter.Scale, carrier.State.Positions()[1], trajectories is not null)
            : "kriging";
        return (stated, isFar, carriers, 0);
    }

    private static string Best(string[] candidates, Dictionary<string, FoldScore[]> tried, string stated)
    {
        var clear = candidates.Select(name => (Name: name, Beside: FoldComparison.Of(tried[name], tried[stated]))).Where(one => one.Name != stated && one.Beside.IsClear).ToArray();
        return clear.Length == 0 ? stated : clear.MinBy(one => one.Beside.Share).Name;
    }

    private static IFittedSurrogate FitAll(AnchorSet anchors, string name, KrigingOptions options, IProgress<FitProgress>? progress, CancellationToken cancellation) => name switch
    {
        "trajectories" => TrajectorySurrogate.Fit(anchors, options.Coupling, progress, cancellation),
        "linear" or "mixture" => TrajectorySurrogate.Fit(anchors, OptionsOf(name, options.Coupling), progress, cancellation),
        _ => KrigedSurrogate.Fit(anchors, OptionsOf(name, options), progress, cancellation),
    };

    private static TrajectoryOptions OptionsOf(string name, TrajectoryOptions options) => name switch
    {
        "linear" => options with { Method = Method.Linear },
        "mixture" => options with { Method = Method.Mixture },
        _ => options,
    };

    private static KrigingOptions OptionsOf(string name, KrigingOptions options) => name switch
    {
        NoWarp => options with { Warp = false },
        Trend => options with { Trend = true },
        Smooth => options with { Smooth = true },
        SmoothNoWarp => options with { Smooth = true, Warp = false },
        "affine" => options with { Carrying = RowCarrying.Affine },
        AffineStraight => options with { Carrying = RowCarrying.Affine, Straight = true },
        Quantiles => options with { Carrying = RowCarrying.Quantiles },
        QuantilesStraight => options with { Carrying = RowCarrying.Quantiles, Straight = true },
        Straight => options with { Straight = true },
        MiddleAnchor.HalfParabola => options with { Smooth = true, Warp = false, ParabolaShare = 0.5 },
        MiddleAnchor.SixthParabola => options with { Smooth = true, Warp = false, ParabolaShare = 1.0 / 6 },
        MiddleAnchor.TrendParabola => options with { Trend = true, ParabolaShare = 1.0 / 3 },
        _ => options,
    };

    private static FoldScore Score(
        AnchorSet anchors, int fold, string name, KrigingOptions options, bool isScatter, CouplingCache cache, CancellationToken cancellation)
    {
        (anchors, fold) = Around(anchors, fold);
        var isKriged = name is not ("trajectories" or "linear" or "mixture");
        var carrier = LeaveOneOut.Fit(anchors, fold, isKriged ? options.Carrier : OptionsOf(name, options.Coupling), cache, cancellation);
        ISurrogate surrogate = carrier;
        if (isKriged)
        {
            var others = new AnchorSet(anchors.Hyperparameter, anchors.Where((_, k) => k != fold));
            surrogate = new KrigedSurrogate(carrier, KrigingFitter.Fit(others, carrier, OptionsOf(name, options), null, cancellation));
        }

        return FoldScore.Of(surrogate.Sample, carrier.State, anchors[fold], isScatter);
    }

    /// <summary>Of very many anchors those near the one left out, which decide what it is foretold.</summary>
    private static (AnchorSet Anchors, int Fold) Around(AnchorSet anchors, int fold)
    {
        var first = Math.Max(0, fold - MostBeside);
        return anchors.Count <= Many ? (anchors, fold)
            : (new AnchorSet(anchors.Hyperparameter, anchors.Skip(first).Take(fold + MostBeside + 1 - first)), fold - first);
    }

    private static double Share(AnchorSet anchors, int k)
    {
        double U(int i) => anchors.Hyperparameter.ToUnit(anchors[i].Lambda);
        return (U(k) - U(k - 1)) / (U(k + 1) - U(k - 1));
    }

    /// <summary>Whether rows of the same contexts are draws of their own at each anchor.</summary>
    private static bool IsIndependentScatter(AnchorSet anchors, TrajectorySurrogate carrier, KrigingOptions options, CancellationToken cancellation)
    {
        if (anchors.Dimension > AffineCarrier.MostDimensions || anchors.ConditionCount == 0)
        {
            return false;
        }

        var t = carrier.State.Trajectories;
        var residuals = t.Points.Select((y, k) => new ConditionalMoments(
            y, t.Dimension, t.Conditions[k], t.ConditionCount, t.Categories, t.CategoryCount, null).Residuals).ToArray();
        cancellation.ThrowIfCancellationRequested();
        double repeated = 0, scatter = 0, variance = 0;
        for (var k = 0; k < residuals.Length; k++)
        {
            scatter += IndependentScatter.Dot(residuals[k], residuals[k]) / residuals[k].Length;
            variance += t.Points[k].Average(y => (double)y * y);
            if (k > 0)
            {
                repeated += IndependentScatter.Dot(residuals[k], residuals[k - 1])
                    / Math.Sqrt(IndependentScatter.Dot(residuals[k], residuals[k]) * IndependentScatter.Dot(residuals[k - 1], residuals[k - 1]));
            }
        }

        if (scatter < IndependentScatter.LeastScatter * variance || repeated / (residuals.Length - 1) > IndependentScatter.MostRepeated)
        {
            return false;
        }

        if (anchors.Count < 3)
        {
            return true;
        }

        // A law that is rough in the context but smooth in λ is foretold row by row.
        var kriging = KrigingFitter.Fit(anchors, carrier, options with { Kind = OutputKind.Free, Nugget = NuggetKind.Fixed, Carrying = RowCarrying.Maps }, null, cancellation);
        var errors = AnchorKriging.At(KrigedSurrogate.PlacesOf(carrier), 1, kriging.Gram!, kriging.Variant, kriging.Theta).LeaveOneOutErrors();
        return errors[1..^1].Average() > IndependentScatter.LeastForetold * scatter / residuals.Length;
    }
}

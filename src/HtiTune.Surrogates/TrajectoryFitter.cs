using HtiTune.Data;
using HtiTune.Surrogates.Clock;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.SelfTuning;

namespace HtiTune.Surrogates;

/// <summary>Fits the parts of a <see cref="TrajectorySurrogate"/>, in the order of the method: coupling, clock, paths, maps.</summary>
internal static class TrajectoryFitter
{
    /// <summary>Outputs of more dimensions have no density potential of their own accord.</summary>
    internal const int MostDensityDimensions = 8;

    internal static TrajectoryState Fit(FitRequest request)
    {
        var (anchors, cancellation) = (request.Anchors, request.Cancellation);
        if (anchors.Count < 2)
        {
            throw new ArgumentException($"A surrogate needs at least 2 anchors; there {(anchors.Count == 1 ? "is 1" : "are none")}.");
        }

        request.Options.Validate(anchors.Dimension);
        if (!request.IsScreened)
        {
            var screened = request with { IsScreened = true };
            return RowScreen.Of(anchors, request.Options.Coupling) is { } screen ? screen.Restore(Fit(screened with { Anchors = screen.Rest })) : Fit(screened);
        }

        request = request with { Options = MethodRecipe.Apply(request.Options) };
        var options = request.Options;
        var published = PublishedMethods.For(options.Method);
        TrainedGeometry.For(options);
        if (options.SelfTune)
        {
            var choice = SelfTuner.Choose(request);
            var tuned = Fit(request with { Options = choice.Options });
            return tuned with { Report = tuned.Report with { SelfTuning = choice.Report, Notes = [.. tuned.Report.Notes, choice.Note] } };
        }

        if (MethodRecipe.IsUnconditional(options.Method) && anchors.ConditionCount + anchors.CategoryCount > 0)
        {
            return published!.FitUnconditional(anchors, stripped => Fit(request with { Anchors = stripped }));
        }

        var random = new RandomStreams(options.Seed).Fork("surrogate");
        request.Progress?.Report(new FitProgress("coupling", 0));
        var outputs = request.Previous?.Outputs ?? Standardization.Of(anchors.Select(a => a.Samples.Outputs), shareScale: true);
        var conditions = request.Previous?.Conditions ?? Standardization.Of(anchors.Select(a => a.Samples.Conditions), shareScale: false);
        var dual = options.Coupling == CouplingKind.Dual
            ? TrainedGeometry.For(options)!.Dual(options, ChoosePotential(options.Potential, CouplingKind.Dual, anchors.Dimension), random.Fork("dual"), request.Progress)
            : null;
        var groups = RowGroups.Of(anchors, options.Coupling);
        var pairs = new PairCoupler(anchors, groups, outputs, conditions, options.Cost, request.Cache);
        request.Previous?.Seed(pairs, groups);
        var coupled = Coupler.Couple(anchors, groups, pairs, outputs, conditions, request.Threads, cancellation, dual);
        var trajectories = coupled.Trajectories;

        request.Progress?.Report(new FitProgress("clock", 0.15));
        var positions = TrajectoryState.PositionsOf(anchors.Hyperparameter, anchors.Lambdas);
        var clock = ClockSelection.Choose(
            anchors, positions, coupled, pairs, outputs, ClockOf(options), cancellation);

        request.Progress?.Report(new FitProgress("paths", 0.2));
        var potential = ChoosePotential(options.Potential, coupled.Kind, anchors.Dimension);
        var ridge = RidgeOf(request, coupled, random);
        var fits = new IntervalFits(request, trajectories, dual, potential, random, isByRidge: ridge is { NeedsNetworks: false });
        fits.Run(coupled.Deterministic);
        var motion = MethodRecipe.IsLearned(options.Method) ? published!.Train(trajectories, positions, options, random, cancellation) : [];
        request.Progress?.Report(new FitProgress("done", 1));
        return new TrajectoryState
        {
            Hyperparameter = anchors.Hyperparameter,
            Lambdas = [.. anchors.Lambdas],
            Clock = clock.Clock,
            Outputs = outputs,
            Conditions = conditions,
            Trajectories = trajectories,
            Contexts = ContextsOf(anchors, coupled),
            Bends = fits.Bends,
            Forward = fits.Forward,
            Backward = fits.Backward,
            Paths = fits.Paths,
            Start = fits.Start,
            Ridge = ridge,
            Motion = motion,
            Options = options,
            Report = new FitReport
            {
                Coupling = coupled.Kind,
                Deterministic = coupled.Deterministic,
                Costs = coupled.Costs,
                Potential = fits.Bandwidths.Any(bandwidth => bandwidth > 0) ? PotentialKind.Density : PotentialKind.None,
                Bandwidths = fits.Bandwidths,
                ClockShift = clock.Clock.Shift,
                ClockIntervals = clock.Intervals,
                ClockError = clock.Error,
                ConstantClockError = clock.ConstantError,
                MapErrors = fits.MapErrors,
                SelfTuning = request.Previous?.SelfTuning,
                Notes = ridge is null ? Notes(anchors, options, clock) : [.. Notes(anchors, options, clock), ridge.Note],
                Warnings = [.. ColumnUnits.Losses([.. anchors.Select(anchor => anchor.Samples.Outputs)])],
            },
        };
    }

    /// <summary>What kernel ridge of contexts learns where it is asked for, and there are new contexts to ask for.</summary>
    private static RidgeState? RidgeOf(FitRequest request, Coupler.Result coupled, RandomStreams random)
    {
        var options = request.Options;
        if (request.Previous is { } previous)
        {
            return previous.Ridge;
        }

        return !options.TrainMaps || !coupled.Deterministic || coupled.Trajectories.ConditionCount == 0 || options.Method is not (Method.Hti or Method.Linear) ? null
            : options.Maps == ContextMaps.Ridge ? ContextRidge.Learn(coupled.Trajectories, request.Cancellation)
            : options.Maps == ContextMaps.Tried ? RidgeTrial.Of(coupled.Trajectories, options, random.Fork("contexts"), request.Cancellation)
            : null;
    }

    // The published energy of a dual coupling holds a clock already.
    private static ClockKind ClockOf(TrajectoryOptions options) =>
        options.Coupling == CouplingKind.Dual && options.Clock == ClockKind.Auto && options.Energy != EnergyKind.Action ? ClockKind.Constant : options.Clock;

    private static PotentialKind ChoosePotential(PotentialKind asked, CouplingKind coupling, int dimension) =>
        asked != PotentialKind.Auto ? asked
        : coupling == CouplingKind.ByContext || dimension > MostDensityDimensions ? PotentialKind.None
        : PotentialKind.Density;

    private static Contexts ContextsOf(AnchorSet anchors, Coupler.Result coupled)
    {
        if (coupled.Kind == CouplingKind.ByContext)
        {
            return anchors[0].Samples.Contexts;
        }

        var trajectories = coupled.Trajectories;
        var conditions = anchors.ConditionCount == 0
            ? Matrix.Empty(trajectories.Count)
            : new Matrix(trajectories.Count, anchors.ConditionCount, coupled.FirstConditions);
        return anchors.CategoryCount == 0
            ? new Contexts(conditions)
            : new Contexts(conditions, (int[])trajectories.Categories.Clone(), anchors.CategoryCount);
    }

    private static List<string> Notes(AnchorSet anchors, TrajectoryOptions options, ClockSelection.Choice clock)
    {
        var notes = new List<string>();
        if (options.Method != Method.Hti)
        {
            notes.Add(MethodRecipe.Note(options.Method));
        }
        else if (anchors.Count == 2)
        {
            notes.Add("Two anchors do not show how fast outputs move between them: a third anchor, or a declared scale of the "
                + "hyperparameter, is worth more than any other setting.");
        }
        else if (clock.Clock.Shift == 0)
        {
            notes.Add("Leaving out one anchor at a time showed no clear gain of a learned clock: samples move at constant speed.");
        }

        return notes;
    }
}

using HtiTune.Data;
using HtiTune.Surrogates.Baselines;
using HtiTune.Surrogates.Clock;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>Fits the parts of a <see cref="TrajectorySurrogate"/>, in the order of the method: coupling, clock, paths, maps.</summary>
internal static class TrajectoryFitter
{
    private const int MostDensityDimensions = 8;
    private const int MapDepth = 3;
    private const int PathDepth = 2;
    private const double MapRate = 5e-3;
    private const double PathRate = 3e-3;

    internal static TrajectoryState Fit(
        AnchorSet anchors, TrajectoryOptions options, IProgress<FitProgress>? progress, CancellationToken cancellation)
    {
        if (anchors.Count < 2)
        {
            throw new ArgumentException($"A surrogate needs at least 2 anchors; there {(anchors.Count == 1 ? "is 1" : "are none")}.", nameof(anchors));
        }

        options.Validate(anchors.Dimension);
        options = MethodRecipe.Apply(options);
        if (Unconditional.Applies(anchors, options.Method))
        {
            return Unconditional.Restore(Fit(Unconditional.Strip(anchors), options, progress, cancellation), anchors);
        }

        var random = new RandomStreams(options.Seed).Fork("surrogate");
        progress?.Report(new FitProgress("coupling", 0));
        var outputs = Standardization.Of(anchors.Select(a => a.Samples.Outputs), shareScale: true);
        var conditions = Standardization.Of(anchors.Select(a => a.Samples.Conditions), shareScale: false);
        var dual = options.Coupling == CouplingKind.Dual
            ? new DualCoupler(options, ChoosePotential(options.Potential, CouplingKind.Dual, anchors.Dimension), random.Fork("dual"), progress)
            : null;
        var coupled = Coupler.Couple(anchors, outputs, conditions, options, cancellation, dual);
        var trajectories = coupled.Trajectories;

        progress?.Report(new FitProgress("clock", 0.15));
        var positions = TrajectoryState.PositionsOf(anchors.Hyperparameter, anchors.Lambdas);
        var clock = ClockSelection.Choose(anchors, positions, coupled, outputs, conditions, dual is null ? options : DualCoupler.WithClock(options), cancellation);

        progress?.Report(new FitProgress("paths", 0.2));
        var potential = ChoosePotential(options.Potential, coupled.Kind, anchors.Dimension);
        var intervals = anchors.Count - 1;
        var bandwidths = new double[intervals];
        var bends = new float[intervals][];
        for (var k = 0; k < intervals && (potential == PotentialKind.Density || options.Metric != MetricKind.None); k++)
        {
            (bends[k], bandwidths[k]) = dual?.Bends(trajectories, k)
                ?? SolvePaths(trajectories, k, potential, options, random, cancellation);
        }

        var networks = new NetworkFits(trajectories, coupled.Deterministic, dual, options, random, progress, cancellation);
        var maps = networks.Train(bends);
        var motion = LearnedMotion.Train(trajectories, positions, options, random, cancellation);
        progress?.Report(new FitProgress("done", 1));
        return new TrajectoryState
        {
            Hyperparameter = anchors.Hyperparameter,
            Lambdas = [.. anchors.Lambdas],
            Clock = clock.Clock,
            Outputs = outputs,
            Conditions = conditions,
            Trajectories = trajectories,
            Contexts = ContextsOf(anchors, coupled),
            Bends = bends,
            Forward = maps.Forward,
            Backward = maps.Backward,
            Paths = maps.Paths,
            Start = maps.Start,
            Motion = motion,
            Options = options,
            Report = new FitReport
            {
                Coupling = coupled.Kind,
                Deterministic = coupled.Deterministic,
                Costs = coupled.Costs,
                Potential = potential,
                Bandwidths = bandwidths,
                ClockShift = clock.Clock.Shift,
                ClockError = clock.Error,
                ConstantClockError = clock.ConstantError,
                MapErrors = maps.Errors,
                Notes = Notes(anchors, options, clock),
            },
        };
    }

    private static PotentialKind ChoosePotential(PotentialKind asked, CouplingKind coupling, int dimension) =>
        asked != PotentialKind.Auto ? asked
        : coupling == CouplingKind.ByContext || dimension > MostDensityDimensions ? PotentialKind.None
        : PotentialKind.Density;

    private static (float[] Bends, double Bandwidth) SolvePaths(
        Trajectories trajectories, int interval, PotentialKind kind, TrajectoryOptions options, RandomStreams random, CancellationToken cancellation)
    {
        var potential = kind == PotentialKind.Density ? new DensityPotential(trajectories, interval, options) : null;
        var size = SineBasis.Count * trajectories.Dimension;
        var bends = new float[trajectories.Count * size];
        for (var t = 0; t < trajectories.Count && potential is not null; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            ActionPathSolver.Solve(
                trajectories.Point(interval, t),
                trajectories.Point(interval + 1, t),
                potential.For(trajectories.Categories[t], trajectories.Condition(interval, t)),
                potential.Strength,
                potential.Threshold,
                bends.AsSpan(t * size, size));
        }

        if (options.Metric != MetricKind.None)
        {
            new MetricPaths(trajectories, interval, potential)
                .Train(bends, options.Metric == MetricKind.Learned, random.Stream($"metric {interval}"), cancellation);
        }

        return (bends, potential?.Bandwidth ?? 0);
    }

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

    /// <summary>The networks of a fit.</summary>
    private sealed class NetworkFits(
        Trajectories trajectories,
        bool deterministic,
        DualCoupler? dual,
        TrajectoryOptions options,
        RandomStreams random,
        IProgress<FitProgress>? progress,
        CancellationToken cancellation)
    {
        private readonly NetworkShape _mapShape = new(options.HiddenWidth, MapDepth, options.MapSteps, MapRate);
        private readonly NetworkShape _pathShape = new(2 * options.HiddenWidth, PathDepth, options.PathSteps, PathRate);

        internal (FrozenNetwork[] Forward, FrozenNetwork[] Backward, FrozenNetwork?[] Paths, FrozenNetwork? Start, double[] Errors) Train(
            float[]?[] bends)
        {
            var intervals = trajectories.Points.Length - 1;
            if (!options.TrainMaps || !MethodRecipe.NeedsMaps(options.Method))
            {
                return ([], [], new FrozenNetwork?[intervals], null, []);
            }

            var forward = new FrozenNetwork[intervals];
            var backward = new FrozenNetwork[intervals];
            var paths = new FrozenNetwork?[intervals];
            var errors = new double[intervals];
            for (var k = 0; k < intervals; k++)
            {
                progress?.Report(new FitProgress("maps", 0.3 + 0.7 * k / intervals));
                forward[k] = dual?.Map(k) ?? Map(k, k + 1);
                errors[k] = Error(forward[k], k);
                backward[k] = Map(k + 1, k);
                if (bends[k] is { } solved)
                {
                    paths[k] = dual?.Paths(k) ?? Path(k, solved);
                }
            }

            var start = deterministic
                ? NetworkTrainer.Train(
                    trajectories.Conditions[0],
                    trajectories.ConditionCount,
                    trajectories.Categories,
                    trajectories.CategoryCount,
                    trajectories.Points[0],
                    trajectories.Dimension,
                    _mapShape,
                    random.Fork("start"),
                    cancellation)
                : null;
            return (forward, backward, paths, start, errors);
        }

        /// <summary>y_to − y_from from (y_from, x).</summary>
        private FrozenNetwork Map(int from, int to) => NetworkTrainer.Train(
            Sources(from),
            trajectories.Dimension + trajectories.ConditionCount,
            trajectories.Categories,
            trajectories.CategoryCount,
            Moves(from, to),
            trajectories.Dimension,
            _mapShape,
            random.Fork($"map {from}-{to}"),
            cancellation);

        /// <summary>Mean squared error of a forward map on its own pairs.</summary>
        private double Error(FrozenNetwork map, int interval)
        {
            var predicted = new float[trajectories.Count * trajectories.Dimension];
            map.Evaluate(Sources(interval), trajectories.Categories, predicted);
            return predicted.Zip(Moves(interval, interval + 1), (p, t) => (double)(p - t) * (p - t)).Sum() / Math.Max(1, predicted.Length);
        }

        /// <summary>(y, x) of an anchor, [N, D + C].</summary>
        private float[] Sources(int anchor)
        {
            int n = trajectories.Count, d = trajectories.Dimension, c = trajectories.ConditionCount;
            var inputs = new float[n * (d + c)];
            for (var t = 0; t < n; t++)
            {
                trajectories.Point(anchor, t).CopyTo(inputs.AsSpan(t * (d + c)));
                trajectories.Condition(anchor, t).CopyTo(inputs.AsSpan(t * (d + c) + d));
            }

            return inputs;
        }

        /// <summary>y_to − y_from, [N, D].</summary>
        private float[] Moves(int from, int to)
        {
            var moves = new float[trajectories.Count * trajectories.Dimension];
            for (var i = 0; i < moves.Length; i++)
            {
                moves[i] = trajectories.Points[to][i] - trajectories.Points[from][i];
            }

            return moves;
        }

        /// <summary>Bends z_q/q from both end points and x: the division puts all terms on the scale of the curve.</summary>
        private FrozenNetwork Path(int interval, float[] bends)
        {
            int n = trajectories.Count, d = trajectories.Dimension, c = trajectories.ConditionCount, width = 2 * d + c;
            var inputs = new float[n * width];
            var targets = new float[n * SineBasis.Count * d];
            for (var t = 0; t < n; t++)
            {
                var row = inputs.AsSpan(t * width, width);
                trajectories.Point(interval, t).CopyTo(row);
                trajectories.Point(interval + 1, t).CopyTo(row[d..]);
                trajectories.Condition(interval, t).CopyTo(row[(2 * d)..]);
                for (var i = 0; i < SineBasis.Count * d; i++)
                {
                    targets[t * SineBasis.Count * d + i] = bends[t * SineBasis.Count * d + i] / (i / d + 1);
                }
            }

            return NetworkTrainer.Train(
                inputs,
                width,
                trajectories.Categories,
                trajectories.CategoryCount,
                targets,
                SineBasis.Count * d,
                _pathShape,
                random.Fork($"path {interval}"),
                cancellation);
        }
    }
}

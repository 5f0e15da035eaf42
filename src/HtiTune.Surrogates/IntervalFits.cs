using System.Globalization;
using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>The paths and networks of each interval, several intervals at a time; those that a fit before has are taken from it.</summary>
/// <remarks>An interval's chance is named by its anchors' λ: what is drawn does not depend on the other intervals, nor on the threads.</remarks>
internal sealed class IntervalFits
{
    private const int MapDepth = 3;
    private const int PathDepth = 2;

    /// <summary>Share of straight paths whose middle may lie where samples are rare, before a potential bends them; 0.2 is that of samples.</summary>
    private const double MostRareMiddles = 0.3;

    /// <summary>What a potential must leave of the length that straight paths run where samples are rare; else it only makes them leap.</summary>
    private const double MostLeftRare = 0.5;

    /// <summary>
    /// Paths that are solved in an interval, and how many at least of very many: others bend as a network says that has learned from these. Of N beyond the first number that
    /// number squared over N are solved, so that more rows do not cost more.
    /// </summary>
    private const int MostSolved = 2000, LeastSolved = 400;

    private const double MapRate = 5e-3;
    private const double PathRate = 3e-3;

    private readonly FitRequest _request;
    private readonly Trajectories _trajectories;
    private readonly IDualCoupling? _dual;
    private readonly PotentialKind _potential;
    private readonly RandomStreams _random;
    private readonly NetworkShape _mapShape, _pathShape;
    private readonly Lock _progress = new();
    private double _share = 0.2;

    /// <param name="request">The fit.</param>
    /// <param name="trajectories">The coupled samples.</param>
    /// <param name="dual">The dual coupling, if that was asked for.</param>
    /// <param name="potential">Density or none.</param>
    /// <param name="random">Chance of the fit.</param>
    /// <param name="isByRidge">Whether kernel ridge alone answers new contexts, so that no map is needed.</param>
    internal IntervalFits(FitRequest request, Trajectories trajectories, IDualCoupling? dual, PotentialKind potential, RandomStreams random, bool isByRidge = false)
    {
        HasMaps = request.Options.TrainMaps && MethodRecipe.NeedsMaps(request.Options.Method) && !isByRidge;
        _request = request;
        _trajectories = trajectories;
        _dual = dual;
        _potential = potential;
        _random = random;
        _mapShape = MapShape(Options);
        // Of very many paths few are solved, and what they teach a narrow network holds.
        _pathShape = new NetworkShape(trajectories.Count <= MostSolved ? 2 * Options.HiddenWidth : Options.HiddenWidth, PathDepth, Options.PathSteps, PathRate);
        var intervals = request.Anchors.Count - 1;
        Bends = new float[intervals][];
        Bandwidths = new double[intervals];
        Paths = new FrozenNetwork?[intervals];
        var maps = HasMaps ? intervals : 0;
        (Forward, Backward, MapErrors) = (new FrozenNetwork[maps], new FrozenNetwork[maps], new double[maps]);
    }

    /// <summary>Bends of the trajectories in each interval, [N, Q, D]; null for straight paths.</summary>
    internal float[]?[] Bends { get; }

    /// <summary>Bandwidth of each interval; 0 without a potential.</summary>
    internal double[] Bandwidths { get; }

    /// <summary>Maps from anchor k to k + 1; empty without maps.</summary>
    internal FrozenNetwork[] Forward { get; }

    /// <summary>Maps from anchor k + 1 to k; empty without maps.</summary>
    internal FrozenNetwork[] Backward { get; }

    /// <summary>Bends from end points; null for straight paths.</summary>
    internal FrozenNetwork?[] Paths { get; }

    /// <summary>Outputs at the first anchor from conditions; null for draws.</summary>
    internal FrozenNetwork? Start { get; private set; }

    /// <summary>Mean squared error of each forward map; empty without maps.</summary>
    internal double[] MapErrors { get; }

    private TrajectoryOptions Options => _request.Options;

    private bool HasMaps { get; }

    private bool HasPaths => _potential == PotentialKind.Density || Options.Metric != MetricKind.None;

    /// <summary>Layers and steps of a map.</summary>
    internal static NetworkShape MapShape(TrajectoryOptions options) => new(options.HiddenWidth, MapDepth, options.MapSteps, MapRate);

    /// <summary>Fits every interval.</summary>
    /// <param name="deterministic">Whether each context has one output.</param>
    internal void Run(bool deterministic)
    {
        // The last piece is the network of the first anchor's outputs.
        var pieces = Bends.Length + (deterministic && HasMaps ? 1 : 0);

        // Only a metric is trained by libtorch: a fit without one does not load it.
        using var single = Options.Metric != MetricKind.None ? TrainedGeometry.For(Options)!.OneThread() : null;
        InParallel.For(pieces, _request.Threads, piece =>
        {
            if (piece == Bends.Length)
            {
                Start = _request.Previous?.Start(_request.Anchors) ?? FirstOutputs();
            }
            else
            {
                Fit(piece);
            }

            Report(HasMaps ? "maps" : "paths", 1.0 / pieces);
        }, _request.Cancellation);
    }

    private void Fit(int k)
    {
        var known = _request.Previous?.Find(k);
        if (HasPaths && (_request.OnlyInterval is not { } only || only == k))
        {
            var bends = known?.Bends(_trajectories, k);
            (Bends[k], Bandwidths[k]) = bends is not null ? (bends, known!.Value.Bandwidth)
                : known is null && _dual is not null ? _dual.Bends(_trajectories, k)
                : SolvePaths(k);
        }

        if (!HasMaps)
        {
            Paths[k] = null;
            return;
        }

        Report("maps", 0);
        Forward[k] = known?.Forward ?? _dual?.Map(k) ?? Map(k, k + 1);
        MapErrors[k] = known?.Forward is null ? Error(Forward[k], k) : known.Value.MapError;
        Backward[k] = known?.Backward ?? Map(k + 1, k);
        if (Bends[k] is { } solved)
        {
            Paths[k] = known?.Paths ?? _dual?.Paths(k) ?? Paths[k] ?? Path(k, solved, [.. Enumerable.Range(0, _trajectories.Count)]);
        }
    }

    /// <summary>Adds to what is done of the intervals; reports come one at a time, from the threads that work.</summary>
    private void Report(string stage, double share)
    {
        lock (_progress)
        {
            _share += 0.8 * share;
            _request.Progress?.Report(new FitProgress(stage, Math.Min(1, _share)));
        }
    }

    private string Name(int anchor) => _request.Anchors[anchor].Lambda.ToString("R", CultureInfo.InvariantCulture);

    private FrozenNetwork FirstOutputs() => NetworkTrainer.Train(
        _trajectories.Conditions[0],
        _trajectories.ConditionCount,
        _trajectories.Categories,
        _trajectories.CategoryCount,
        _trajectories.Points[0],
        _trajectories.Dimension,
        _mapShape,
        _random.Fork($"start {Name(0)}"),
        _request.Cancellation);

    private (float[]? Bends, double Bandwidth) SolvePaths(int interval)
    {
        var potential = _potential == PotentialKind.Density ? new DensityPotential(_trajectories, interval, Options) : null;
        var isChosen = Options.Potential == PotentialKind.Auto && _trajectories.ConditionCount == 0;
        if (potential is not null && isChosen && potential.RareMiddles(_trajectories, interval) <= MostRareMiddles)
        {
            // Straight paths stay where samples are: a potential would only draw them onto single samples.
            potential = null;
        }

        if (potential is null && Options.Metric == MetricKind.None)
        {
            return (null, 0);
        }

        var size = SineBasis.Count * _trajectories.Dimension;
        var bends = new float[_trajectories.Count * size];
        var rows = ConditionalMoments.Thinned([.. Enumerable.Range(0, _trajectories.Count)], Options.Metric == MetricKind.None ? Solved(_trajectories.Count) : _trajectories.Count);
        for (var i = 0; i < rows.Length && potential is not null; i++)
        {
            var t = rows[i];
            _request.Cancellation.ThrowIfCancellationRequested();
            ActionPathSolver.Solve(
                _trajectories.Point(interval, t),
                _trajectories.Point(interval + 1, t),
                potential.For(_trajectories.Categories[t], _trajectories.Condition(interval, t)),
                potential.Strength,
                potential.Threshold,
                bends.AsSpan(t * size, size));
        }

        if (potential is not null && rows.Length < _trajectories.Count)
        {
            Paths[interval] = Path(interval, bends, rows);
            PathRegression.Fill(Paths[interval]!, _trajectories, interval, bends, rows);
        }

        if (potential is not null && isChosen && Options.Metric == MetricKind.None
            && potential.RareLength(_trajectories, interval, bends) > MostLeftRare * potential.RareLength(_trajectories, interval, []))
        {
            // The ground between the anchors is empty, and no bend leads around it.
            Paths[interval] = null;
            return (null, 0);
        }

        if (Options.Metric != MetricKind.None)
        {
            TrainedGeometry.For(Options)!.TrainMetric(
                _trajectories, interval, potential, bends, Options.Metric == MetricKind.Learned,
                _random.Stream($"metric {Name(interval)} {Name(interval + 1)}"), _request.Cancellation);
        }

        return (bends, potential?.Bandwidth ?? 0);
    }

    private static int Solved(int count) => count <= MostSolved ? MostSolved : (int)Math.Max(LeastSolved, (long)MostSolved * MostSolved / count);

    /// <summary>y_to − y_from from (y_from, x).</summary>
    private FrozenNetwork Map(int from, int to) => NetworkTrainer.Train(
        Sources(from),
        _trajectories.Dimension + _trajectories.ConditionCount,
        _trajectories.Categories,
        _trajectories.CategoryCount,
        Moves(from, to),
        _trajectories.Dimension,
        _mapShape,
        _random.Fork($"map {Name(from)} {Name(to)}"),
        _request.Cancellation,
        _trajectories.Dimension);

    /// <summary>Mean squared error of a forward map on its own pairs.</summary>
    private double Error(FrozenNetwork map, int interval)
    {
        var predicted = new float[_trajectories.Count * _trajectories.Dimension];
        map.Evaluate(Sources(interval), _trajectories.Categories, predicted);
        return predicted.Zip(Moves(interval, interval + 1), (p, t) => (double)(p - t) * (p - t)).Sum() / Math.Max(1, predicted.Length);
    }

    /// <summary>(y, x) of an anchor, [N, D + C].</summary>
    private float[] Sources(int anchor)
    {
        int n = _trajectories.Count, d = _trajectories.Dimension, c = _trajectories.ConditionCount;
        var inputs = new float[n * (d + c)];
        for (var t = 0; t < n; t++)
        {
            _trajectories.Point(anchor, t).CopyTo(inputs.AsSpan(t * (d + c)));
            _trajectories.Condition(anchor, t).CopyTo(inputs.AsSpan(t * (d + c) + d));
        }

        return inputs;
    }

    /// <summary>y_to − y_from, [N, D].</summary>
    private float[] Moves(int from, int to)
    {
        var moves = new float[_trajectories.Count * _trajectories.Dimension];
        for (var i = 0; i < moves.Length; i++)
        {
            moves[i] = _trajectories.Points[to][i] - _trajectories.Points[from][i];
        }

        return moves;
    }

    private FrozenNetwork Path(int interval, float[] bends, int[] rows) => PathRegression.Train(
        _trajectories, interval, bends, rows, _pathShape, _random.Fork($"path {Name(interval)} {Name(interval + 1)}"), _request.Cancellation);
}

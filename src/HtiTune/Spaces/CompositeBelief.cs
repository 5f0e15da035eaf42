// Notation, beside that of AnchorKriging and WeightDraws (K trainings with outputs y_k [n, D], less is better)
//   g          the objective at outputs [n, D] and, where it asks for it, the configuration
//   ψ          link of the outputs (OutputTransform): what is kriged
//   θ_i        states of the hyperparameter walk, i = 1 … I;  w_i(λ), v_i(λ) weights and unit variance at each
//   mean       y(λ) = ψ⁻¹(Σ_k w̄_k ψ(y_k)), w̄ the mean of w_i
//   draw s     y_s(λ) = ψ⁻¹(Σ_k a_k ψ(y_k)),  a = w_i + √(v_i) e_s,  e_s = ± c τ_s/√(K − 1) S ξ_s of state i = s mod I, fixed once: smooth in λ
//   c          max(1, z_(m)/Φ⁻¹(.95)), m = ⌈.9 (K + 1)⌉ (K at most), z_k = |g(y_k) − mean_k|/deviation_k, in order: moments of g at draws of training k that is left
//              out. The lengths are those of all outputs; an objective may hang on some that turn faster, and then nine tenths of its own values say so     [Barber2021]
// The objective's values at draws are its belief: no model of their own is laid over them.
// Draws of one context are coupled from training to training first (TreeCoupling); they scatter, so that ν is learned.

using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Coupling;

namespace HtiTune;

/// <summary>What the outputs of the trainings say of the objective over the space.</summary>
internal sealed class CompositeBelief
{
    /// <summary>Trainings with outputs from which it is made at least.</summary>
    internal const int LeastTrainings = 3;

    private const int LeastForNugget = 8, LeastForDraws = 5, Judged = 12;
    private const double ClearGain = 2, ClearShare = 0.9, Level = 0.9;

    private readonly SpaceCoordinates _coordinates;
    private readonly SpaceObjective _objective;
    private readonly OutputTransform _transform;
    private readonly AnchorRows _rows;
    private readonly AnchorKriging[] _states;
    private readonly double[][] _spreads;
    private readonly double[] _flat;
    private readonly int _columns;

    private CompositeBelief(
        SpaceCoordinates coordinates, SpaceObjective objective, OutputTransform transform, AnchorRows rows, int columns, double[] flat, AnchorKriging fit, AnchorKriging[] states,
        double widening, RandomStream stream)
    {
        Widening = widening;
        (_coordinates, _objective, _transform, _rows, _columns, _flat, Fit, _states) = (coordinates, objective, transform, rows, columns, flat, fit, states);
        _spreads = new double[4 * states.Length][];
        for (var s = 0; s < _spreads.Length; s++)
        {
            _spreads[s] = s % 2 == 1 ? [.. _spreads[s - 1].Select(e => -e)] : Spread(StateOf(s), stream);
        }

        var scale = widening * LeftOutScale();
        foreach (var spread in _spreads)
        {
            foreach (ref var e in spread.AsSpan())
            {
                e *= scale;
            }
        }
    }

    /// <summary>The kriging at the optimum of its likelihood.</summary>
    internal AnchorKriging Fit { get; }

    /// <summary>The states of θ.</summary>
    internal IReadOnlyList<AnchorKriging> States => _states;

    /// <summary>Draws that are fixed for all λ, in pairs on either side of the mean.</summary>
    internal int Draws => _spreads.Length;

    /// <summary>What draws are wider by than the trainings' own outputs say, because intervals have not held.</summary>
    internal double Widening { get; }

    /// <summary>Which state draw s is of.</summary>
    internal int StateIndexOf(int s) => s / 2 % _states.Length;

    /// <summary>x of training k.</summary>
    internal ReadOnlySpan<double> PlaceOf(int k) => _flat.AsSpan(k * _coordinates.Count, _coordinates.Count);

    /// <summary>e_s, [K].</summary>
    internal double[] SpreadOf(int s) => _spreads[s];

    /// <summary>How often the objective was called.</summary>
    internal int Calls { get; private set; }

    /// <summary>What one call costs beside a small one: outputs are sums over all trainings.</summary>
    internal double Cost => Math.Max(1, (double)_rows.Count * _columns * Fit.Count / 3e5);

    /// <summary>Makes it; null where the trainings have no outputs that fit together, or too few.</summary>
    /// <param name="coordinates">The space.</param>
    /// <param name="places">x of the trainings with outputs.</param>
    /// <param name="outputs">Their outputs.</param>
    /// <param name="contexts">What they answer; null: every row a question of its own.</param>
    /// <param name="objective">g.</param>
    /// <param name="isNoisy">Whether outputs scatter from training to training; null: the data say.</param>
    /// <param name="widening">What draws are widened by, at least 1.</param>
    /// <param name="streams">Chance.</param>
    /// <param name="cancellation">Ends the fit.</param>
    internal static CompositeBelief? Make(
        SpaceCoordinates coordinates, double[][] places, Matrix[] outputs, Contexts? contexts, SpaceObjective objective, bool? isNoisy, double widening, RandomStreams streams,
        CancellationToken cancellation)
    {
        if (outputs.Length < LeastTrainings || outputs[0].Rows * outputs[0].Columns == 0)
        {
            return null;
        }

        // As anchors of an axis that counts them: kind and links are found as those of the surrogate.
        var (n, d) = (outputs[0].Rows, outputs[0].Columns);
        var axis = Hyperparameter.Continuous("training", 0, outputs.Length);
        var none = new Contexts(Matrix.Empty(n));
        var anchors = new AnchorSet(axis, outputs.Select((y, k) => new Anchor(k, new Samples(y, none))));
        var standardizer = Standardizer.Of(Matrix.Create(n * outputs.Length, d, (i, row) => outputs[i / n].Row(i % n).CopyTo(row)));
        float[][] standardised = [.. outputs.Select(y => standardizer.Apply(y).Values.ToArray())];
        var order = contexts is null ? null : TreeCoupling.Couple(places, standardised, d, ContextKey.Groups(contexts), cancellation);
        standardised = order is null ? standardised : [.. standardised.Select((y, k) => Trajectories.Select(y, order[k], d))];
        isNoisy = order is not null && outputs.Length >= LeastForDraws ? true : isNoisy;
        var kind = OutputTransform.Detect(anchors, null);
        var flat = places.SelectMany(x => x).ToArray();
        (OutputTransform Transform, AnchorRows Rows, AnchorKriging Fit, double Error)? best = null;
        var links = OutputTransform.Links(anchors, kind, null);
        foreach (var link in links)
        {
            cancellation.ThrowIfCancellationRequested();
            var transform = new OutputTransform(kind, link, standardizer, null, isDraws: order is not null);
            var rows = new AnchorRows(standardised, Array.ConvertAll(standardised, transform.Forward), null, n);
            var fit = Learn(coordinates, flat, GramMatrix.Of(rows.Linked!), isNoisy, cancellation);
            var error = links.Length > 1 ? LeftOutError(rows, transform, standardizer, fit, d) : 0;
            if (best is null || error < ClearShare * best.Value.Error)
            {
                best = (transform, rows, fit, error);
            }
        }

        var (chosen, linked, kriging, _) = best!.Value;
        AnchorKriging[] states = kriging.Likelihood.HasVariation
            ? [.. HyperparameterWalk.From(kriging.Likelihood, kriging.Theta, streams.Stream("composite walk")).Where((_, i) => kriging.Count <= 60 || i % 4 == 3).Select(kriging.With)]
            : [kriging];
        return new CompositeBelief(coordinates, objective, chosen, linked, d, flat, kriging, states, widening, streams.Stream("composite draws"));
    }

    /// <summary>g at the mean outputs; +∞ where it has no answer.</summary>
    internal double Mean(ReadOnlySpan<double> x)
    {
        double[] sum = new double[Fit.Count], weights = new double[Fit.Count];
        foreach (var state in _states)
        {
            state.Weights(x, weights);
            CholeskyFactor.Add(1.0 / _states.Length, weights, sum);
        }

        return Value(sum, x);
    }

    /// <summary>√v in the mean over the states: how far x is from what is known, in units of the outputs' own scale.</summary>
    internal double Distance(ReadOnlySpan<double> x)
    {
        var weights = new double[Fit.Count];
        double sum = 0;
        foreach (var state in _states)
        {
            sum += state.Weights(x, weights);
        }

        return Math.Sqrt(sum / _states.Length);
    }

    /// <summary>g at the first draws.</summary>
    /// <param name="x">The place.</param>
    /// <param name="values">Takes the values, at most <see cref="Draws"/>; +∞ where g has no answer.</param>
    internal void Draw(ReadOnlySpan<double> x, Span<double> values)
    {
        var weights = new double[Fit.Count];
        var drawn = new double[Fit.Count];
        var at = (State: -1, Variance: 0.0);
        for (var s = 0; s < values.Length; s++)
        {
            if (at.State != s / 2 % _states.Length)
            {
                at = (s / 2 % _states.Length, StateOf(s).Weights(x, weights));
            }

            weights.CopyTo(drawn, 0);
            CholeskyFactor.Add(Math.Sqrt(at.Variance), _spreads[s], drawn);
            values[s] = Value(drawn, x);
        }
    }

    /// <summary>g at outputs that are the trainings' own, weighted.</summary>
    /// <param name="weights">One a training.</param>
    /// <param name="x">The place that they are expected at.</param>
    internal double Value(ReadOnlySpan<double> weights, ReadOnlySpan<double> x)
    {
        Calls++;
        var place = x.ToArray();
        try
        {
            var value = _objective(new Matrix(_rows.Count, _columns, _rows.Weighted(weights, _transform, _columns)), () => _coordinates.At(_coordinates.UnitOf(place)));
            return double.IsNaN(value) ? double.PositiveInfinity : value;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return double.PositiveInfinity;
        }
    }

    /// <summary>The belief of training k from those before it, at the same θ.</summary>
    /// <param name="k">At least 2.</param>
    /// <param name="draws">Takes g at draws, an even number.</param>
    /// <param name="stream">Chance.</param>
    internal void Ahead(int k, Span<double> draws, RandomStream stream)
    {
        var c = _coordinates.Count;
        var before = AnchorKriging.At(_flat[..(k * c)], Fit.Likelihood.Layout, Fit.Gram.First(k), Fit.Theta.ToArray());
        double[] some = new double[k], weights = new double[Fit.Count];
        var variance = before.Weights(_flat.AsSpan(k * c, c), some) + (Fit.Variant.LearnsNugget ? Fit.Nugget : 0);
        for (var s = 0; s < draws.Length; s += 2)
        {
            var spread = Spread(before, stream);
            for (var sign = 0; sign < 2; sign++)
            {
                some.CopyTo(weights, 0);
                CholeskyFactor.Add((sign == 0 ? 1 : -1) * Math.Sqrt(variance), spread, weights);
                draws[s + sign] = Value(weights, PlaceOf(k));
            }
        }
    }

    // c. Where the objective has no answer at a training, or is the same at all draws, that training says nothing of it.
    private double LeftOutScale()
    {
        var away = new List<double>();
        double[] others = new double[Fit.Count], drawn = new double[Fit.Count], own = new double[Fit.Count], values = new double[Math.Min(Judged, Draws)];
        for (var k = 0; k < Fit.Count; k++)
        {
            var x = PlaceOf(k);
            var reach = Math.Sqrt(Fit.LeaveOneOut(k, others));
            for (var s = 0; s < values.Length; s++)
            {
                others.CopyTo(drawn, 0);
                CholeskyFactor.Add(reach, _spreads[s], drawn);
                values[s] = Value(drawn, x);
            }

            Array.Clear(own);
            own[k] = 1;
            var mean = values.Average();
            var z = Math.Abs(Value(own, x) - mean) / Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
            if (double.IsFinite(z))
            {
                away.Add(z);
            }
        }

        away.Sort();
        return away.Count == 0 ? 1 : Math.Max(1, away[Math.Min(away.Count, (int)Math.Ceiling(Level * (away.Count + 1))) - 1] / NormalDistribution.Quantile((1 + Level) / 2));
    }

    private AnchorKriging StateOf(int s) => _states[StateIndexOf(s)];

    // e of one draw, [K].
    private static double[] Spread(AnchorKriging state, RandomStream stream)
    {
        var scale = 1 / Math.Sqrt(WeightDraws.ChiSquare(stream, state.Count - 1));
        var spread = new double[state.Count];
        for (var i = 0; i < spread.Length; i++)
        {
            spread[i] = stream.NextNormal();
        }

        state.Spread(spread);
        foreach (ref var e in spread.AsSpan())
        {
            e *= scale;
        }

        return spread;
    }

    private static AnchorKriging Learn(SpaceCoordinates coordinates, double[] flat, GramMatrix gram, bool? isNoisy, CancellationToken cancellation)
    {
        var fit = Of(isNoisy == true);
        if (isNoisy is null && gram.Count >= LeastForNugget)
        {
            var scattered = Of(true);
            fit = scattered.Objective < fit.Objective - ClearGain ? scattered : fit;
        }

        return fit;

        AnchorKriging Of(bool nugget) => AnchorKriging.Fit(flat, new KrigingLayout(coordinates.Kriging, new KrigingVariant(true, nugget)), gram, null, cancellation);
    }

    // Mean squared error of left-out trainings' outputs, in standardised units.
    private static double LeftOutError(AnchorRows rows, OutputTransform transform, Standardizer standardizer, AnchorKriging kriging, int d)
    {
        var weights = new double[kriging.Count];
        var row = new float[d];
        double sum = 0;
        for (var k = 0; k < kriging.Count; k++)
        {
            kriging.LeaveOneOut(k, weights);
            var predicted = rows.Weighted(weights, transform, d);
            for (var i = 0; i < rows.Count; i++)
            {
                standardizer.Apply(predicted.AsSpan(i * d, d), row);
                for (var j = 0; j < d; j++)
                {
                    double error = row[j] - rows.Standardised[k]![i * d + j];
                    sum += error * error;
                }
            }
        }

        return sum;
    }
}

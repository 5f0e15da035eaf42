// Notation, beside that of AnchorKriging and WeightDraws (K anchors with outputs y_k [n, D])
//   g          a functional of outputs [n, D]
//   θ_i        states of the hyperparameter walk, i = 1 … I;  w_i(λ), v_i(λ) weights and unit variance at each
//   mean       y(λ) = ψ⁻¹(Σ_k w̄_k ψ(y_k)), w̄ the mean of w_i
//   draw s     y_s(λ) = ψ⁻¹(Σ_k a_k ψ(y_k)),  a = w_i + √(v_i) e_s,  e_s = ± c τ_s/√(K − 1) S ξ_s of state i = ⌊s/2⌋ mod I, fixed once: smooth in λ
//   c          z_(m)/Φ⁻¹(.95) where that is above 1, m = ⌈.9 (K + 1)⌉ (K at most), z_k = |g(y_k) − mean_k|/deviation_k, in order: moments of g at draws of anchor k that
//              is left out, and what g scatters by where an anchor is a sample of its law. The lengths are those of all outputs; a functional may hang on some that
//              turn faster, and then nine tenths of its own values say so [Barber2021].
//              Else √((8 + Σ z²)/(8 + K)), 1 at most: it may hang on some that turn more slowly, and then errors stay far within what those of all outputs are.
//              That root, above 1 too, where the anchors were not chosen for g: their largest errors lie where g was never looked for
// The functional's values at draws are its law: no model of their own is laid over them.

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>A functional of outputs that are the anchors' own, weighted.</summary>
/// <param name="weights">One an anchor.</param>
/// <param name="x">The coordinates that they are expected at.</param>
internal delegate double WeightedFunctional(ReadOnlySpan<double> weights, ReadOnlySpan<double> x);

/// <summary>By which of its errors at left-out anchors the draws of a functional are widened or narrowed.</summary>
internal enum LeftOutErrors
{
    /// <summary>By the ninth tenth, to no less than the outputs' own: an interval that is told has to hold as often as it says.</summary>
    Told,

    /// <summary>By the ninth tenth, and where that is small by all: a search finds its best the sooner.</summary>
    Searched,

    /// <summary>By all: the anchors were not chosen for the functional.</summary>
    Answered,
}

/// <summary>Draws of a functional over a space, from draws of the outputs.</summary>
internal sealed class FunctionalDraws
{
    private const int Judged = 12;
    private const double Level = 0.9, Doubted = 8;

    private readonly AnchorKriging[] _states;
    private readonly double[][] _spreads;
    private readonly double[] _flat;
    private readonly int _coordinates;
    private readonly WeightedFunctional _functional;
    private readonly double _scatter;
    private readonly LeftOutErrors _errors;

    /// <param name="fit">The kriging at the optimum of its likelihood.</param>
    /// <param name="states">The same at states of θ.</param>
    /// <param name="flat">Coordinates of the anchors, [K, c].</param>
    /// <param name="functional">g.</param>
    /// <param name="widening">What draws are widened by beside c, at least 1.</param>
    /// <param name="draws">Draws of each state, an even number.</param>
    /// <param name="stream">Chance.</param>
    /// <param name="scatter">Variance of g by the chance of an anchor's own rows; 0 where they are no sample.</param>
    /// <param name="errors">What c is of.</param>
    internal FunctionalDraws(
        AnchorKriging fit, AnchorKriging[] states, double[] flat, WeightedFunctional functional, double widening, int draws, RandomStream stream, double scatter = 0,
        LeftOutErrors errors = LeftOutErrors.Searched)
    {
        (Fit, _states, _flat, _coordinates, _functional, _scatter, _errors) = (fit, states, flat, flat.Length / fit.Count, functional, scatter, errors);
        _spreads = new double[draws * states.Length][];
        for (var s = 0; s < _spreads.Length; s++)
        {
            _spreads[s] = s % 2 == 1 ? [.. _spreads[s - 1].Select(e => -e)] : Spread(_states[StateOf(s)], stream);
        }

        LeftOut = LeftOutScale();
        var scale = widening * LeftOut;
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

    /// <summary>c.</summary>
    internal double LeftOut { get; }

    /// <summary>Draws that are fixed for all λ, in pairs on either side of the mean.</summary>
    internal int Count => _spreads.Length;

    /// <summary>x of anchor k.</summary>
    internal ReadOnlySpan<double> PlaceOf(int k) => _flat.AsSpan(k * _coordinates, _coordinates);

    /// <summary>Which state draw s is of.</summary>
    internal int StateOf(int s) => s / 2 % _states.Length;

    /// <summary>e_s, [K].</summary>
    internal double[] SpreadOf(int s) => _spreads[s];

    /// <summary>g at the mean outputs.</summary>
    internal double Mean(ReadOnlySpan<double> x)
    {
        double[] sum = new double[Fit.Count], weights = new double[Fit.Count];
        foreach (var state in _states)
        {
            state.Weights(x, weights);
            CholeskyFactor.Add(1.0 / _states.Length, weights, sum);
        }

        return _functional(sum, x);
    }

    /// <summary>g at the first draws.</summary>
    /// <param name="x">The place.</param>
    /// <param name="values">Takes the values, at most <see cref="Count"/>.</param>
    /// <param name="withNugget">Whether a draw is of what a training would give, ν included, rather than of the smooth law.</param>
    internal void Draw(ReadOnlySpan<double> x, Span<double> values, bool withNugget)
    {
        var weights = new double[Fit.Count];
        var drawn = new double[Fit.Count];
        var at = (State: -1, Variance: 0.0);
        for (var s = 0; s < values.Length; s++)
        {
            if (at.State != StateOf(s))
            {
                var state = _states[StateOf(s)];
                at = (StateOf(s), state.Weights(x, weights) + (withNugget && state.Variant.LearnsNugget ? state.Nugget : 0));
            }

            weights.CopyTo(drawn, 0);
            CholeskyFactor.Add(Math.Sqrt(at.Variance), _spreads[s], drawn);
            values[s] = _functional(drawn, x);
        }
    }

    /// <summary>Mean variance of g at some places by the nugget alone; 0 where g has no answer.</summary>
    /// <param name="places">x.</param>
    internal double NoiseVariance(double[][] places)
    {
        var (sum, known) = (0.0, 0);
        double[] weights = new double[Fit.Count], drawn = new double[Fit.Count];
        foreach (var x in places)
        {
            Fit.Weights(x, weights);
            var values = new List<double>();
            foreach (var spread in _spreads)
            {
                weights.CopyTo(drawn, 0);
                CholeskyFactor.Add(Math.Sqrt(Fit.Nugget), spread, drawn);
                values.Add(_functional(drawn, x));
            }

            if (values.TrueForAll(double.IsFinite))
            {
                var mean = values.Average();
                (sum, known) = (sum + values.Average(v => (v - mean) * (v - mean)), known + 1);
            }
        }

        return known == 0 ? 0 : sum / known;
    }

    /// <summary>g at draws of anchor k from those before it, at the same θ.</summary>
    /// <param name="k">At least 2.</param>
    /// <param name="draws">Takes g at draws, an even number.</param>
    /// <param name="stream">Chance.</param>
    internal void Ahead(int k, Span<double> draws, RandomStream stream)
    {
        var before = AnchorKriging.At(_flat[..(k * _coordinates)], Fit.Likelihood.Layout, Fit.Gram.First(k), Fit.Theta.ToArray());
        double[] some = new double[k], weights = new double[Fit.Count];
        var variance = before.Weights(PlaceOf(k), some) + (Fit.Variant.LearnsNugget ? Fit.Nugget : 0);
        for (var s = 0; s < draws.Length; s += 2)
        {
            var spread = Spread(before, stream);
            for (var sign = 0; sign < 2; sign++)
            {
                some.CopyTo(weights, 0);
                CholeskyFactor.Add((sign == 0 ? 1 : -1) * Math.Sqrt(variance), spread, weights);
                draws[s + sign] = _functional(weights, PlaceOf(k));
            }
        }
    }

    // c. Where the functional has no answer at an anchor, or is the same at all draws, that anchor says nothing of it.
    private double LeftOutScale()
    {
        var away = new List<double>();
        double[] others = new double[Fit.Count], drawn = new double[Fit.Count], own = new double[Fit.Count], values = new double[Math.Min(Judged, Count)];
        for (var k = 0; k < Fit.Count; k++)
        {
            var x = PlaceOf(k);
            var reach = Math.Sqrt(Fit.LeaveOneOut(k, others));
            for (var s = 0; s < values.Length; s++)
            {
                others.CopyTo(drawn, 0);
                CholeskyFactor.Add(reach, _spreads[s], drawn);
                values[s] = _functional(drawn, x);
            }

            Array.Clear(own);
            own[k] = 1;
            var mean = values.Average();
            var z = Math.Abs(_functional(own, x) - mean) / Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + _scatter);
            if (double.IsFinite(z))
            {
                away.Add(z);
            }
        }

        away.Sort();
        if (away.Count == 0)
        {
            return 1;
        }

        var root = Math.Sqrt((Doubted + away.Sum(z => z * z)) / (Doubted + away.Count));
        var wide = away[Math.Min(away.Count, (int)Math.Ceiling(Level * (away.Count + 1))) - 1] / NormalDistribution.Quantile((1 + Level) / 2);
        return _errors == LeftOutErrors.Answered ? root : wide > 1 ? wide : _errors == LeftOutErrors.Told ? 1 : Math.Min(1, root);
    }

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
}

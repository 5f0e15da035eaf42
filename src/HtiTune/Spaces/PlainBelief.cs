// The objective's values alone, kriged. Of the bends b of the value map, and of the kinds of kriging, those serve that make the values likeliest:
//   −ln likelihood(b) = f(θ) − Σ ln dt/dq,  f the objective of PooledLikelihood at its optimum.
// θ is averaged over states of a walk from there; beyond MostWalked trainings over fewer, and learned from some of them.

using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>How the plain belief is fitted.</summary>
internal sealed record PlainSettings
{
    /// <summary>b that are tried.</summary>
    internal double[] Bends { get; init; } = [0, 1, 10, 100, 1000];

    /// <summary>From so many trainings on other b than 0 are tried: fewer values do not tell.</summary>
    internal int BendsFrom { get; init; } = 5;

    /// <summary>From so many trainings on coordinates are warped, where that is likelier.</summary>
    internal int WarpFrom { get; init; } = 15;

    /// <summary>By how much the warped kriging must be likelier.</summary>
    internal double WarpGain { get; init; } = 1;

    /// <summary>From so many trainings on a nugget is learned where trainings repeat too: of what is rough at a smaller scale than they see.</summary>
    internal int NuggetFrom { get; init; } = 8;

    /// <summary>By how much the kriging with it must be likelier.</summary>
    internal double NuggetGain { get; init; } = 2;

    /// <summary>Shift of the prior of log ℓ.</summary>
    internal double LengthShift { get; init; } = -0.5;

    /// <summary>Proposals in turn: every so-manieth is greedy; 0: none.</summary>
    internal int GreedyEvery { get; init; } = 2;

    /// <summary>What an improvement at an edge of the space counts less, as a logarithm for each coordinate.</summary>
    internal double Edge { get; init; } = 2;

    /// <summary>The same, where the outputs serve.</summary>
    internal double CompositeEdge { get; init; } = 1;

    /// <summary>States of the walk that are averaged.</summary>
    internal int States { get; init; } = 8;
}

/// <summary>What the values say of the objective over the space, in units of the value map.</summary>
internal sealed class PlainBelief
{
    private const int MostWalked = 60;

    private readonly ValueKriging[] _states;
    private readonly AnchorKriging _fit;

    private PlainBelief(SpaceValueMap map, double[][] places, double[] values, AnchorKriging fit, ValueKriging[] states, bool isExact)
    {
        (Map, Places, Values, _fit, _states, IsExact) = (map, places, values, fit, states, isExact);
        Fitted = [.. places.Select(x => At(x).Mean)];
    }

    /// <summary>How it was fitted, for logs.</summary>
    internal string Note => FormattableString.Invariant(
        $"bend {Map.BendFactor:G3}, {(_fit.Variant.Warp ? "warped" : "not warped")}, nugget {_fit.Nugget:G2}, lengths {string.Join(" ", Lengths())}");

    /// <summary>The map of the values.</summary>
    internal SpaceValueMap Map { get; }

    /// <summary>x of the trainings that have a value.</summary>
    internal double[][] Places { get; }

    /// <summary>t of their values.</summary>
    internal double[] Values { get; }

    /// <summary>Whether a training's value is so bad that it counts as bad and no more.</summary>
    internal bool IsExtreme(int k) => Values[k] > Map.Knee;

    /// <summary>Posterior means there.</summary>
    internal double[] Fitted { get; }

    /// <summary>Whether a training at one place would give its value again.</summary>
    internal bool IsExact { get; }

    /// <summary>The states of θ.</summary>
    internal IReadOnlyList<ValueKriging> States => _states;

    /// <summary>Deviation of a training's value, in the model.</summary>
    internal double NoiseDeviation => IsExact ? 0 : Math.Sqrt(_states.Average(s => s.Kriging.Nugget * s.Scale * s.Scale));

    /// <summary>Fits.</summary>
    /// <param name="coordinates">The space.</param>
    /// <param name="places">x, [n][c].</param>
    /// <param name="values">Values of the objective, less is better.</param>
    /// <param name="options">Noise.</param>
    /// <param name="settings">How.</param>
    /// <param name="streams">Chance.</param>
    /// <param name="cancellation">Ends the fit.</param>
    internal static PlainBelief Fit(
        SpaceCoordinates coordinates, double[][] places, double[] values, SpacePolicyOptions options, PlainSettings settings, RandomStreams streams, CancellationToken cancellation)
    {
        var flat = places.SelectMany(x => x).ToArray();
        int[]? few = places.Length <= MostWalked ? null : Subset(coordinates, flat, values);
        var fitPlaces = few is null ? flat : [.. few.SelectMany(k => places[k])];
        // Where nothing is said of noise, the values must ask for it.
        var isNoisy = options.IsKnownToScatter;
        var plain = new KrigingLayout(coordinates.Kriging, new KrigingVariant(false, isNoisy, settings.LengthShift));
        (SpaceValueMap Map, AnchorKriging Kriging, double Score)? best = null;
        double[]? theta = null;
        foreach (var map in SpaceValueMap.Of(values, Shares(coordinates, places, values, streams), values.Length < settings.BendsFrom ? [0] : settings.Bends))
        {
            cancellation.ThrowIfCancellationRequested();
            Try(map, plain, 0);
        }

        if (!isNoisy && places.Length >= settings.NuggetFrom)
        {
            theta = [.. best!.Value.Kriging.Theta, -5];
            Try(best.Value.Map, new KrigingLayout(coordinates.Kriging, plain.Variant with { LearnsNugget = true }), settings.NuggetGain);
        }

        if (places.Length >= settings.WarpFrom)
        {
            theta = [.. best!.Value.Kriging.Theta[..coordinates.Kriging.Lengths], .. new double[2 * coordinates.Kriging.Warps], .. best.Value.Kriging.Theta[coordinates.Kriging.Lengths..]];
            Try(best.Value.Map, new KrigingLayout(coordinates.Kriging, best.Value.Kriging.Variant with { Warp = true }), settings.WarpGain);
        }

        if (options.NoiseVariance is > 0 and var variance)
        {
            // How much a value scatters is known: in units of the map beside the best value, of the scale that the fit so far has.
            var (map, kriging, _) = best!.Value;
            var scale = new ValueKriging(kriging, Array.ConvertAll(few is null ? values : [.. few.Select(k => values[k])], map.ToModel), 1).Scale;
            (best, theta) = (null, kriging.Theta.ToArray());
            Try(map, new KrigingLayout(coordinates.Kriging, kriging.Variant with { LogNugget = Math.Log(variance) - 2 * Math.Log(map.Slope * scale) }), 0);
        }

        var (chosen, fit, _) = best!.Value;
        var model = Array.ConvertAll(values, chosen.ToModel);
        var all = few is null ? fit : AnchorKriging.At(flat, fit.Likelihood.Layout, GramMatrix.Of(model), fit.Theta.ToArray());
        double[][] thetas = settings.States > 1 && fit.Likelihood.HasVariation
            ? HyperparameterWalk.From(fit.Likelihood, fit.Theta, streams.Stream("walk"))
            : [fit.Theta.ToArray()];
        var keep = places.Length <= MostWalked ? thetas.Length : places.Length <= 2 * MostWalked ? 4 : 2;
        thetas = [.. thetas.Where((_, i) => i % Math.Max(1, thetas.Length / keep) == 0)];
        return new PlainBelief(chosen, places, model, all, [.. thetas.Select(t => new ValueKriging(all.With(t), model, 1, options.Widening))], options.NoiseVariance == 0 || !fit.Variant.LearnsNugget);

        void Try(SpaceValueMap map, KrigingLayout layout, double handicap)
        {
            var mapped = Array.ConvertAll(few is null ? values : [.. few.Select(k => values[k])], map.ToModel);
            var kriging = AnchorKriging.Fit(fitPlaces, layout, GramMatrix.Of(mapped.AsSpan()), theta, cancellation);
            theta = kriging.Theta.ToArray();
            var score = kriging.Objective - map.LogSlopes(few is null ? values : [.. few.Select(k => values[k])]) + handicap;
            if (best is null || score < best.Value.Score)
            {
                best = (map, kriging, score);
            }
        }
    }

    /// <summary>Mean and deviation at x, over the states.</summary>
    internal (double Mean, double Deviation) At(ReadOnlySpan<double> x)
    {
        double mean = 0, second = 0;
        foreach (var state in _states)
        {
            var (m, s) = state.At(x);
            mean += m;
            second += s * s + m * m;
        }

        mean /= _states.Length;
        return (mean, Math.Sqrt(Math.Max(0, second / _states.Length - mean * mean)));
    }

    /// <summary>The belief of training k from those before it, at the optimum of the likelihood.</summary>
    /// <param name="k">At least 2.</param>
    internal (double Mean, double Deviation) Ahead(int k)
    {
        var before = AnchorKriging.At([.. Places[..k].SelectMany(x => x)], _fit.Likelihood.Layout, GramMatrix.Of(Values.AsSpan(0, k)), _fit.Theta.ToArray());
        var kriging = new ValueKriging(before, Values.AsSpan(0, k), 1);
        var (mean, deviation) = kriging.At(Places[k]);
        return (mean, Math.Sqrt(deviation * deviation + kriging.Scale * kriging.Scale * _fit.Nugget));
    }

    /// <summary>Mean at x, over the states.</summary>
    internal double Mean(ReadOnlySpan<double> x)
    {
        double mean = 0;
        foreach (var state in _states)
        {
            mean += state.Mean(x);
        }

        return mean / _states.Length;
    }

    /// <summary>Logarithm of the probability that a value lies below a bar, over the states, as far as the least z tells it.</summary>
    /// <param name="x">The place.</param>
    /// <param name="bar">In the model.</param>
    internal double LogChanceBelow(ReadOnlySpan<double> x, double bar)
    {
        double sum = 0, nearest = double.NegativeInfinity;
        foreach (var state in _states)
        {
            var (mean, deviation) = state.At(x);
            var z = (bar - mean) / Math.Max(deviation, 1e-300);
            sum += NormalDistribution.Cumulative(z) / _states.Length;
            nearest = Math.Max(nearest, z);
        }

        return sum > 0 ? Math.Log(sum) : -0.5 * Math.Min(nearest * nearest, 1e300);
    }

    /// <summary>Logarithm of the expected improvement at x, over the states; finite.</summary>
    /// <param name="x">The place.</param>
    /// <param name="incumbent">What is to be improved on, in the model.</param>
    internal double LogImprovement(ReadOnlySpan<double> x, double incumbent)
    {
        Span<double> logs = stackalloc double[_states.Length];
        var largest = double.NegativeInfinity;
        for (var i = 0; i < logs.Length; i++)
        {
            var (mean, deviation) = _states[i].At(x);
            logs[i] = LogExpectedImprovement.Normal(-mean, deviation, -incumbent);
            largest = Math.Max(largest, logs[i]);
        }

        if (double.IsInfinity(largest))
        {
            return -1e300;
        }

        double sum = 0;
        foreach (var log in logs)
        {
            sum += Math.Exp(log - largest);
        }

        return largest + Math.Log(sum / logs.Length);
    }

    private IEnumerable<string> Lengths() =>
        Enumerable.Range(0, _fit.Likelihood.Layout.Lengths).Select(i => FormattableString.Invariant($"{KrigingLayout.Length(_fit.Theta, i):G2}"));

    /// <summary>For each value the share of the space whose nearest training has a value at most as large.</summary>
    internal static double[] Shares(SpaceCoordinates coordinates, double[][] places, double[] values, RandomStreams streams)
    {
        const int Probes = 256;
        var stream = streams.Stream("shares");
        var nearest = new double[Probes];
        for (var i = 0; i < Probes; i++)
        {
            var x = coordinates.Place(coordinates.Random(stream));
            nearest[i] = values[Enumerable.Range(0, places.Length).MinBy(k => SpaceCoordinates.Distance(x, places[k]))];
        }

        return Array.ConvertAll(values, v => nearest.Count(other => other <= v) / (double)Probes);
    }

    // The best third, and of the others those that stand farthest apart.
    private static int[] Subset(SpaceCoordinates coordinates, double[] flat, double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        var (good, rest) = (order[..(MostWalked / 3)], order[(MostWalked / 3)..]);
        var c = coordinates.Count;
        var far = DistantPlaces.Choose([.. rest.SelectMany(k => flat[(k * c)..((k + 1) * c)])], c, MostWalked - good.Length);
        return [.. good.Concat(far.Select(k => rest[k])).Order()];
    }
}

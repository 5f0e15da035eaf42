// The objective's values alone, kriged. Of the bends b of the value map, and of the kinds of kriging, those serve that make the values likeliest:
//   −ln likelihood(b) = f(θ) − Σ ln dt/dq,  f the objective of PooledLikelihood at its optimum.
// From some trainings on what the smooth kriging leaves may be a nugget, or ripples: a sum of a long and a short kernel, by which a cone is found under its ripples.
// Kernels are averaged in the share of their likelihood under the same b. θ is averaged over states of a walk from there; beyond MostWalked trainings over fewer, and learned from some of them.

using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>What the values say of the objective over the space, in units of the value map.</summary>
internal sealed class PlainBelief
{
    private const int MostWalked = 60;

    // log ρ that the search for ripples begins at.
    private static readonly double[] s_finenesses = [-2, -4];

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
        var fitValues = few is null ? values : [.. few.Select(k => values[k])];
        // Where nothing is said of noise, the values must ask for it.
        var isNoisy = options.IsKnownToScatter;
        (SpaceValueMap Map, AnchorKriging Kriging, double Score)? best = null;
        List<(SpaceValueMap Map, AnchorKriging Kriging, double Score)> tried = [];
        double[]? theta = null;
        var maps = SpaceValueMap.Of(values, Shares(coordinates, places, values, streams), values.Length < settings.BendsFrom ? [0] : settings.Bends);
        foreach (var kernel in values.Length < settings.KernelsFrom ? settings.Kernels[..1] : settings.Kernels)
        {
            var layout = new KrigingLayout(coordinates.Kriging, new KrigingVariant(false, isNoisy, settings.LengthShift, null, kernel));
            theta = null;
            foreach (var map in maps)
            {
                cancellation.ThrowIfCancellationRequested();
                Try(map, layout, 0);
            }
        }

        if (!isNoisy && places.Length >= settings.NuggetFrom)
        {
            var (map, smooth, _) = best!.Value;
            theta = [.. smooth.Theta, -5];
            Try(map, new KrigingLayout(coordinates.Kriging, smooth.Variant with { LearnsNugget = true }), settings.NuggetGain);
            foreach (var fineness in double.IsInfinity(settings.RippleGain) ? [] : s_finenesses)
            {
                theta = [.. smooth.Theta, -4, fineness];
                Try(map, new KrigingLayout(coordinates.Kriging, smooth.Variant with { Ripples = true }), settings.RippleGain + (options.NoiseVariance == 0 ? 0 : settings.NuggetGain));
            }
        }

        if (places.Length >= settings.WarpFrom)
        {
            theta = [.. best!.Value.Kriging.Theta[..coordinates.Kriging.Lengths], .. new double[2 * coordinates.Kriging.Warps], .. best.Value.Kriging.Theta[coordinates.Kriging.Lengths..]];
            Try(best.Value.Map, new KrigingLayout(coordinates.Kriging, best.Value.Kriging.Variant with { Warp = true }), settings.WarpGain);
        }

        if (options.NoiseVariance is > 0 and var variance)
        {
            // How much a value scatters is known: in units of the map beside the best value, of the scale that the fit has; that moves with it, and is looked at again.
            for (var pass = 0; pass < 2; pass++)
            {
                var (map, kriging, _) = best!.Value;
                var scale = new ValueKriging(kriging, Array.ConvertAll(fitValues, map.ToModel), 1).Scale;
                tried.Clear();
                (best, theta) = (null, kriging.Theta.ToArray());
                Try(map, new KrigingLayout(coordinates.Kriging, kriging.Variant with { LogNugget = Math.Log(variance) - 2 * Math.Log(map.Slope * scale) }), 0);
            }
        }

        var (chosen, fit, score) = best!.Value;
        var model = Array.ConvertAll(values, chosen.ToModel);
        // Of each kernel the likeliest fit under the same map, in the share of its likelihood.
        var fits = tried.Where(one => ReferenceEquals(one.Map, chosen)).GroupBy(one => one.Kriging.Variant.Kernel).Select(group => group.MinBy(one => one.Score))
            .Select(one => (one.Kriging, Share: Math.Exp(score - one.Score))).OrderByDescending(one => one.Share).ToArray();
        var keep = settings.States == 1 ? 1 : places.Length <= MostWalked ? HyperparameterWalk.States : places.Length <= 2 * MostWalked ? 4 : 2;
        var states = new List<ValueKriging>();
        var all = Whole(fit);
        foreach (var (kriging, share) in fits)
        {
            var count = Math.Max(kriging == fit ? 1 : 0, Math.Min(keep - states.Count, (int)Math.Round(keep * share / fits.Sum(one => one.Share))));
            if (count > 0)
            {
                states.AddRange(Walked(kriging == fit ? all : Whole(kriging), kriging, count).Select(state => new ValueKriging(state, model, 1, options.Widening)));
            }
        }

        return new PlainBelief(chosen, places, model, all, [.. states], options.NoiseVariance == 0 || !fit.Variant.LearnsNugget);

        AnchorKriging Whole(AnchorKriging kriging) => few is null ? kriging : AnchorKriging.At(flat, kriging.Likelihood.Layout, GramMatrix.Of(model), kriging.Theta.ToArray());

        // States evenly along the walk, the last among them.
        IEnumerable<AnchorKriging> Walked(AnchorKriging kriging, AnchorKriging learned, int count)
        {
            if (settings.States == 1 || !learned.Likelihood.HasVariation)
            {
                return [kriging];
            }

            var thetas = HyperparameterWalk.From(learned.Likelihood, learned.Theta, streams.Stream(learned == fit ? "walk" : $"walk {learned.Variant.Kernel}"));
            return Enumerable.Range(1, count).Select(i => kriging.With(thetas[i * thetas.Length / count - 1]));
        }

        void Try(SpaceValueMap map, KrigingLayout layout, double handicap)
        {
            var mapped = Array.ConvertAll(fitValues, map.ToModel);
            var kriging = AnchorKriging.Fit(fitPlaces, layout, GramMatrix.Of(mapped.AsSpan()), theta, cancellation);
            theta = kriging.Theta.ToArray();
            var score = kriging.Objective - map.LogSlopes(fitValues) + handicap;
            tried.Add((map, kriging, score));
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

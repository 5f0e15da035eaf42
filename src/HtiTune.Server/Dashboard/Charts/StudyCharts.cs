using HtiTune.Diagnostics;

namespace HtiTune.Server.Dashboard.Charts;

/// <summary>The charts of a study.</summary>
internal static class StudyCharts
{
    // As many as a pointer can tell apart, and a page can carry.
    private const int Spots = 80;

    /// <summary>What is believed over λ: band, mean, trainings, and where the best may still lie.</summary>
    internal static string Belief(StudyCurve curve, Axis axis, string name, Goal goal, double? lambda, double? recommended)
    {
        var points = curve.Posterior.Where(point => double.IsFinite(point.Mean) && double.IsFinite(point.Low) && double.IsFinite(point.High)).ToList();
        var possible = Share(points);

        // Of a part of the range the points within it, and one beside them on each side, so that lines go on to its edges.
        points = [.. points.Where((point, i) => axis.Has(point.Lambda) || i + 1 < points.Count && axis.Has(points[i + 1].Lambda) || i > 0 && axis.Has(points[i - 1].Lambda))];
        var values = curve.Anchors.Where(anchor => anchor.Value is not null && axis.Has(anchor.Lambda)).Select(anchor => anchor.Value!.Value).ToList();
        var all = points.SelectMany(point => new[] { point.Low, point.High }).Concat(values).ToList();
        if (all.Count == 0)
        {
            return "";
        }

        var good = Good(
            goal, axis.Whole.Hyperparameter,
            [.. curve.Anchors.Where(anchor => anchor.Value is not null).Select(anchor => (new Configuration("lambda", anchor.Lambda), anchor.Value!.Value))]);
        all = [.. all.Select(value => good.Clamp(value))];
        var margin = 0.06 * (all.Max() - all.Min());
        var plot = new Plot(
            $"Belief about the objective over {name}, from {values.Count} trainings. The best may still lie in {Say.Percent(100 * possible)} of the range of {name}"
            + (recommended is { } best ? $"; recommended is {Say.Number(best)}." : ".") + good.Words, all.Min() - margin, all.Max() + margin).Vertical();
        foreach (var (from, to) in Possible(points, axis))
        {
            plot.Rectangle(Plot.X(from), Plot.Top, Plot.X(to), plot.Bottom, "possible");
        }

        if (points.TrueForAll(point => point is { LowForAll: not null, HighForAll: not null }))
        {
            // Its reach is what "still possible" is told by.
            plot.Path([.. points.Select(point => (Plot.X(axis.Share(point.Lambda)), plot.Y(point.HighForAll!.Value))), .. Enumerable.Reverse(points).Select(point => (Plot.X(axis.Share(point.Lambda)), plot.Y(point.LowForAll!.Value)))], "band wide", true);
        }

        plot.Path([.. points.Select(point => (Plot.X(axis.Share(point.Lambda)), plot.Y(point.High))), .. Enumerable.Reverse(points).Select(point => (Plot.X(axis.Share(point.Lambda)), plot.Y(point.Low)))], "band", true);
        plot.Path([.. points.Where(point => double.IsFinite(point.Surrogate)).Select(point => (Plot.X(axis.Share(point.Lambda)), plot.Y(point.Surrogate)))], "surrogate");
        plot.Path([.. points.Select(point => (Plot.X(axis.Share(point.Lambda)), plot.Y(point.Mean)))], "mean");
        plot.Horizontal(axis.Ticks(), name);
        if (curve.Next is { } next && axis.Has(next))
        {
            plot.Line(Plot.X(axis.Share(next)), Plot.Top, Plot.X(axis.Share(next)), plot.Bottom, "next");
        }

        if (recommended is { } star && axis.Has(star))
        {
            plot.Line(Plot.X(axis.Share(star)), Plot.Top, Plot.X(axis.Share(star)), plot.Bottom, "star");
        }

        if (lambda is { } at && axis.Has(at))
        {
            plot.Line(Plot.X(axis.Share(at)), Plot.Top, Plot.X(axis.Share(at)), plot.Bottom, "cursor");
        }

        foreach (var anchor in curve.Anchors)
        {
            if (anchor.Value is { } value && axis.Has(anchor.Lambda))
            {
                plot.Dot(
                    Plot.X(axis.Share(anchor.Lambda)), plot.Y(value), good.IsBeyond(value) ? "anchor beyond" : "anchor",
                    $"Training {anchor.Number}: {Say.Number(anchor.Lambda)} gave {Say.Number(value)}{(good.IsBeyond(value) ? ", beyond the axis" : "")}");
            }
        }

        var every = Math.Max(1, (points.Count + Spots - 1) / Spots);
        for (var i = 0; i < points.Count; i += every)
        {
            var point = points[i];
            var share = axis.Share(point.Lambda);
            plot.Spot(
                i == 0 ? 0 : share - HalfStep(i), share, i + every >= points.Count ? 1 : share + HalfStep(i + every),
                $"{name} {Say.Number(point.Lambda)}", $"expected {Say.Number(point.Mean)}", $"90 %: {Say.Number(point.Low)} to {Say.Number(point.High)}", point.IsPossible ? "the best may lie here" : "not the best, at 95 %");
        }

        return plot.ToString();

        double HalfStep(int i) => (axis.Share(points[i].Lambda) - axis.Share(points[i - every < 0 ? 0 : i - every].Lambda) is var step and > 0 ? step : 1.0 / points.Count) / 2;
    }

    // Shares of the axis where the best may still lie, each as one piece: pieces side by side would show seams.
    private static IEnumerable<(double From, double To)> Possible(IReadOnlyList<PosteriorPoint> points, Axis axis)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (!points[i].IsPossible)
            {
                continue;
            }

            var first = i;
            while (i + 1 < points.Count && points[i + 1].IsPossible)
            {
                i++;
            }

            yield return (Middle(first - 1, first), Middle(i, i + 1));
        }

        double Middle(int before, int after) => (axis.Share(points[Math.Max(before, 0)].Lambda) + axis.Share(points[Math.Min(after, points.Count - 1)].Lambda)) / 2;
    }

    /// <summary>What an axis of values shows: those that are not extreme, and half of their range beside them.</summary>
    /// <param name="Low">The least that is shown.</param>
    /// <param name="High">The greatest.</param>
    /// <param name="Words">A sentence on what lies beyond; empty where nothing does.</param>
    private sealed record Shown(double Low, double High, string Words)
    {
        internal double Clamp(double value) => Math.Clamp(value, Low, High);

        internal bool IsBeyond(double value) => value < Low || value > High;
    }

    private static Shown Good(Goal goal, SearchSpace space, IReadOnlyList<(Configuration, double)> values) => ExtremeValues.Among(goal, space, values) is { } extreme
        ? new Shown(
            extreme.Low - 0.5 * (extreme.High - extreme.Low), extreme.High + 0.5 * (extreme.High - extreme.Low),
            $" Beyond the axis, marked at its edge: {extreme.Count} of {values.Count} values, {Say.Number(extreme.Worst)} at worst.")
        : new Shown(double.NegativeInfinity, double.PositiveInfinity, "");

    /// <summary>What a page says of values beyond an axis; empty where there are none.</summary>
    internal static string BeyondWords(IReadOnlyList<TrialView> trials, SearchSpace space, Goal goal) => Good(goal, space, Valued(Done(trials))).Words.Trim();

    /// <summary>The trials that have a value, in the order in which they ended.</summary>
    internal static IReadOnlyList<TrialView> Done(IReadOnlyList<TrialView> trials) => [.. trials.Where(trial => trial.Value is not null).OrderBy(trial => trial.EndedAt ?? trial.QueuedAt)];

    private static List<(Configuration Configuration, double Value)> Valued(IReadOnlyList<TrialView> done) => [.. done.Select(trial => (trial.Configuration, trial.Value!.Value))];

    /// <summary>Share of the grid where the best may still lie.</summary>
    internal static double Share(IReadOnlyList<PosteriorPoint> points) => points.Count == 0 ? 1 : (double)points.Count(point => point.IsPossible) / points.Count;

    /// <summary>Values by training, with what was forecast before each, and the best so far.</summary>
    /// <param name="trials">The study's trials.</param>
    /// <param name="space">Its search space.</param>
    /// <param name="goal">Which values are better.</param>
    /// <param name="from">Share of the trainings where the part that is shown begins.</param>
    /// <param name="to">Share where it ends.</param>
    internal static string History(IReadOnlyList<TrialView> trials, SearchSpace space, Goal goal, double from = 0, double to = 1)
    {
        var all = Done(trials);
        if (all.Count == 0)
        {
            return "";
        }

        // Forecasts far wider than what came would squeeze the values to a line.
        var good = Good(goal, space, Valued(all));
        var (first, last) = HistoryPart(all.Count, from, to);
        TrialView[] done = [.. all.Skip(first).Take(last - first)];
        double[] values = [.. done.Select(trial => trial.Value!.Value)];
        var (low, high) = (good.Clamp(values.Min()), good.Clamp(values.Max()));
        var reach = Math.Max(high - low, 1e-9);
        var forecasts = done.SelectMany(trial => new[] { trial.PredictedLow, trial.PredictedHigh }).OfType<double>().Where(double.IsFinite).ToList();
        (low, high) = (good.Clamp(Math.Max(low - reach, forecasts.Append(low).Min())), good.Clamp(Math.Min(high + reach, forecasts.Append(high).Max())));
        var margin = 0.06 * (high - low);

        // What came before the part counts for the best so far.
        Func<double, double, double> better = goal == Goal.Minimize ? Math.Min : Math.Max;
        double[] best = [.. RunningBest(all, better).Skip(first).Take(done.Length)];
        var part = done.Length < all.Count ? $"trainings {first + 1} to {last} of {all.Count}" : $"{all.Count} trainings";
        var plot = new Plot(
            $"Values of {part} in their order; {(double.IsNaN(best[^1]) ? "none meets every constraint" : $"the best is {Say.Number(best[^1])}")}.{good.Words}",
            low - margin, high + margin).Vertical();
        double At(int i) => Plot.X((i + 0.5) / done.Length);
        for (var i = 0; i < done.Length; i++)
        {
            if (done[i].PredictedLow is { } least && done[i].PredictedHigh is { } most)
            {
                plot.Line(At(i), plot.Y(least), At(i), plot.Y(most), values[i] >= least && values[i] <= most ? "forecast" : "missed");
            }
        }

        plot.Path([.. best.Select((value, i) => (Value: value, At: At(i))).Where(one => !double.IsNaN(one.Value)).Select(one => (one.At, plot.Y(one.Value)))], "mean");
        for (var i = 0; i < done.Length; i++)
        {
            plot.Dot(At(i), plot.Y(values[i]), good.IsBeyond(values[i]) ? "anchor beyond" : done[i].IsFeasible == false ? "anchor unmet" : "anchor",
                $"Training {done[i].Number} at {Say.At(done[i].Configuration)}: {Say.Number(values[i])}{(done[i].IsFeasible == false ? ", misses a constraint" : "")}");
        }

        var step = Math.Max(1, (done.Length + Spots - 1) / Spots);
        for (var i = 0; i < done.Length; i += step)
        {
            var trial = done[i];
            plot.Spot(
                (double)i / done.Length, (i + 0.5) / done.Length, Math.Min(1, (double)(i + step) / done.Length), [.. Say.Places(trial), $"value {Say.Number(values[i])}",
                trial is { PredictedLow: { } least, PredictedHigh: { } most } ? $"forecast {Say.Number(least)} to {Say.Number(most)}" : "no forecast",
                trial.IsFeasible == false ? "misses a constraint" : double.IsNaN(best[i]) ? "" : $"best so far {Say.Number(best[i])}"]);
        }

        var every = Math.Max(1, (done.Length + 9) / 10);
        plot.Horizontal(done.Select((_, i) => ((i + 0.5) / done.Length, (double)(first + i + 1))).Where((_, i) => i % every == 0), "training");
        return plot.ToString();
    }

    /// <summary>Which of some trainings stand in a part: the first, and the one behind the last; at least one.</summary>
    internal static (int First, int Last) HistoryPart(int count, double from, double to)
    {
        var first = Math.Min((int)Math.Round(from * count), count - 1);
        return (first, Math.Clamp((int)Math.Round(to * count), first + 1, count));
    }

    // Of those that meet every constraint; NaN before the first.
    private static IEnumerable<double> RunningBest(IEnumerable<TrialView> done, Func<double, double, double> better)
    {
        var best = double.NaN;
        foreach (var trial in done)
        {
            best = trial.IsFeasible == false ? best : double.IsNaN(best) ? trial.Value!.Value : better(best, trial.Value!.Value);
            yield return best;
        }
    }

    /// <summary>What a training measured on its way, by step.</summary>
    /// <param name="values">At least one, by step.</param>
    internal static string Way(IReadOnlyList<IntermediateValue> values)
    {
        var (low, high) = (values.Min(one => one.Value), values.Max(one => one.Value));
        var (first, last) = (values[0].Step, values[^1].Step);
        double Share(long step) => last == first ? 0.5 : (double)(step - first) / (last - first);
        var plot = new Plot(
            $"{values.Count} values from step {first} to {last}: {Say.Number(values[0].Value)} first, {Say.Number(values[^1].Value)} last",
            low - 0.06 * (high - low), high + 0.06 * (high - low), 190).Vertical();
        plot.Path([.. values.Select(one => (Plot.X(Share(one.Step)), plot.Y(one.Value)))], "mean");
        if (values.Count == 1)
        {
            plot.Dot(Plot.X(0.5), plot.Y(low), "anchor", $"step {first}: {Say.Number(low)}");
        }

        var every = Math.Max(1, (values.Count + Spots - 1) / Spots);
        for (var i = 0; i < values.Count; i += every)
        {
            var at = Share(values[i].Step);
            plot.Spot(
                i == 0 ? 0 : (at + Share(values[i - every].Step)) / 2, at, i + every < values.Count ? (at + Share(values[i + every].Step)) / 2 : 1,
                $"step {values[i].Step}", $"value {Say.Number(values[i].Value)}");
        }

        plot.Horizontal(last == first ? [(0.5, first)] : Plot.Ticks(first, last, 5).Where(step => step == Math.Floor(step)).Select(step => (Share((long)step), step)), "step");
        return plot.ToString();
    }

    /// <summary>Density of a column of outputs, with its quantiles.</summary>
    internal static string Density(float[] column, string name, double low, double high, bool isFaint)
    {
        // f(x) = 1/n · Σ φ((x − xᵢ)/h)/h with Silverman's h = 0.9 · min(s, IQR/1.34) · n^(−1/5) (Density Estimation, 1986, eq. 3.31).
        var sorted = column.Order().Select(x => (double)x).ToArray();
        var mean = sorted.Average();
        var deviation = Math.Sqrt(sorted.Sum(x => (x - mean) * (x - mean)) / Math.Max(1, sorted.Length - 1));
        var spread = (OrderStatistics.Quantile(sorted, 0.75) - OrderStatistics.Quantile(sorted, 0.25)) / 1.34;
        var h = 0.9 * (spread > 0 ? Math.Min(deviation, spread) : deviation) * Math.Pow(sorted.Length, -0.2);
        if (!(h > 0))
        {
            h = Math.Max(1e-9, 0.01 * (high - low));
        }

        const int Points = 120;
        var (from, to) = (Math.Min(low, sorted[0]) - h, Math.Max(high, sorted[^1]) + h);
        var density = new double[Points + 1];
        for (var k = 0; k <= Points; k++)
        {
            var x = from + (to - from) * k / Points;
            density[k] = sorted.Sum(value => Math.Exp(-0.5 * (x - value) * (x - value) / (h * h))) / (sorted.Length * h * Math.Sqrt(2 * Math.PI));
        }

        double Share(double x) => (x - from) / (to - from);
        var (low10, middle, high90) = (OrderStatistics.Quantile(sorted, 0.1), OrderStatistics.Quantile(sorted, 0.5), OrderStatistics.Quantile(sorted, 0.9));
        var plot = new Plot($"Distribution of {name}: a tenth below {Say.Number(low10)}, half below {Say.Number(middle)}, a tenth above {Say.Number(high90)}.", 0, 1.08 * density.Max(), 190);
        var line = Enumerable.Range(0, Points + 1).Select(k => (Plot.X((double)k / Points), plot.Y(density[k]))).ToList();
        plot.Path([(line[0].Item1, plot.Bottom), .. line, (line[^1].Item1, plot.Bottom)], isFaint ? "band faint" : "band", true);
        plot.Path(line, "mean");
        foreach (var quantile in new[] { low10, middle, high90 })
        {
            plot.Line(Plot.X(Share(quantile)), plot.Y(0.9 * density.Max()), Plot.X(Share(quantile)), plot.Bottom, quantile == middle ? "star" : "next");
        }

        plot.Horizontal(Plot.Ticks(from, to, 5).Select(x => (Share(x), x)), name);
        for (var k = 0; k < Spots; k++)
        {
            var x = from + (to - from) * (k + 0.5) / Spots;
            plot.Spot((double)k / Spots, (k + 0.5) / Spots, (k + 1.0) / Spots, $"{name} {Say.Number(x)}", $"{Say.Percent(100.0 * sorted.Count(value => value <= x) / sorted.Length)} of {sorted.Length} below");
        }

        return plot.ToString();
    }
}

using System.Globalization;

namespace HtiTune.Benchmarks.Tuning;

/// <summary>The Markdown table of plain runs: a row for each function, and what holds over all.</summary>
internal static class PlainTable
{
    internal const string Head =
        """
        | # | function | median evaluations | quartiles | worst | best peer | ratio | proposal ms CPU, median | 99 % | coverage of 90 % |
        |---|---|---|---|---|---|---|---|---|---|
        """;

    /// <summary>A function's row.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="function">The function.</param>
    /// <param name="runs">Its runs, one for each seed.</param>
    internal static string Row(int number, TestFunction function, IReadOnlyList<PlainRun> runs)
    {
        var (median, proposals) = (Quantile(Evaluations(runs), 0.5), Sorted(runs.SelectMany(run => run.Proposals)));
        return Text($"| {number} | {function.Name} | {Number(median)} | {Number(Quantile(Evaluations(runs), 0.25))} – {Number(Quantile(Evaluations(runs), 0.75))} ")
            + Text($"| {Number(Evaluations(runs)[^1])} | {function.BestPeer} | {median / function.BestPeer:F2} ")
            + Text($"| {Quantile(proposals, 0.5):F2} | {Quantile(proposals, 0.99):F2} | {Coverage(runs)} |");
    }

    /// <summary>Medians and worst ratio over the functions, time and coverage over all proposals.</summary>
    /// <param name="all">The functions with their runs.</param>
    internal static string Total(IReadOnlyList<(TestFunction Function, PlainRun[] Runs)> all)
    {
        double[] medians = [.. all.Select(one => Quantile(Evaluations(one.Runs), 0.5))];
        PlainRun[] runs = [.. all.SelectMany(one => one.Runs)];
        var proposals = Sorted(runs.SelectMany(run => run.Proposals));
        return Text($"\nMedian over functions {Quantile(Sorted(medians), 0.5):F2} (best peers {Quantile(Sorted(all.Select(one => one.Function.BestPeer)), 0.5):F2}), ")
            + Text($"mean {medians.Average():F2} (best peers {all.Average(one => one.Function.BestPeer):F2}); ")
            + Text($"largest ratio to the best peer {all.Zip(medians, (one, median) => median / one.Function.BestPeer).Max():F2}; ")
            + Text($"not reached within {PlainRun.MostEvaluations}: {runs.Count(run => run.Evaluations is null)} of {runs.Length} runs.  \n")
            + Text($"Proposal: median {Quantile(proposals, 0.5):F2} ms, 99 % {Quantile(proposals, 0.99):F2} ms, {proposals.Length} proposals. ")
            + Text($"One step ahead: {Coverage(runs)} of {runs.Sum(run => run.Tests.Count)} values in their 90 % intervals.");
    }

    /// <summary>A quantile of ascending values, linear between them.</summary>
    /// <param name="sorted">Values, ascending, at least one.</param>
    /// <param name="share">0 to 1.</param>
    internal static double Quantile(double[] sorted, double share)
    {
        if (sorted.Length == 0)
        {
            return double.NaN;
        }

        var place = share * (sorted.Length - 1);
        var low = (int)place;
        var weight = place - low;

        // An infinite neighbour of weight 0 must not turn the quantile into NaN.
        return weight == 0 ? sorted[low] : sorted[low] + weight * (sorted[low + 1] - sorted[low]);
    }

    private static double[] Evaluations(IEnumerable<PlainRun> runs) => Sorted(runs.Select(run => run.Evaluations ?? double.PositiveInfinity));

    private static double[] Sorted(IEnumerable<double> values) => [.. values.Order()];

    private static string Coverage(IEnumerable<PlainRun> runs)
    {
        bool[] tests = [.. runs.SelectMany(run => run.Tests)];
        return Text($"{100.0 * tests.Count(isInside => isInside) / Math.Max(1, tests.Length):F1} %");
    }

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("0.##", CultureInfo.InvariantCulture) : "never";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

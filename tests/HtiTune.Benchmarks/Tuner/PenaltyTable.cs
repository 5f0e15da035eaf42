using System.Globalization;

namespace HtiTune.Benchmarks.Tuning;

/// <summary>Runs on one function: evaluations until 1 % of its gap was met, null where it never was.</summary>
/// <param name="Number">The function's number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Without">Without penalties, by seed.</param>
/// <param name="With">With penalties, by seed.</param>
internal sealed record PenaltyRow(int Number, string Name, IReadOnlyList<int?> Without, IReadOnlyList<int?> With);

/// <summary>The Markdown table of runs with and without penalties.</summary>
internal static class PenaltyTable
{
    internal const string Head =
        """
        | # | function | median without | with penalties | difference | never without | with |
        |---|---|---|---|---|---|---|
        """;

    /// <summary>A function's row.</summary>
    internal static string Row(PenaltyRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {row.Number} | {row.Name} | {Median(row.Without):0.##} | {Median(row.With):0.##} | {Median(row.With) - Median(row.Without):+0.##;−0.##;0} | {Never(row.Without)} | {Never(row.With)} |");

    /// <summary>Over all functions.</summary>
    internal static string Total(IReadOnlyList<PenaltyRow> all)
    {
        double[] differences = [.. all.Select(row => Median(row.With) - Median(row.Without)).Order()];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"\nDifference of medians: median {PlainTable.Quantile(differences, 0.5):0.##}, mean {differences.Average():0.##}, largest {differences[^1]:0.##}; ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"not reached within {PlainRun.MostEvaluations}: {all.Sum(row => Never(row.Without))} without, {all.Sum(row => Never(row.With))} with, of {all.Sum(row => row.With.Count)} runs each.");
    }

    private static double Median(IEnumerable<int?> evaluations) =>
        PlainTable.Quantile([.. evaluations.Select(e => (double?)e ?? double.PositiveInfinity).Order()], 0.5);

    private static int Never(IEnumerable<int?> evaluations) => evaluations.Count(e => e is null);
}

using static HtiTune.Data.Notebooks.TextTable;

namespace HtiTune.Data.Notebooks;

/// <summary>Anchors in a notebook: λ, and mean and deviation of every output column.</summary>
internal sealed class AnchorSetSource : HtmlSource<AnchorSet>
{
    // More columns than that do not fit a page.
    private const int MostColumns = 4;

    protected override string Html(AnchorSet value) => Table(value).ToHtml();

    protected override string Text(AnchorSet value) => Table(value).ToString();

    private static TextTable Table(AnchorSet anchors)
    {
        var columns = Math.Min(anchors.Dimension, MostColumns);
        return new TextTable(
            $"{anchors.Count} anchors of {anchors.Space.Label}, {anchors.Dimension} output columns",
            [anchors.Space.Label, "rows", .. Enumerable.Range(0, columns).Select(k => $"output {k}")],
            [.. anchors.Select(anchor => (IReadOnlyList<string>)
                [anchors.Space.IsLine ? Number(anchor.Lambda) : anchor.Configuration.ToString(), $"{anchor.Samples.Count}", .. Enumerable.Range(0, columns).Select(k => MeanAndDeviation(anchor.Samples.Outputs, k))])]);
    }

    private static string MeanAndDeviation(Matrix outputs, int column)
    {
        var spread = Standardizer.Of(outputs.SelectColumns(column, 1));
        return $"{Number(spread.Means[0])} ± {Number(spread.Deviations[0])}";
    }
}

using HtiTune.Data.Notebooks;
using static HtiTune.Data.Notebooks.TextTable;

namespace HtiTune.Surrogates.Notebooks;

/// <summary>A surrogate in a notebook: its anchors, and what the fit chose.</summary>
internal sealed class SurrogateSource : HtmlSource<TrajectorySurrogate>
{
    protected override string Html(TrajectorySurrogate value) => Table(value).ToHtml();

    protected override string Text(TrajectorySurrogate value) => Table(value).ToString();

    private static TextTable Table(TrajectorySurrogate surrogate)
    {
        var report = surrogate.Report;
        return new TextTable(
            $"Surrogate of {surrogate.Hyperparameter.Name} between {surrogate.Anchors.Count} anchors",
            ["", "chosen"],
            [
                ["anchors", string.Join(", ", surrogate.Anchors.Select(lambda => Number(lambda)))],
                ["outputs", $"{surrogate.Dimension} columns"],
                ["coupling", $"{report.Coupling}, {string.Join(", ", report.Costs.Distinct())}"],
                ["potential", $"{report.Potential}"],
                ["clock shift", Number(report.ClockShift)],
                .. report.Notes.Select(note => (IReadOnlyList<string>)["note", note]),
            ]);
    }
}

using System.Net;
using System.Text;

namespace HtiTune.Data.Notebooks;

/// <summary>A heading and a small table, as HTML or in plain text.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Header">Names of the columns.</param>
/// <param name="Rows">The cells, row by row.</param>
internal sealed record TextTable(string Title, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>A number with four digits that count.</summary>
    /// <param name="value">The number; null for an empty cell.</param>
    public static string Number(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? "";

    /// <summary>As HTML; all text is escaped.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder($"<div><b>{WebUtility.HtmlEncode(Title)}</b>");
        if (Rows.Count > 0)
        {
            html.Append("<table><thead>").Append(Row("th", Header)).Append("</thead><tbody>");
            foreach (var row in Rows)
            {
                html.Append(Row("td", row));
            }

            html.Append("</tbody></table>");
        }

        return html.Append("</div>").ToString();
    }

    /// <summary>As plain text, columns aligned to the right.</summary>
    public override string ToString()
    {
        IReadOnlyList<IReadOnlyList<string>> all = Rows.Count > 0 ? [Header, .. Rows] : [];
        var widths = Enumerable.Range(0, Header.Count).Select(k => all.Select(row => row[k].Length).DefaultIfEmpty().Max()).ToArray();
        var lines = all.Select(row => "  " + string.Join("  ", row.Select((cell, k) => cell.PadLeft(widths[k]))));
        return string.Join('\n', lines.Prepend(Title));
    }

    private static string Row(string cell, IEnumerable<string> texts) =>
        $"<tr>{string.Concat(texts.Select(text => $"<{cell}>{WebUtility.HtmlEncode(text)}</{cell}>"))}</tr>";
}

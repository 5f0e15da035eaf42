using System.Globalization;
using System.Text.Json;

namespace HtiTune.Tests.Acquisition;

/// <summary>Figures of other libraries; the script beside them says how they were made.</summary>
internal static class Fixture
{
    public static IEnumerable<double[]> Rows(string name) =>
        from line in File.ReadLines(PathOf(name))
        where !line.StartsWith('#') && line.Length > 0 && !char.IsAsciiLetter(line[0]) || line.StartsWith("inf", StringComparison.Ordinal)
        select line.Split(',').Select(Number).ToArray();

    public static IEnumerable<JsonElement> Cases(string name) =>
        JsonDocument.Parse(File.ReadAllText(PathOf(name))).RootElement.GetProperty("cases").EnumerateArray();

    public static double[] Doubles(this JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(e => e.GetDouble())];

    private static double Number(string text) =>
        text == "inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "Acquisition", name);
}

namespace HtiTune.External;

/// <summary>"Did you mean …?"</summary>
internal static class Nearest
{
    /// <summary>A question that names the likeliest of some names, or nothing.</summary>
    internal static string Question(string given, IEnumerable<string> names) => To(given, names) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary>The name nearest to what was given, if it is near.</summary>
    internal static string? To(string given, IEnumerable<string> names) => names
        .Select(name => (name, distance: Distance(given.ToLowerInvariant(), name.ToLowerInvariant())))
        .Where(pair => pair.distance <= 1 + given.Length / 4)
        .OrderBy(pair => pair.distance)
        .Select(pair => pair.name)
        .FirstOrDefault();

    // Insertions, deletions, replacements and swaps of neighbours.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                d[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}

// Notation
//   e   exponent of a series c(n): slope of ln c over ln n by least squares, over the upper half of its points (the lower half is the
//       cost of starting and of training networks, whose steps do not depend on N)
using System.Globalization;

namespace HtiTune.Benchmarks.Scaling;

/// <summary>One fit.</summary>
/// <param name="Problem">The problem.</param>
/// <param name="Samples">N.</param>
/// <param name="Anchors">K.</param>
/// <param name="CpuSeconds">User and system time of the process.</param>
/// <param name="PeakMebibytes">Its largest memory.</param>
internal sealed record ScalingRun(string Problem, int Samples, int Anchors, double CpuSeconds, double PeakMebibytes)
{
    internal const string CsvHead = "problem,samples,anchors,cpu_seconds,peak_mebibytes";

    internal const string TableHead =
        """
        | problem | N | K | fit CPU s | peak MiB |
        |---|---|---|---|---|
        """;

    /// <summary>A line of the CSV file.</summary>
    internal string Csv() => string.Create(CultureInfo.InvariantCulture, $"{Problem},{Samples},{Anchors},{CpuSeconds:F3},{PeakMebibytes:F1}");

    /// <summary>A run from a line of the CSV file.</summary>
    /// <exception cref="IOException">The line is none.</exception>
    internal static ScalingRun Parse(string line)
    {
        var culture = CultureInfo.InvariantCulture;
        return line.Split(',') is [var problem, var n, var k, var cpu, var peak]
            && int.TryParse(n, culture, out var samples) && int.TryParse(k, culture, out var anchors)
            && double.TryParse(cpu, culture, out var seconds) && double.TryParse(peak, culture, out var mebibytes)
            ? new ScalingRun(problem, samples, anchors, seconds, mebibytes)
            : throw new IOException($"'{line}' is no run; expected {CsvHead}.");
    }

    /// <summary>A row of the table.</summary>
    internal string Row() => string.Create(CultureInfo.InvariantCulture, $"| {Problem} | {Samples} | {Anchors} | {CpuSeconds:F2} | {PeakMebibytes:F0} |");

    /// <summary>The exponent e of a series; NaN with fewer than two points in its upper half.</summary>
    /// <param name="series">Pairs (n, c), ascending in n, positive.</param>
    internal static double Exponent(IReadOnlyList<(double N, double Cost)> series)
    {
        var upper = series.Skip(series.Count / 2).Select(point => (X: Math.Log(point.N), Y: Math.Log(point.Cost))).ToArray();
        if (upper.Length < 2)
        {
            return double.NaN;
        }

        double x = upper.Average(point => point.X), y = upper.Average(point => point.Y);
        return upper.Sum(point => (point.X - x) * (point.Y - y)) / upper.Sum(point => (point.X - x) * (point.X - x));
    }
}

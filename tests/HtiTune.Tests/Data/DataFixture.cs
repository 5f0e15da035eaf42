using System.Globalization;

namespace HtiTune.Tests.Data;

/// <summary>The recorded files of Fixtures/Data.</summary>
internal static class DataFixture
{
    internal static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "Data", name);

    /// <summary>A table of a name and two numbers in double precision, without its header.</summary>
    internal static IEnumerable<(string Name, double Argument, double Value)> Rows(string name) =>
        File.ReadLines(PathOf(name)).Skip(1).Select(line => line.Split(','))
            .Select(fields => (fields[0], Number(fields[1]), Number(fields[2])));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace HtiTune.Benchmarks.Scaling;

/// <summary>What the verb <c>scaling</c> was asked for.</summary>
/// <param name="Problems">The problems.</param>
/// <param name="Sizes">N at the smallest K, ascending; empty for none.</param>
/// <param name="Anchors">K at N = 500, ascending.</param>
/// <param name="FitArguments">Further arguments of every fit.</param>
/// <param name="Out">Folder of scaling.csv and scaling.png, if given.</param>
/// <param name="Cli">htitune.dll, if given.</param>
/// <param name="Limit">Longest time of one fit; larger ones of the series are then left out.</param>
internal sealed record ScalingOptions(
    ScalingProblem[] Problems, int[] Sizes, int[] Anchors, string[] FitArguments, string? Out, string? Cli, TimeSpan Limit)
{
    internal const string Help =
        """
          scaling [options]                   CPU seconds and peak memory of a fit over samples N and anchors K, on drawn data
            --problems a,b,…    default all: {0}
            --sizes a,b,…       N, at 3 anchors; default 250 doubled up to 16000
            --anchors a,b,…     K, at 500 samples; default 3,5,9,17,33
            --fit-args "…"      further arguments of every fit
            --out FOLDER        keeps each run in scaling.csv there, repeats none that it holds, and draws scaling.png
            --cli FILE          htitune.dll; default the Release build of this repository
            --limit SECONDS     longest time of one fit; default 600
        """;

    /// <summary>Parses arguments.</summary>
    /// <exception cref="ArgumentException">One is unknown or wrong; the message says what is expected.</exception>
    internal static ScalingOptions Parse(string[] arguments)
    {
        var options = new ScalingOptions(
            [.. ScalingProblem.All], [250, 500, 1000, 2000, 4000, 8000, 16000], [3, 5, 9, 17, 33], [], null, null, TimeSpan.FromSeconds(600));
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var name = arguments[i];
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{name} needs a value.");
            options = name switch
            {
                "--problems" => options with { Problems = [.. value.Split(',').Select(Problem)] },
                "--sizes" => options with { Sizes = Ascending(name, value, 8) },
                "--anchors" => options with { Anchors = Ascending(name, value, 2) },
                "--fit-args" => options with { FitArguments = value.Split(' ', StringSplitOptions.RemoveEmptyEntries) },
                "--out" => options with { Out = value },
                "--cli" => options with { Cli = value },
                "--limit" => options with { Limit = TimeSpan.FromSeconds(Ascending(name, value, 1)[0]) },
                _ => throw new ArgumentException($"{name} is not an option of scaling."),
            };
        }

        return options;
    }

    private static ScalingProblem Problem(string name) => ScalingProblem.All.FirstOrDefault(problem => problem.Name == name)
        ?? throw new ArgumentException($"'{name}' is unknown; expected among {string.Join(", ", ScalingProblem.All.Select(problem => problem.Name))}.");

    private static int[] Ascending(string name, string value, int least) =>
        [.. value.Split(',').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new ArgumentException($"{name} is {value}; expected whole numbers from {least} on.")).Order()];
}

using System.Globalization;

namespace HtiTune.Benchmarks.Several;

/// <summary>What the verb <c>several</c> was asked for.</summary>
/// <param name="Parts">What is measured.</param>
/// <param name="Seeds">How many seeds.</param>
/// <param name="Dimensions">d.</param>
/// <param name="Families">Which families.</param>
/// <param name="Delta">δ of certificates.</param>
/// <param name="Scatter">What trainings scatter by, in deviations of the outputs.</param>
/// <param name="FirstSeed">The first seed of networks that settings are chosen on.</param>
internal sealed record SeveralOptions(string[] Parts, int Seeds, int[] Dimensions, string[] Families, double Delta, double Scatter, int FirstSeed)
{
    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <param name="known">The parts that there are.</param>
    /// <exception cref="ArgumentException">An argument is wrong.</exception>
    internal static SeveralOptions Parse(string[] arguments, string[] known)
    {
        string[] names = [.. SpaceFamilies.All.Select(family => family.Name)];
        var options = new SeveralOptions(known[..3], 20, [2, 3, 4], names, SeveralCommand.UsualDelta, 0, OwnFamilies.FirstSeed);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var (option, value) = (arguments[i], i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} has no value."));
            options = option switch
            {
                "--parts" => options with { Parts = Known("part", value.Split(','), known) },
                "--seeds" => options with { Seeds = int.Parse(value, CultureInfo.InvariantCulture) },
                "--first-seed" => options with { FirstSeed = int.Parse(value, CultureInfo.InvariantCulture) },
                "--dimensions" => options with { Dimensions = [.. value.Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))] },
                "--families" => options with { Families = Known("family", value.Split(','), names) },
                "--delta" => options with { Delta = Between(option, value) },
                "--scatter" => options with { Scatter = Between(option, value) },
                _ => throw new ArgumentException($"There is no option {option}."),
            };
        }

        return options;
    }

    private static double Between(string option, string value) => double.Parse(value, CultureInfo.InvariantCulture) is > 0 and < 1 and var given ? given
        : throw new ArgumentException($"{option} is {value}; expected a number between 0 and 1.");

    private static string[] Known(string what, string[] given, string[] known) => Array.Find(given, one => !known.Contains(one)) is { } unknown
        ? throw new ArgumentException($"There is no {what} '{unknown}'; expected {string.Join(", ", known)}.")
        : given;
}

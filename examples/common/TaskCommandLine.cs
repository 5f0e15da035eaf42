/// <summary>The options that all tasks share.</summary>
internal sealed record TaskCommandLine
{
    private const int MostSeeds = 99;

    /// <summary>The options, for --help.</summary>
    public const string Options =
        """
          --quick        smaller and shorter, for tests: under 20 seconds, trainings are kept only until the program ends
          --seed N       first seed of trainings and tuner (1)
          --seeds N      how many seeds race against plain GP and random search (5; 1 with --quick)
          --out FOLDER   where the figures go (artifacts/ and the task's name)
          --no-cache     train everything anew, and keep nothing
          --help         this text
        """;

    /// <summary>Whether a short run is wanted.</summary>
    public bool Quick { get; init; }

    /// <summary>First seed of trainings and tuner.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Number of seeds of the race; null for 5, or 1 in a short run.</summary>
    public int? Seeds { get; init; }

    /// <summary>Folder of the figures; null for artifacts/NAME.</summary>
    public string? Out { get; init; }

    /// <summary>Whether trainings are forgotten when the program ends.</summary>
    public bool NoCache { get; init; }

    /// <summary>Whether help is wanted.</summary>
    public bool WantsHelp { get; init; }

    /// <summary>The seeds of the race, ascending.</summary>
    public IReadOnlyList<long> RaceSeeds => [.. Enumerable.Range(0, Seeds ?? (Quick ? 1 : 5)).Select(i => Seed + i)];

    /// <summary>Reads the arguments.</summary>
    /// <param name="args">The arguments.</param>
    /// <exception cref="FormatException">An argument is unknown, or lacks its value; the message says which.</exception>
    public static TaskCommandLine Parse(IReadOnlyList<string> args)
    {
        var line = new TaskCommandLine();
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            string Value() => ++i < args.Count ? args[i] : throw new FormatException($"{name} needs a value.");
            line = name switch
            {
                "--quick" => line with { Quick = true },
                "--seed" => line with { Seed = WholeNumber(name, Value()) },
                "--seeds" => line with { Seeds = (int)WholeNumber(name, Value(), 1, MostSeeds) },
                "--out" => line with { Out = Value() },
                "--no-cache" => line with { NoCache = true },
                "--help" or "-h" => line with { WantsHelp = true },
                _ => throw new FormatException($"There is no option {name}."),
            };
        }

        return line;
    }

    private static long WholeNumber(string name, string text, long least = long.MinValue, long most = long.MaxValue) =>
        !long.TryParse(text, out var number) ? throw new FormatException($"{name} {text} is no whole number.")
        : number < least || number > most ? throw new FormatException($"{name} {text} is not between {least} and {most}.")
        : number;
}

/// <summary>What the user asked for.</summary>
internal sealed record CommandLine
{
    /// <summary>The text of --help.</summary>
    public const string Help = """
        Tunes the quantile level of a load forecaster with HtiTune: once for the cost of under- and over-forecasting at 4 : 1, then,
        from the same trained networks, for 9 : 1 with a penalty on the worst tenth of hours. A Gaussian process without the
        surrogate does the same beside it.

          dotnet run examples/target-quantile/TargetQuantile.cs [-- options]

          --csv FILE       an hourly series of your own, with a header line; needs --column
          --column NAME    the column of FILE to forecast
          --seed N         seed of all trainings and of the tuner (1)
          --out FOLDER     where the figures go (artifacts/target-quantile, which git ignores)
          --quick          a small network, shortly trained, for a look in seconds
          --tables         instead, the three tables that all examples print, over several seeds (minutes); --tables --help: its options
          --sweep          train at 50 quantiles instead and keep both costs in truth.csv (3 minutes)
          --help           this text
        """;

    /// <summary>The option that is answered by the frame of all examples, <see cref="QuantileTask"/>.</summary>
    public const string Tables = "--tables";

    /// <summary>A user's series, or null for the generated one.</summary>
    public string? Csv { get; private init; }

    /// <summary>The user's column.</summary>
    public string? Column { get; private init; }

    /// <summary>Seed of trainings and tuner.</summary>
    public long Seed { get; private init; } = 1;

    /// <summary>Folder of the figures.</summary>
    public string Out { get; private init; } = Path.Combine("artifacts", "target-quantile");

    /// <summary>Whether a short run is wanted.</summary>
    public bool Quick { get; private init; }

    /// <summary>Whether the dense sweep is wanted.</summary>
    public bool Sweep { get; private init; }

    /// <summary>Whether help is wanted.</summary>
    public bool WantsHelp { get; private init; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="args">The arguments.</param>
    /// <exception cref="FormatException">An argument is unknown, or lacks its value; the message says which.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var line = new CommandLine();
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            string Value() => ++i < args.Count ? args[i] : throw new FormatException($"{name} needs a value.");
            line = name switch
            {
                "--csv" => line with { Csv = Value() },
                "--column" => line with { Column = Value() },
                "--seed" => line with { Seed = WholeNumber(name, Value()) },
                "--out" => line with { Out = Value() },
                "--quick" => line with { Quick = true },
                "--sweep" => line with { Sweep = true },
                "--help" or "-h" => line with { WantsHelp = true },
                _ => throw new FormatException($"There is no option {name}."),
            };
        }

        if (line.Csv is null != line.Column is null)
        {
            throw new FormatException("--csv and --column go together.");
        }

        return line.Sweep && (line.Csv is not null || line.Quick)
            ? throw new FormatException("--sweep is for the generated series at full length: without --csv and --quick.")
            : line;
    }

    private static long WholeNumber(string name, string text) =>
        long.TryParse(text, out var number) ? number : throw new FormatException($"{name} {text} is no whole number.");
}

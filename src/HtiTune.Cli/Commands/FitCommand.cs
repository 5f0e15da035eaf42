namespace HtiTune.Cli;

/// <summary><c>htitune fit</c>: a surrogate from samples at several values of the hyperparameter.</summary>
internal sealed class FitCommand
{
    private readonly Option<FileInfo> _data = new("--data")
    {
        Description = "Samples as a .npy array of shape [K, N, D + C]: K values of the hyperparameter, N rows each, D outputs, then C conditions.",
        Required = true,
        HelpName = "A.npy",
    };
    private readonly Option<int> _outputs = new("--outputs") { Description = "D, the number of output columns.", Required = true, HelpName = "D" };
    private readonly Option<int> _categories = new("--categories")
    {
        Description = "The last condition column is a category 0 … n − 1.",
        HelpName = "n",
    };
    private readonly Option<double[]> _lambdas = new("--lambdas")
    {
        Description = "The K values of the hyperparameter, ascending, in the order of the array; or -P for several.",
        HelpName = "l0,l1,…",
        CustomParser = OptionParser.Numbers,
    };
    private readonly Option<string[]> _parameters = new("--parameter", "-P")
    {
        Description = "In the place of --lambdas, once for each of several hyperparameters, as for run: their values at the K blocks stand in the table of --anchors.",
        HelpName = "NAME=FROM..TO[:SCALE]",
    };
    private readonly Option<AnchorChoice?> _anchors = new("--anchors")
    {
        Description = "Which of them to fit on. Default: all. With -P: a table with a column for each hyperparameter and a line for each block of the array.",
        HelpName = "la,lb,…|T.csv",
        CustomParser = OptionParser.Anchors,
    };
    private readonly Option<RowRange?> _rows = new("--rows")
    {
        Description = "Which rows of each to fit on, first:end, end not included. Default: all.",
        HelpName = "a:b",
        CustomParser = OptionParser.Rows,
    };
    private readonly Option<OutputBounds[]?> _bounds = new("--bounds")
    {
        Description = "Bounds that the outputs cannot leave, one pair a column.",
        HelpName = "lo..hi,…",
        CustomParser = OptionParser.Bounds,
    };
    private readonly Option<Scale> _warp = new("--warp")
    {
        Description = "The scale on which outputs move evenly.",
        DefaultValueFactory = _ => Scale.Linear,
        HelpName = string.Join('|', Scale.Names),
        CustomParser = OptionParser.Scale,
    };
    private readonly Option<long> _seed = new("--seed") { Description = "Seed of all chance in the fit.", DefaultValueFactory = _ => 1, HelpName = "s" };
    private readonly Option<FileInfo> _output = new("--out") { Description = "The model file to write.", Required = true, HelpName = "M.hti" };
    private readonly Option<FitMethod> _method = Choice<FitMethod>("--method", "How outputs move between the anchors, or a baseline to compare with. auto takes what suits the data best by leaving anchors and contexts out, and says why; hti, trajectories along coupled rows; kriging, all anchors by a learned likelihood; affine, the same between laws told by mean and covariance; quantiles, between laws told by their levels, column by column. An option of the trajectories alone (cost, potential, energy, metric, clock, self-tuning, coupling dual) takes hti.");
    private readonly Option<OutputKind> _kind = Choice<OutputKind>("--kind", "What values the outputs can take, by kriging, affine, quantiles and auto; auto takes what every row obeys.");
    private readonly Option<NuggetKind> _nugget = Choice<NuggetKind>("--nugget", "By kriging, affine, quantiles and auto: whether the curve meets the anchors or smooths the scatter of trainings.");
    private readonly Option<CouplingKind> _coupling = Choice<CouplingKind>("--coupling", "Which output at one anchor belongs to which at the next.");
    private readonly Option<CouplingCost> _cost = Choice<CouplingCost>("--cost", "Ground cost of the transport where outputs are coupled by category.");
    private readonly Option<PotentialKind> _potential = Choice<PotentialKind>("--potential", "What bends the paths between anchors.");
    private readonly Option<double> _strength = new("--potential-strength")
    {
        Description = "Strength of the density potential.",
        DefaultValueFactory = _ => 30,
        HelpName = "a",
        CustomParser = OptionParser.Number,
    };
    private readonly Option<BandwidthKind> _bandwidth = Choice<BandwidthKind>("--bandwidth", "How the widths of the density potential's kernels are chosen.");
    private readonly Option<double> _factor = new("--bandwidth-factor")
    {
        Description = "Multiplies the bandwidth that is chosen.",
        DefaultValueFactory = _ => 1,
        HelpName = "f",
        CustomParser = OptionParser.Number,
    };
    private readonly Option<EnergyKind> _energy = Choice<EnergyKind>("--energy", "What the paths of a dual coupling minimise.");
    private readonly Option<MetricKind> _metric = Choice<MetricKind>("--metric", "The metric of the paths' kinetic energy. With --coupling dual it is trained jointly with the transport.");
    private readonly Option<ClockKind> _clock = Choice<ClockKind>("--clock", "How fast samples move along their paths.");
    private readonly Option<bool> _tune = new("--self-tune")
    {
        Description = "Choose cost, potential, metric, bandwidth, strength and clock by leaving out interior values, one at a time.",
    };
    private readonly Option<double> _budget = new("--self-tune-budget")
    {
        Description = "Seconds that self-tuning may take before the fit.",
        DefaultValueFactory = _ => 60,
        HelpName = "s",
        CustomParser = OptionParser.Number,
    };
    private readonly Option<bool> _json = new("--json") { Description = "Print what was chosen as one JSON object on standard output." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "No progress, no summary." };

    internal static Command Create() => new FitCommand().ToCommand();

    private Command ToCommand()
    {
        var command = new Command(
            "fit",
            "Fit a surrogate to samples of a network's outputs at several values of its hyperparameter.\n\n"
            + "Example:\n  htitune fit --data forecasts.npy --outputs 3 --lambdas 0.01,0.5,0.99 --warp normal-quantile --out forecasts.hti\n"
            + "  htitune fit --data outputs.npy --outputs 3 -P lr=1e-5..1e-1:log -P layers=1..4:int --anchors table.csv --out model.hti")
        {
            _data, _outputs, _categories, _lambdas, _parameters, _anchors, _rows, _bounds, _warp, _seed, _output, _method, _kind, _nugget, _coupling, _cost, _metric, _potential,
            _strength, _bandwidth, _factor, _energy, _clock, _tune, _budget, _json, _quiet,
        };
        command.Do(result => result.GetResult(_parameters) is null ? Run(result) : RunSpace(result));
        return command;
    }

    private int Run(ParseResult result)
    {
        using var interrupts = Interrupts.Listen();
        var cancellation = interrupts.Finish;
        CliException.ThrowIf(result.GetResult(_lambdas) is null, "H001", "Option '--lambdas' is required.", Advice.Help.For("fit"));

        if (result.GetValue(_anchors)?.Table is { } file)
        {
            throw new CliException("H001", $"--anchors names the table {file} without -P; expected values of --lambdas.", Advice.Help.For("fit"));
        }

        var set = AnchorBlocks.Line(
            result.GetRequiredValue(_data).FullName,
            new RowLayout(result.GetRequiredValue(_outputs), result.GetValue(_categories)),
            result.GetRequiredValue(_lambdas),
            result.GetValue(_anchors)?.Values is { Length: > 0 } chosen ? chosen : null,
            result.GetValue(_rows),
            result.GetRequiredValue(_warp));
        var options = OptionsOf(result);
        var asked = MethodOf(result, options);
        var kriging = new KrigingOptions
        {
            Coupling = options,
            Kind = result.GetValue(_kind),
            Nugget = result.GetValue(_nugget),
            Carrying = asked switch
            {
                FitMethod.Affine => RowCarrying.Affine,
                FitMethod.Quantiles => RowCarrying.Quantiles,
                _ => RowCarrying.Maps,
            },
        };
        ChoiceReport? choice = null;
        var model = Terminal.WithProgress<IFittedSurrogate>(
            "fit",
            result.GetValue(_quiet),
            report =>
            {
                var reporter = new Reporter(report);
                if (asked != FitMethod.Auto)
                {
                    return asked is FitMethod.Kriging or FitMethod.Affine or FitMethod.Quantiles
                        ? KrigedSurrogate.Fit(set, kriging, reporter, cancellation) : TrajectorySurrogate.Fit(set, options, reporter, cancellation);
                }

                (var surrogate, choice) = SurrogateChoice.Fit(set, kriging, reporter, cancellation);
                return surrogate;
            });
        var path = result.GetRequiredValue(_output).FullName;
        model.Save(path);
        FitTelling.Tell(model, choice, path, result.GetValue(_json), result.GetValue(_quiet));
        return ExitCode.Done;
    }

    private int RunSpace(ParseResult result)
    {
        Option[] others = [_lambdas, _warp, _coupling, _cost, _metric, _potential, _strength, _bandwidth, _factor, _energy, _clock, _tune, _budget];
        if (others.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } other)
        {
            throw new CliException("H001", $"{other.Name} is given with -P; it is of one hyperparameter alone.", Advice.Help.For("fit"));
        }

        if (!Enum.TryParse<SpaceMethod>(result.GetValue(_method).ToString(), out var method))
        {
            var known = string.Join(", ", Enum.GetNames<SpaceMethod>().Select(Kebab));
            throw new CliException("H001", $"--method is {Kebab(result.GetValue(_method).ToString())} with -P; expected one of {known}.", Advice.Help.For("fit"));
        }

        if (result.GetValue(_anchors)?.Table is not { } table)
        {
            throw new CliException(
                "H001", "-P is given without a table of values; expected --anchors T.csv, a column for each hyperparameter and a line for each block of the array.", Advice.Help.For("fit"));
        }

        using var interrupts = Interrupts.Listen();
        var (cancellation, quiet) = (interrupts.Finish, result.GetValue(_quiet));
        var set = AnchorBlocks.Space(
            result.GetRequiredValue(_data).FullName, new RowLayout(result.GetRequiredValue(_outputs), result.GetValue(_categories)),
            SearchSpace.Parse(result.GetRequiredValue(_parameters)), table, result.GetValue(_rows));
        var options = new SpaceSurrogateOptions
        {
            Method = method,
            Seed = result.GetValue(_seed),
            Bounds = result.GetValue(_bounds) is { Length: > 0 } pairs ? pairs : null,
            Kind = result.GetValue(_kind),
            Nugget = result.GetValue(_nugget),
        };
        var model = Terminal.WithProgress("fit", quiet, report => SpaceSurrogate.Fit(set, options, new Reporter(report), cancellation));
        var path = result.GetRequiredValue(_output).FullName;
        model.Save(path);
        FitTelling.Tell(model, path, result.GetValue(_json), quiet);
        return ExitCode.Done;
    }

    private TrajectoryOptions OptionsOf(ParseResult result) => new()
    {
        Seed = result.GetValue(_seed),
        Bounds = result.GetValue(_bounds) is { Length: > 0 } pairs ? pairs : null,
        Method = Baseline(result.GetValue(_method)),
        Coupling = result.GetValue(_coupling),
        Cost = result.GetValue(_cost),
        Potential = result.GetValue(_potential),
        PotentialStrength = result.GetValue(_strength),
        Bandwidth = result.GetValue(_bandwidth),
        BandwidthFactor = result.GetValue(_factor),
        Energy = result.GetValue(_energy),
        Metric = result.GetValue(_metric),
        Clock = result.GetValue(_clock),
        SelfTune = result.GetValue(_tune),
        SelfTuneBudget = TimeSpan.FromSeconds(Math.Clamp(result.GetValue(_budget), -1, 1e6)),
    };

    // The method that is asked for; an option of the trajectories alone asks for them.
    private FitMethod MethodOf(ParseResult result, TrajectoryOptions options)
    {
        var isTrajectories = options.Coupling == CouplingKind.Dual
            || new Option[] { _cost, _potential, _strength, _bandwidth, _factor, _energy, _metric, _clock, _tune, _budget }.Any(option => result.GetResult(option) is { Implicit: false });
        var method = result.GetResult(_method) is null && isTrajectories ? FitMethod.Hti : result.GetValue(_method);
        var isKriged = method is FitMethod.Kriging or FitMethod.Affine or FitMethod.Quantiles or FitMethod.Auto;
        foreach (var option in new Option[] { _kind, _nugget }.Where(option => !isKriged && result.GetResult(option) is not null))
        {
            throw new ArgumentException($"{option.Name} is given with --method {Kebab(method.ToString())}; expected kriging, affine, quantiles or auto.");
        }

        return method;
    }

    private static Option<T> Choice<T>(string name, string description)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().ToDictionary(Kebab, Enum.Parse<T>);
        var option = new Option<T>(name)
        {
            Description = $"{description} Default: {names.First().Key}.",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (names.TryGetValue(text, out var value))
                {
                    return value;
                }

                result.AddError($"'{text}' is not what {name} takes; expected one of {string.Join(", ", names.Keys)}.");
                return default;
            },
            HelpName = string.Join('|', names.Keys),
        };
        return option;
    }

    internal static string Kebab(string name) =>
        string.Concat(name.Select((letter, i) => char.IsUpper(letter) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(letter) : letter.ToString()));

    /// <summary>The method of a trajectory surrogate; kriging takes the default's place.</summary>
    private static Method Baseline(FitMethod method) => Enum.TryParse<Method>(method.ToString(), out var baseline) ? baseline : Method.Hti;

    /// <summary>Reports on the calling thread, in order.</summary>
    private sealed class Reporter(Action<string, double> report) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => report(value.Stage, value.Share);
    }
}

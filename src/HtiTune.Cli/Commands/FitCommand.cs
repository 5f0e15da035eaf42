using System.CommandLine;
using HtiTune.Data;
using HtiTune.Surrogates;

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
        Description = "The K values of the hyperparameter, ascending, in the order of the array.",
        Required = true,
        HelpName = "l0,l1,…",
        CustomParser = OptionParser.Numbers,
    };
    private readonly Option<double[]?> _anchors = new("--anchors")
    {
        Description = "Which of them to fit on. Default: all.",
        HelpName = "la,lb,…",
        CustomParser = OptionParser.Numbers,
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
    private readonly Option<FitMethod> _method = Choice<FitMethod>("--method", "How outputs move between the anchors, or a baseline to compare with. auto takes what suits the data best by leaving anchors and contexts out, and says why; hti, trajectories along coupled rows; kriging, all anchors by a learned likelihood; affine, the same between laws told by mean and covariance. An option of the trajectories alone (cost, potential, energy, metric, clock, self-tuning, coupling dual) takes hti.");
    private readonly Option<OutputKind> _kind = Choice<OutputKind>("--kind", "What values the outputs can take, by kriging, affine and auto; auto takes what every row obeys.");
    private readonly Option<NuggetKind> _nugget = Choice<NuggetKind>("--nugget", "By kriging, affine and auto: whether the curve meets the anchors or smooths the scatter of trainings.");
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
            + "Example:\n  htitune fit --data forecasts.npy --outputs 3 --lambdas 0.01,0.5,0.99 --warp normal-quantile --out forecasts.hti")
        {
            _data, _outputs, _categories, _lambdas, _anchors, _rows, _bounds, _warp, _seed, _output, _method, _kind, _nugget, _coupling, _cost, _metric, _potential,
            _strength, _bandwidth, _factor, _energy, _clock, _tune, _budget, _json, _quiet,
        };
        command.Do(Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        using var interrupts = Interrupts.Listen();
        var cancellation = interrupts.Finish;
        var set = ReadAnchors(
            result.GetRequiredValue(_data).FullName,
            new RowLayout(result.GetRequiredValue(_outputs), result.GetValue(_categories)),
            result.GetRequiredValue(_lambdas),
            result.GetValue(_anchors) is { Length: > 0 } chosen ? chosen : null,
            result.GetValue(_rows),
            result.GetRequiredValue(_warp));
        var options = OptionsOf(result);
        var asked = MethodOf(result, options);
        var kriging = new KrigingOptions
        {
            Coupling = options,
            Kind = result.GetValue(_kind),
            Nugget = result.GetValue(_nugget),
            Carrying = asked == FitMethod.Affine ? RowCarrying.Affine : RowCarrying.Maps,
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
                    return asked is FitMethod.Kriging or FitMethod.Affine ? KrigedSurrogate.Fit(set, kriging, reporter, cancellation) : TrajectorySurrogate.Fit(set, options, reporter, cancellation);
                }

                (var surrogate, choice) = SurrogateChoice.Fit(set, kriging, reporter, cancellation);
                return surrogate;
            });
        var path = result.GetRequiredValue(_output).FullName;
        model.Save(path);
        FitTelling.Tell(model, choice, path, result.GetValue(_json), result.GetValue(_quiet));
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
        var isKriged = method is FitMethod.Kriging or FitMethod.Affine or FitMethod.Auto;
        foreach (var option in new Option[] { _kind, _nugget }.Where(option => !isKriged && result.GetResult(option) is not null))
        {
            throw new ArgumentException($"{option.Name} is given with --method {Kebab(method.ToString())}; expected kriging, affine or auto.");
        }

        return method;
    }

    /// <summary>Reads the anchors of a stacked array.</summary>
    internal static AnchorSet ReadAnchors(string file, RowLayout layout, double[] lambdas, double[]? anchors, RowRange? rows, Scale scale)
    {
        if (layout.Outputs < 1)
        {
            throw new ArgumentException($"--outputs is {layout.Outputs}; expected at least 1.");
        }

        if (layout.Categories < 0)
        {
            throw new ArgumentException($"--categories is {layout.Categories}; expected at least 1, or leave it out.");
        }

        var array = NpyFile.Read(file);
        if (array.Shape.Length != 3)
        {
            throw new DataFormatException(
                file, "shape", $"({string.Join(", ", array.Shape)})", "three axes [K, N, D + C]: hyperparameter values, rows, columns");
        }

        if (array.Shape[0] != lambdas.Length)
        {
            throw new DataFormatException(
                file, "first axis", $"{array.Shape[0]} blocks of rows", $"{lambdas.Length}, one for each value of --lambdas");
        }

        for (var i = 1; i < lambdas.Length; i++)
        {
            if (!(lambdas[i] > lambdas[i - 1]))
            {
                throw new ArgumentException(
                    $"--lambdas are not ascending: value {i + 1} is {lambdas[i]} after {lambdas[i - 1]}; expected each larger than the one before.");
            }
        }

        rows ??= new RowRange(0, array.Shape[1]);
        if (rows.End > array.Shape[1])
        {
            throw new ArgumentException($"--rows end at {rows.End}; {file} has {array.Shape[1]} rows for each value.");
        }

        var hyperparameter = Hyperparameter.Continuous("lambda", lambdas[0], lambdas[^1], scale);
        return new AnchorSet(hyperparameter, (anchors ?? lambdas).Select(lambda =>
        {
            var block = Array.IndexOf(lambdas, lambda);
            return block < 0
                ? throw new ArgumentException($"--anchors names {lambda}, which is not among --lambdas {string.Join(",", lambdas)}.")
                : new Anchor(lambda, layout.Read(array, file, block * array.Shape[1] + rows.First, rows.End - rows.First));
        }));
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

using System.CommandLine;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Cli;

/// <summary><c>htitune fit</c>: a surrogate from samples at several values of the hyperparameter.</summary>
internal static class FitCommand
{
    internal static Command Create()
    {
        var data = new Option<FileInfo>("--data")
        {
            Description = "Samples as a .npy array of shape [K, N, D + C]: K values of the hyperparameter, N rows each, D outputs, then C conditions.",
            Required = true,
            HelpName = "A.npy",
        };
        var outputs = new Option<int>("--outputs") { Description = "D, the number of output columns.", Required = true, HelpName = "D" };
        var categories = new Option<int>("--categories")
        {
            Description = "The last condition column is a category 0 … n − 1.",
            HelpName = "n",
        };
        var lambdas = new Option<double[]>("--lambdas")
        {
            Description = "The K values of the hyperparameter, ascending, in the order of the array.",
            Required = true,
            HelpName = "l0,l1,…",
            CustomParser = OptionParser.Numbers,
        };
        var anchors = new Option<double[]?>("--anchors")
        {
            Description = "Which of them to fit on. Default: all.",
            HelpName = "la,lb,…",
            CustomParser = OptionParser.Numbers,
        };
        var rows = new Option<RowRange?>("--rows")
        {
            Description = "Which rows of each to fit on, first:end, end not included. Default: all.",
            HelpName = "a:b",
            CustomParser = OptionParser.Rows,
        };
        var bounds = new Option<OutputBounds[]?>("--bounds")
        {
            Description = "Bounds that the outputs cannot leave, one pair a column.",
            HelpName = "lo..hi,…",
            CustomParser = OptionParser.Bounds,
        };
        var warp = new Option<Scale>("--warp")
        {
            Description = "The scale on which outputs move evenly.",
            DefaultValueFactory = _ => Scale.Linear,
            HelpName = string.Join('|', Scale.Names),
            CustomParser = OptionParser.Scale,
        };
        var seed = new Option<long>("--seed") { Description = "Seed of all chance in the fit.", DefaultValueFactory = _ => 1, HelpName = "s" };
        var output = new Option<FileInfo>("--out") { Description = "The model file to write.", Required = true, HelpName = "M.hti" };
        var method = Choice<FitMethod>("--method", "How outputs move between the anchors, or a baseline to compare with. auto takes what suits the data best by leaving anchors and contexts out, and says why; hti, trajectories along coupled rows; kriging, all anchors by a learned likelihood; affine, the same between laws told by mean and covariance. An option of the trajectories alone (cost, potential, energy, metric, clock, self-tuning, coupling dual) takes hti.");
        var kind = Choice<OutputKind>("--kind", "What values the outputs can take, by kriging, affine and auto; auto takes what every row obeys.");
        var nugget = Choice<NuggetKind>("--nugget", "By kriging, affine and auto: whether the curve meets the anchors or smooths the scatter of trainings.");
        var coupling = Choice<CouplingKind>("--coupling", "Which output at one anchor belongs to which at the next.");
        var cost = Choice<CouplingCost>("--cost", "Ground cost of the transport where outputs are coupled by category.");
        var potential = Choice<PotentialKind>("--potential", "What bends the paths between anchors.");
        var strength = new Option<double>("--potential-strength")
        {
            Description = "Strength of the density potential.",
            DefaultValueFactory = _ => 30,
            HelpName = "a",
            CustomParser = OptionParser.Number,
        };
        var bandwidth = Choice<BandwidthKind>("--bandwidth", "How the widths of the density potential's kernels are chosen.");
        var factor = new Option<double>("--bandwidth-factor")
        {
            Description = "Multiplies the bandwidth that is chosen.",
            DefaultValueFactory = _ => 1,
            HelpName = "f",
            CustomParser = OptionParser.Number,
        };
        var energy = Choice<EnergyKind>("--energy", "What the paths of a dual coupling minimise.");
        var metric = Choice<MetricKind>("--metric", "The metric of the paths' kinetic energy. With --coupling dual it is trained jointly with the transport.");
        var clock = Choice<ClockKind>("--clock", "How fast samples move along their paths.");
        var tune = new Option<bool>("--self-tune")
        {
            Description = "Choose cost, potential, metric, bandwidth, strength and clock by leaving out interior values, one at a time.",
        };
        var budget = new Option<double>("--self-tune-budget")
        {
            Description = "Seconds that self-tuning may take before the fit.",
            DefaultValueFactory = _ => 60,
            HelpName = "s",
            CustomParser = OptionParser.Number,
        };
        var json = new Option<bool>("--json") { Description = "Print what was chosen as one JSON object on standard output." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress, no summary." };
        var command = new Command(
            "fit",
            "Fit a surrogate to samples of a network's outputs at several values of its hyperparameter.\n\n"
            + "Example:\n  htitune fit --data forecasts.npy --outputs 3 --lambdas 0.01,0.5,0.99 --warp normal-quantile --out forecasts.hti")
        {
            data, outputs, categories, lambdas, anchors, rows, bounds, warp, seed, output, method, kind, nugget, coupling, cost, metric, potential,
            strength, bandwidth, factor, energy, clock, tune, budget, json, quiet,
        };

        command.Do(result =>
        {
            using var interrupts = Interrupts.Listen();
            var cancellation = interrupts.Finish;
            var set = ReadAnchors(
                result.GetRequiredValue(data).FullName,
                new RowLayout(result.GetRequiredValue(outputs), result.GetValue(categories)),
                result.GetRequiredValue(lambdas),
                result.GetValue(anchors) is { Length: > 0 } chosen ? chosen : null,
                result.GetValue(rows),
                result.GetRequiredValue(warp));
            var options = new TrajectoryOptions
            {
                Seed = result.GetValue(seed),
                Bounds = result.GetValue(bounds) is { Length: > 0 } pairs ? pairs : null,
                Method = Baseline(result.GetValue(method)),
                Coupling = result.GetValue(coupling),
                Cost = result.GetValue(cost),
                Potential = result.GetValue(potential),
                PotentialStrength = result.GetValue(strength),
                Bandwidth = result.GetValue(bandwidth),
                BandwidthFactor = result.GetValue(factor),
                Energy = result.GetValue(energy),
                Metric = result.GetValue(metric),
                Clock = result.GetValue(clock),
                SelfTune = result.GetValue(tune),
                SelfTuneBudget = TimeSpan.FromSeconds(Math.Clamp(result.GetValue(budget), -1, 1e6)),
            };
            var isTrajectories = options.Coupling == CouplingKind.Dual
                || new Option[] { cost, potential, strength, bandwidth, factor, energy, metric, clock, tune, budget }.Any(option => result.GetResult(option) is { Implicit: false });
            var asked = result.GetResult(method) is null && isTrajectories ? FitMethod.Hti : result.GetValue(method);
            var isKriged = asked is FitMethod.Kriging or FitMethod.Affine or FitMethod.Auto;
            foreach (var option in new Option[] { kind, nugget }.Where(option => !isKriged && result.GetResult(option) is not null))
            {
                throw new ArgumentException($"{option.Name} is given with --method {Kebab(asked.ToString())}; expected kriging, affine or auto.");
            }

            var kriging = new KrigingOptions
            {
                Coupling = options,
                Kind = result.GetValue(kind),
                Nugget = result.GetValue(nugget),
                Carrying = asked == FitMethod.Affine ? RowCarrying.Affine : RowCarrying.Maps,
            };
            ChoiceReport? choice = null;
            var model = Terminal.WithProgress<IFittedSurrogate>(
                "fit",
                result.GetValue(quiet),
                report =>
                {
                    var reporter = new Reporter(report);
                    if (asked != FitMethod.Auto)
                    {
                        return isKriged ? KrigedSurrogate.Fit(set, kriging, reporter, cancellation) : TrajectorySurrogate.Fit(set, options, reporter, cancellation);
                    }

                    (var surrogate, choice) = SurrogateChoice.Fit(set, kriging, reporter, cancellation);
                    return surrogate;
                });
            var path = result.GetRequiredValue(output).FullName;
            model.Save(path);
            FitTelling.Tell(model, choice, path, result.GetValue(json), result.GetValue(quiet));
            return ExitCode.Done;
        });
        return command;
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

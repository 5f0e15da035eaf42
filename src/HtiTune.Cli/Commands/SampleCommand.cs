namespace HtiTune.Cli;

/// <summary><c>htitune sample</c>: moves a network's outputs to another value of the hyperparameter.</summary>
internal sealed class SampleCommand
{
    private readonly Option<FileInfo?> _model = new("--model") { Description = "A model file written by fit.", HelpName = "M.hti" };
    private readonly Option<string?> _from = new("--from")
    {
        Description = "The anchor that the outputs in --input come from; of several hyperparameters lr=0.01,layers=2, or none for contexts alone.",
        HelpName = "l",
        CustomParser = OptionParser.Place,
    };
    private readonly Option<string?> _at = new("--at")
    {
        Description = "In the place of --lambda, for a model of several hyperparameters: where, lr=0.003,layers=2.",
        HelpName = "NAME=VALUE,…",
    };
    private readonly Option<double> _lambda = new("--lambda")
    {
        Description = "The value to move them to, between the first and the last anchor; a kriged model takes its whole range.",
        HelpName = "l*",
        CustomParser = OptionParser.Number,
    };
    private readonly Option<FileInfo?> _input = new("--input")
    {
        Description = "Rows [n, D + C] as .npy: outputs of the network at --from, then the conditions. With --server, or of several hyperparameters without --from: the conditions alone, [n, C].",
        HelpName = "X.npy",
    };
    private readonly Option<FileInfo> _output = new("--out")
    {
        Description = "Rows to write, in the same order: outputs at --lambda or --at, then the same conditions.",
        Required = true,
        HelpName = "Y.npy",
    };
    private readonly Option<int?> _count = CommonOptions.Whole("--rows", "With --server and without conditions: so many draws. Default: 1.", 1, 1_000_000);
    private readonly Option<string?> _study = new("--study") { Description = "With --server: the study, as its file or its id. Default: as for the other verbs.", HelpName = "STUDY" };

    internal static Command Create() => new SampleCommand().ToCommand();

    private Command ToCommand()
    {
        var command = new Command(
            "sample",
            "Move outputs of a network from an anchor to another value of the hyperparameter, without training.\n\n"
            + "Example:\n  htitune sample --model forecasts.hti --from 0.5 --lambda 0.8 --input at-0.5.npy --out at-0.8.npy\n"
            + "  htitune sample --model model.hti --at lr=0.003,layers=2 --out at.npy\n"
            + "  htitune sample --server https://tuning.example --lambda 0.8 --rows 1000 --out at-0.8.npy")
        {
            _model, _from, _lambda, _at, _input, _output, _count, _study,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(_lambda) is null && result.GetResult(_at) is null)
            {
                result.AddError("Option '--lambda' is required.");
            }
        });
        var served = ServerOptions.AddTo(command);
        command.Do(result => Run(result, served));
        return command;
    }

    private int Run(ParseResult result, ServerOptions served)
    {
        CliException.ThrowIf(result.GetResult(_lambda) is not null && result.GetResult(_at) is not null,
            "H001", "--lambda and --at are given; expected one of them.", Advice.Help.For("sample"));

        using var server = served.Open(result);
        CliException.ThrowIf(server is not null && result.GetResult(_at) is not null,
            "H001", "--at is given with --server; expected --lambda, since a server samples studies of one hyperparameter.", Advice.Help.For("sample"));

        if (server is not null)
        {
            return ServerVerbs.Sample(server, result.GetValue(_study), result.GetValue(_lambda), result.GetValue(_input)?.FullName, result.GetValue(_count), result.GetRequiredValue(_output).FullName);
        }

        if (result.GetValue(_model) is { } model && SurrogateFile.HoldsSpace(model.FullName))
        {
            return result.GetValue(_at) is { } at
                ? SpaceModels.Sample(model.FullName, at, result.GetValue(_from), result.GetValue(_input)?.FullName, result.GetRequiredValue(_output).FullName)
                : throw new CliException(
                    "H001", $"{model} is of several hyperparameters; expected --at, e.g. --at {StudyPaths.Example(SpaceSurrogate.Load(model.FullName).Space)}.", Advice.Help.For("sample"));
        }

        CliException.ThrowIf(result.GetValue(_model) is null || result.GetValue(_input) is null || result.GetResult(_from) is null,
            "H001", "sample takes --model, --from and --input, or --server; expected the three of them.", Advice.Help.For("sample"));

        CliException.ThrowIf(result.GetResult(_at) is not null || result.GetValue(_from)!.Contains('=', StringComparison.Ordinal),
            "H001", "the model is of one hyperparameter; expected numbers, --from and --lambda.", Advice.Help.For("sample"));

        var from = double.Parse(result.GetValue(_from)!, CultureInfo.InvariantCulture);
        var surrogate = SurrogateFile.Load(result.GetValue(_model)!.FullName);
        var file = result.GetValue(_input)!.FullName;
        var array = NpyFile.Read(file);
        var layout = new RowLayout(surrogate.Dimension, surrogate.CategoryCount);
        var width = surrogate.Dimension + surrogate.ConditionCount + (surrogate.CategoryCount > 0 ? 1 : 0);
        if (array.Shape.Length != 2 || array.Shape[1] != width)
        {
            throw new DataFormatException(
                file,
                "shape",
                $"({string.Join(", ", array.Shape)})",
                $"(n, {width}): {surrogate.Dimension} outputs, {surrogate.ConditionCount} conditions{(surrogate.CategoryCount > 0 ? ", the category" : "")}");
        }

        var rows = layout.Read(array, file, 0, array.Shape[0]);
        var moved = surrogate.Transport(rows, from, result.GetValue(_lambda));
        NpyFile.Write(result.GetRequiredValue(_output).FullName, array.Shape, layout.Replace(array, moved));
        return ExitCode.Done;
    }
}

using System.CommandLine;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Cli;

/// <summary><c>htitune sample</c>: moves a network's outputs to another value of the hyperparameter.</summary>
internal static class SampleCommand
{
    internal static Command Create()
    {
        var model = new Option<FileInfo>("--model") { Description = "A model file written by fit.", Required = true, HelpName = "M.hti" };
        var from = new Option<double>("--from")
        {
            Description = "The anchor that the outputs in --input come from.",
            Required = true,
            HelpName = "l",
            CustomParser = Values.Number,
        };
        var lambda = new Option<double>("--lambda")
        {
            Description = "The value to move them to, between the first and the last anchor.",
            Required = true,
            HelpName = "l*",
            CustomParser = Values.Number,
        };
        var input = new Option<FileInfo>("--input")
        {
            Description = "Rows [n, D + C] as .npy: outputs of the network at --from, then the conditions.",
            Required = true,
            HelpName = "X.npy",
        };
        var output = new Option<FileInfo>("--out")
        {
            Description = "Rows to write, in the same order: outputs at --lambda, then the same conditions.",
            Required = true,
            HelpName = "Y.npy",
        };
        var command = new Command(
            "sample",
            "Move outputs of a network from an anchor to another value of the hyperparameter, without training.\n\n"
            + "Example:\n  htitune sample --model forecasts.hti --from 0.5 --lambda 0.8 --input at-0.5.npy --out at-0.8.npy")
        {
            model, from, lambda, input, output,
        };
        command.Do(result =>
        {
            var surrogate = TrajectorySurrogate.Load(result.GetRequiredValue(model).FullName);
            var file = result.GetRequiredValue(input).FullName;
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
            var moved = surrogate.Transport(rows, result.GetValue(from), result.GetValue(lambda));
            NpyFile.Write(result.GetRequiredValue(output).FullName, array.Shape, layout.Replace(array, moved));
            return ExitCode.Done;
        });
        return command;
    }
}

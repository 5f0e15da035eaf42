using System.Globalization;
using HtiTune.Data;

namespace HtiTune.Benchmarks.Quality.Processes;

/// <summary>One method of the <c>htitune</c> command with one seed: fits and samples as child processes, and what they used.</summary>
/// <param name="method">The method, whose arguments every fit gets.</param>
/// <param name="seed">The seed of every fit.</param>
/// <param name="place">The command and the folder it works in.</param>
internal sealed class Command(Method method, long seed, Workplace place)
{
    private const int UsageError = 2;
    private readonly List<double> _fitSeconds = [];
    private readonly List<double> _sampleSeconds = [];

    /// <summary>The seed.</summary>
    internal long Seed => seed;

    /// <summary>CPU seconds of a fit, the mean over the fits.</summary>
    internal double FitSeconds => _fitSeconds.Average();

    /// <summary>CPU seconds of a call of sample, the mean over the calls; 0 where a task made none.</summary>
    internal double SampleSeconds => _sampleSeconds.DefaultIfEmpty().Average();

    /// <summary>Peak memory of the largest process, in MiB.</summary>
    internal double PeakMebibytes { get; private set; }

    /// <summary>Writes rows where the command can read them.</summary>
    /// <param name="shape">Shape of the array.</param>
    /// <param name="values">Its values.</param>
    /// <returns>The file.</returns>
    internal string Write(int[] shape, float[] values)
    {
        NpyFile.Write(place.File("data.npy"), shape, values);
        return place.File("data.npy");
    }

    /// <summary>Runs <c>fit</c>.</summary>
    /// <param name="data">File of the samples [K, N, D + C].</param>
    /// <param name="outputs">D.</param>
    /// <param name="lambdas">The K values of the hyperparameter.</param>
    /// <param name="more">Further arguments.</param>
    /// <exception cref="UnknownMethodException">The command does not know the method or one of its options.</exception>
    /// <exception cref="InvalidOperationException">The fit failed.</exception>
    internal FittedModel Fit(string data, int outputs, double[] lambdas, params string[] more)
    {
        var model = place.File("model.hti");
        var usage = Run(
            ["fit", "--data", data, "--outputs", $"{outputs}", "--lambdas", List(lambdas), .. more, "--seed", $"{seed}", "--out", model, .. method.Arguments]);
        if (usage.ExitCode == UsageError)
        {
            throw new UnknownMethodException(usage.Errors.Split('\n')[0]);
        }

        _fitSeconds.Add(Done("fit", usage).CpuSeconds);
        return new FittedModel(this, model, outputs);
    }

    /// <summary>Numbers as options take them, separated by commas.</summary>
    internal static string List(IEnumerable<double> values) => string.Join(',', values.Select(Number));

    /// <summary>Runs <c>sample</c>; the checks are those of score.py.</summary>
    internal Matrix Sample(FittedModel model, double from, double to, Matrix rows)
    {
        string input = place.File("in.npy"), output = place.File("out.npy");
        NpyFile.Write(input, rows);
        var usage = Run(["sample", "--model", model.Path, "--from", Number(from), "--lambda", Number(to), "--input", input, "--out", output]);
        _sampleSeconds.Add(Done("sample", usage).CpuSeconds);
        var moved = NpyFile.ReadMatrix(output);
        var conditions = rows.Columns - model.Outputs;
        if (moved.Rows != rows.Rows || moved.Columns != rows.Columns
            || !moved.SelectColumns(model.Outputs, conditions).SameAs(rows.SelectColumns(model.Outputs, conditions)))
        {
            throw new InvalidOperationException($"sample at {to}: the rows came back with another shape or changed conditions");
        }

        return moved;
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private Usage Run(string[] arguments)
    {
        var usage = ChildProcess.Run(place.Program, [.. place.Leading, .. arguments], place.File("errors.txt"), place.Limit);
        PeakMebibytes = Math.Max(PeakMebibytes, usage.PeakMebibytes);
        return usage;
    }

    private static Usage Done(string verb, Usage usage) => usage.ExitCode == 0 ? usage : throw new InvalidOperationException(
        $"{verb} ended with {usage.ExitCode}: {string.Join(' ', usage.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(2))}");
}

/// <summary>A model file that a fit wrote.</summary>
/// <param name="Command">The command that fitted it.</param>
/// <param name="Path">The file.</param>
/// <param name="Outputs">D.</param>
internal sealed record FittedModel(Command Command, string Path, int Outputs)
{
    /// <summary>Moves rows of outputs and conditions from an anchor to another value.</summary>
    internal Matrix Sample(double from, double to, Matrix rows) => Command.Sample(this, from, to, rows);
}

/// <summary>The command does not know a method yet.</summary>
/// <param name="message">What it said.</param>
internal sealed class UnknownMethodException(string message) : Exception(message);

using System.Globalization;
using HtiTune.Benchmarks.Quality.Tasks;
using HtiTune.Data;
using static TorchSharp.torch;

namespace HtiTune.Benchmarks.Quality;

/// <summary>The verb <c>policies</c>: trains the policies of the task <c>hinge</c> in the example's environment, and keeps their weights in a file.</summary>
internal static class PolicyCommand
{
    internal const string Help =
        """
          policies --out FILE [--steps N]     trains the policies of the task hinge (default 500,000 days each: half a minute) and keeps them
        """;

    private const long Seed = 1;

    /// <summary>Runs it.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        var options = new PpoOptions();
        if (arguments is not ["--out", var file, .. var rest] || rest is not ([] or ["--steps", _])
            || (rest.Length > 0 && !int.TryParse(rest[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            Console.Error.WriteLine($"error: expected\n{Help}");
            return 2;
        }

        options = rest.Length > 0 ? options with { Steps = int.Parse(rest[1], CultureInfo.InvariantCulture) } : options;
        set_num_threads(1);
        var rows = new List<float[]>();
        foreach (var lambda in Treatments.HingeWeights)
        {
            var policy = new PpoTraining(lambda, Seed, options, Treatments.Tolerance).Run(null, CancellationToken.None);
            rows.Add([.. policy.Weights.SelectMany(part => part)]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"λ = {lambda}: trained"));
            NpyFile.Write(file, Matrix.Create(rows.Count, rows[0].Length, (i, row) => rows[i].CopyTo(row)));
        }

        return 0;
    }
}

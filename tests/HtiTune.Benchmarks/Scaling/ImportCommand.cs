using System.Globalization;
using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Benchmarks.Scaling;

/// <summary>The verb <c>imports</c>: what a proposal costs with hundreds of earlier runs.</summary>
internal static class ImportCommand
{
    internal const string Help =
        """
          imports [options]                   CPU seconds of the proposals and of the end of a run after earlier runs were imported, over their number
            --sizes a,b,…       default 100,200,400,600
            --functions a,b,…   default parabola,wave,noisy
            --plain             no surrogate
        """;

    // The earlier runs leave the part of the range where the best lies, so that there is something to propose.
    private const double Covered = 0.7;

    private static readonly Dictionary<string, Func<double, RandomStream, double>> Functions = new()
    {
        ["parabola"] = (x, _) => (x - 0.8) * (x - 0.8),
        ["wave"] = (x, _) => Math.Sin(6 * x),
        ["noisy"] = (x, stream) => (x - 0.8) * (x - 0.8) + 0.01 * stream.NextNormal(),
    };

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        int[] sizes = [100, 200, 400, 600];
        string[] names = [.. Functions.Keys];
        var isPlain = false;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--sizes" when i + 1 < arguments.Length && arguments[i + 1].Split(',') is var texts && texts.All(t => int.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 2):
                    sizes = [.. texts.Select(t => int.Parse(t, CultureInfo.InvariantCulture))];
                    i++;
                    break;
                case "--functions" when i + 1 < arguments.Length && arguments[i + 1].Split(',') is var given && given.All(Functions.ContainsKey):
                    names = given;
                    i++;
                    break;
                case "--plain":
                    isPlain = true;
                    break;
                default:
                    Console.Error.WriteLine($"error: '{arguments[i]}' is unknown or has a wrong value; expected\n{Help}");
                    return 2;
            }
        }

        Console.WriteLine($"{Surroundings.Describe()}\n\n| earlier runs | function | first proposal, CPU s | next proposal | end of the run | outcome |\n|---|---|---|---|---|---|");
        foreach (var n in sizes)
        {
            foreach (var name in names)
            {
                Console.WriteLine(Row(n, name, isPlain));
            }
        }

        return 0;
    }

    private static string Row(int n, string name, bool isPlain)
    {
        var hyperparameter = Hyperparameter.Continuous("x", 0, 1);
        var one = Contexts.None(1);
        var stream = new RandomStreams(1).Stream(name);
        float Value(double x) => (float)Functions[name](x, stream);
        Anchor[] anchors = [.. Enumerable.Range(0, n).Select(i => Covered * i / (n - 1)).Select(x => new Anchor(x, new Samples(new Matrix(1, 1, [Value(x)]), one)))];
        var options = new TunerOptions { MaxTrainings = 3, UseSurrogate = !isPlain, WarmStart = [new AnchorSet(hyperparameter, anchors)], Epsilon = 1e-9 };
        using var tuner = new Tuner(new NoNetwork(), hyperparameter, one, options);
        var clock = new ProcessorClock();
        using var run = tuner.Begin(model => model.Sample(one).Outputs[0, 0]);
        var proposal = run.Ask();
        var first = clock.Lap();
        double? next = null;
        if (proposal is not null)
        {
            run.Tell(proposal, new Constant(Value(proposal.Lambda)));
            run.Ask();
            next = clock.Lap();
        }

        var study = run.Finish();
        return string.Create(CultureInfo.InvariantCulture, $"| {n} | {name} | {first:F2} | {next:F2} | {clock.Lap():F2} | {study.StopReason}, λ = {study.Lambda:G4}, {study.Outcome.Describe("x")} |");
    }

    private sealed class NoNetwork : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => throw new InvalidOperationException("The benchmark tells values itself.");
    }

    private sealed class Constant(float value) : ITrainedNetwork
    {
        public Matrix Answer(Contexts contexts, long seed) => new(1, 1, [value]);

        public void Dispose()
        {
        }
    }
}

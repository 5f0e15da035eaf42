using System.Globalization;

namespace HtiTune.Benchmarks.Tuning;

/// <summary>The verb <c>tuner</c>: evaluations that the tuner needs in plain mode on functions of one variable, beside the best peer.</summary>
internal static class TunerCommand
{
    internal const string Help =
        """
          tuner [options]                     plain mode on fourteen functions: evaluations to within 1 % of the gap, proposal time, coverage
            --seeds N           seeds 1 … N, each shifts the start points; default 20
            --functions a,b,…   numbers of the functions, from 1; default all
            --penalties yes|no  every function also with penalties on a tenth to three tenths of its range; default no
        """;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        try
        {
            var (seeds, functions, penalties) = Parse(arguments);
            if (penalties)
            {
                MeasurePenalties(seeds, functions);
            }
            else
            {
                Measure(seeds, functions);
            }

            return 0;
        }
        catch (ArgumentException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 2;
        }
    }

    private static void Measure(int seeds, int[] functions)
    {
        // The first proposals pay for compilation.
        for (var warm = 0; warm < 3; warm++)
        {
            PlainRun.Of(TestFunction.All[3], 1, seeds);
        }

        Console.WriteLine($"{Surroundings.Describe()}\n");
        Console.WriteLine(PlainTable.Head);
        var all = new List<(TestFunction Function, PlainRun[] Runs)>();
        foreach (var number in functions)
        {
            var function = TestFunction.All[number - 1];
            PlainRun[] runs = [.. Enumerable.Range(1, seeds).Select(seed => PlainRun.Of(function, seed, seeds))];
            all.Add((function, runs));
            Console.WriteLine(PlainTable.Row(number, function, runs));
        }

        Console.WriteLine(PlainTable.Total(all));
    }

    // The same start points with and without: what penalties cost, run for run.
    private static void MeasurePenalties(int seeds, int[] functions)
    {
        Console.WriteLine($"{Surroundings.Describe()}\n");
        Console.WriteLine(PenaltyTable.Head);
        var all = new List<PenaltyRow>();
        foreach (var number in functions)
        {
            var function = TestFunction.All[number - 1];
            var row = new PenaltyRow(
                number,
                function.Name,
                [.. Enumerable.Range(1, seeds).Select(seed => PlainRun.Of(function, seed, seeds).Evaluations)],
                [.. Enumerable.Range(1, seeds).Select(seed => PlainRun.Of(Penalty.Of(function, seed).On(function), seed, seeds).Evaluations)]);
            all.Add(row);
            Console.WriteLine(PenaltyTable.Row(row));
        }

        Console.WriteLine(PenaltyTable.Total(all));
    }

    private static (int Seeds, int[] Functions, bool Penalties) Parse(string[] arguments)
    {
        var (seeds, penalties) = (20, false);
        int[] functions = [.. Enumerable.Range(1, TestFunction.All.Count)];
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
            switch (arguments[i])
            {
                case "--seeds":
                    seeds = Whole(arguments[i], value, int.MaxValue);
                    break;
                case "--functions":
                    functions = [.. value.Split(',').Select(text => Whole(arguments[i], text, TestFunction.All.Count))];
                    break;
                case "--penalties":
                    penalties = value is "yes" or "no" ? value == "yes" : throw new ArgumentException($"--penalties is {value}; expected yes or no.");
                    break;
                default:
                    throw new ArgumentException($"{arguments[i]} is not an option of tuner.");
            }
        }

        return (seeds, functions, penalties);
    }

    private static int Whole(string name, string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most
            ? number
            : throw new ArgumentException($"{name} is {value}; expected a whole number from 1 {(most < int.MaxValue ? $"to {most}" : "on")}.");
}

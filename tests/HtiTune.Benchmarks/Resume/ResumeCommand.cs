using System.Globalization;

namespace HtiTune.Benchmarks.Resume;

/// <summary>The verb <c>resume</c>: processes killed at random moments of a study, and what became of the study.</summary>
internal static class ResumeCommand
{
    internal const string Help =
        """
          resume [--kills 100] [--seed 1] [--workers 1]
                                              kill -9 at random moments of a study; the study that is resumed against the undisturbed one
        """;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 1 when a study was damaged; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        var (kills, seed, workers) = (100, 1L, 1);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length || !long.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || arguments[i] is not ("--kills" or "--seed" or "--workers")
                || arguments[i] == "--kills" && value is 0 or > 100_000 || arguments[i] == "--workers" && value is 0 or > 64)
            {
                Console.Error.WriteLine($"error: {arguments[i]} is no option of resume, or lacks a whole number.");
                return 2;
            }

            (kills, seed, workers) = arguments[i] switch
            {
                "--kills" => ((int)value, seed, workers),
                "--seed" => (kills, value, workers),
                _ => (kills, seed, (int)value),
            };
        }

        var root = Directory.CreateTempSubdirectory("htitune-resume-");
        try
        {
            var counts = KillRounds.Run(kills, seed, root.FullName, Console.Error.WriteLine, workers);
            Console.WriteLine($"{Surroundings.Describe()}\n");
            Console.WriteLine("| kills | studies | completed trainings at the kills | torn last lines | trainings made again | studies that differ |");
            Console.WriteLine("|---|---|---|---|---|---|");
            Console.WriteLine($"| {counts.Kills} | {counts.Studies} | {counts.Kept} | {counts.Torn} | {counts.Lost} | {counts.Different} |");
            return counts.Lost + counts.Different == 0 ? 0 : 1;
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}

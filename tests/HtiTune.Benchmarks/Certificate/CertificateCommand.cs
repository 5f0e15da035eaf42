namespace HtiTune.Benchmarks.Certificates;

/// <summary>The verb <c>certificate</c>.</summary>
internal static class CertificateCommand
{
    private const int DefaultSeeds = 50;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        try
        {
            var options = CertificateOptions.Parse(arguments, DefaultSeeds);
            Console.WriteLine($"{Surroundings.Describe()}\n");
            if (options.Parts.Contains("race"))
            {
                RaceTable.Print(options);
            }

            if (options.Parts.Contains("surrogates"))
            {
                RaceTable.PrintKinds(options);
            }

            if (options.Parts.Contains("certificates"))
            {
                CertificateTable.Print(options);
            }

            if (options.Parts.Contains("alarm"))
            {
                CertificateTable.PrintAlarm();
            }

            return 0;
        }
        catch (ArgumentException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 2;
        }
    }
}

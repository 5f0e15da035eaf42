using System.Diagnostics;
using System.Globalization;

namespace HtiTune.Benchmarks;

/// <summary>
/// The verb <c>start</c>: processor time from the start of a process to the first proposal of the model of <see cref="Tuner.Minimize(string, double, double, Func{TrainingRequest, double}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/>
/// on a cheap function, start of the runtime and compilation included.
/// </summary>
internal static class StartUp
{
    internal const string Help =
        """
          start [--times N]  processor time from a process's start to the first proposal of its model, by Tuner.Minimize on a cheap function; and
                             which native libraries it has loaded. At most 500 ms are wanted, and no libtorch
            --times N        fresh processes; default 5
        """;

    private const double Most = 500;

    /// <summary>Measures.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 1 where it takes longer, or loads libtorch; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        if (arguments is ["--once"])
        {
            return Once();
        }

        var times = 5;
        if (arguments.Length > 0 && !(arguments is ["--times", var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out times) && times > 0))
        {
            Console.Error.WriteLine($"error: {string.Join(' ', arguments)} is not understood; expected --times N");
            return 2;
        }

        var took = new List<double>();
        for (var i = 0; i < times; i++)
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(StartUp).Assembly.Location, "start", "--once"]) { RedirectStandardOutput = true })!;
            var line = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            Console.WriteLine(line);
            if (process.ExitCode != 0)
            {
                return 1;
            }

            took.Add(double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture));
        }

        took.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median {took[took.Count / 2]:0} ms of {took[0]:0} to {took[^1]:0}; wanted: {Most:0} at most"));
        return took[took.Count / 2] <= Most ? 0 : 1;
    }

    private static int Once()
    {
        double? first = null;
        var trained = 0;
        Tuner.Minimize(
            "x", 0, 1, at =>
            {
                // The first three are the ends and the middle; the fourth is the model's.
                first ??= ++trained == 4 ? Environment.CpuUsage.TotalTime.TotalMilliseconds : null;
                return (at.Lambda - 0.3) * (at.Lambda - 0.3);
            },
            new TunerOptions { MaxTrainings = 4 });
        using var process = Process.GetCurrentProcess();
        var torch = process.Modules.Cast<ProcessModule>().Any(module => module.ModuleName.Contains("torch", StringComparison.OrdinalIgnoreCase));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first ?? -1:0.0} ms of processor time; libtorch {(torch ? "loaded" : "not loaded")}"));
        return torch || first is null ? 1 : 0;
    }
}

using System.Globalization;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Examples;

/// <summary>A task's short run, and what every task's tables must hold.</summary>
internal static class ExampleRun
{
    /// <summary>Runs a task as its --quick does, and checks the printed tables and the figures.</summary>
    /// <param name="task">The task.</param>
    /// <returns>What was measured and what was printed.</returns>
    internal static (Report Report, string Printed) Quick(Func<TaskCommandLine, TextWriter, CancellationToken, Report> task)
    {
        TorchRuntime.EnsureLoaded();
        var folder = Directory.CreateTempSubdirectory("htitune-example-").FullName;
        try
        {
            using var output = new StringWriter(CultureInfo.InvariantCulture);
            var report = task(TaskCommandLine.Parse(["--quick", "--out", folder]), output, CancellationToken.None);
            var printed = output.ToString();
            var lines = printed.Split('\n');

            Assert.All(report.Fidelity.Distances.SelectMany(d => d), distance => Assert.True(distance >= 0 && double.IsFinite(distance)));
            Assert.All(report.Race.Ways, way => Assert.NotEmpty(way.Runs));
            Assert.Equal(4, report.Changes.Runs.Count);

            // The table of fidelity reads back as what was measured.
            var header = Array.FindIndex(lines, line => line.TrimEnd().EndsWith("stay", StringComparison.Ordinal));
            for (var k = 0; k < report.Fidelity.HeldOut.Count; k++)
            {
                var numbers = lines[header + 1 + k].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
                double[] measured = [report.Fidelity.HeldOut[k], .. report.Fidelity.Distances.Select(d => d[k])];
                Assert.Equal(measured.Length, numbers.Length);
                Assert.All(measured.Zip(numbers), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * (1e-9 + Math.Abs(pair.First))));
            }

            Assert.All(report.Race.Ways, way => Assert.Contains(lines, line => line.StartsWith($"  {way.Name} ", StringComparison.Ordinal)));
            Assert.All(report.Changes.Runs, run => Assert.Contains(lines, line => line.StartsWith($"  {run.Preference} ", StringComparison.Ordinal)));
            Assert.All(["objective.png", "outputs.png"], name => Assert.True(new FileInfo(Path.Combine(folder, name)).Length > 1000));
            return (report, printed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

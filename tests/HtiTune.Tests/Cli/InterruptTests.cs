using System.Diagnostics;
using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Data;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>Ctrl-C as the shell sends it, to a real process.</summary>
[Collection(Alone.Name)]
public class InterruptTests
{
    [Fact]
    public async Task Interrupted_fit_exits_with_130_and_leaves_no_file()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // Windows has no signal to send to one process; Ctrl-C there goes through the same handler.
        }

        using var folder = new TemporaryFolder();
        var random = new RandomStreams(1).Stream("rows");

        // Five anchors of 1,500 rows: long enough to be interrupted, on any machine.
        NpyFile.Write(folder.File("a.npy"), [5, 1500, 3], Enumerable.Range(0, 5 * 1500 * 3).Select(_ => (float)random.NextNormal()).ToArray());
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])
            [typeof(ExitCode).Assembly.Location, "fit", "--data", folder.File("a.npy"), "--outputs", "3", "--lambdas", "0,1,2,3,4", "--out", folder.File("m.hti")])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        Assert.False(process.HasExited, "the fit ended before it could be interrupted");
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        Assert.Equal((ExitCode.Interrupted, "interrupted; nothing was written"), (process.ExitCode, (await process.StandardError.ReadToEndAsync()).Trim()));
        Assert.Equal(["a.npy"], folder.Names);
    }
}

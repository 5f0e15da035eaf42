using System.Diagnostics;

namespace HtiTune.Server.Tests.Api;

/// <summary>The Python client of one file drives whole studies on a real server.</summary>
public sealed class PythonClientTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const int PatienceSeconds = 180;

    [PythonFact]
    public async Task It_trains_renews_tells_prefers_samples_and_is_refused_in_words()
    {
        var client = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "examples", "python-client"));
        using var process = Process.Start(new ProcessStartInfo(PythonFactAttribute.Python, [
            "-B", "-W", "error", Path.Combine(AppContext.BaseDirectory, "Fixtures", "drive.py"), client, server.Address.ToString(), await server.KeyAsync("python"),
        ])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(PatienceSeconds));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal("ok", (await output).Trim());
    }

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}

/// <summary>A test that needs a Python interpreter; skipped with a reason where there is none.</summary>
public sealed class PythonFactAttribute : FactAttribute
{
    internal const string Python = "/usr/bin/python3";

    /// <summary>Skipped where Python is not installed.</summary>
    public PythonFactAttribute()
    {
        if (!File.Exists(Python))
        {
            Skip = $"{Python} is not installed";
        }
    }
}

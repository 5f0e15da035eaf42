using System.Diagnostics;
using System.Globalization;
using HtiTune.Cli;
using HtiTune.External;

namespace HtiTune.Tests.Cli;

/// <summary><c>htitune</c> as a process of its own, to be interrupted and killed.</summary>
internal sealed class CliProcess : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    internal CliProcess(string folder, params string[] arguments)
        : this(folder, new Dictionary<string, string>(), arguments)
    {
    }

    /// <param name="folder">The current folder of the process.</param>
    /// <param name="environment">Variables besides those of the tests.</param>
    /// <param name="arguments">What is typed after the command's name.</param>
    internal CliProcess(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        foreach (var argument in (string[])[typeof(ExitCode).Assembly.Location, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Runs a command to its end.</summary>
    internal static async Task<(int Code, string Output, string Errors)> Run(string folder, params string[] arguments)
    {
        using var process = new CliProcess(folder, arguments);
        return await process.End();
    }

    /// <summary>Runs a command to its end and watches what it holds of memory; Linux alone tells, elsewhere it is 0.</summary>
    internal static async Task<(int Code, string Errors, long Peak, TimeSpan Time)> Watch(string folder, params string[] arguments)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var process = new CliProcess(folder, arguments);
        var status = $"/proc/{process._process.Id}/status";
        var peak = 0L;
        while (!process._process.HasExited)
        {
            try
            {
                // The kernel keeps the highest there was, so nothing between two looks is missed but the very last.
                var line = OperatingSystem.IsLinux() ? File.ReadLines(status).FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal)) : null;
                peak = line is null ? peak : Math.Max(peak, long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10);
            }
            catch (IOException)
            {
                break; // It ended between the question and the answer.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        var (code, _, errors) = await process.End();
        return (code, errors, peak, TimeProvider.System.GetElapsedTime(started));
    }

    internal void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until something has happened.</summary>
    internal async Task Until(Func<bool> happened)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!happened())
        {
            Assert.False(_process.HasExited, _process.HasExited ? $"htitune ended too early: {await _errors}" : "");
            Assert.True(TimeProvider.System.GetElapsedTime(started) < s_limit, "it did not happen in time");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    internal async Task<(int Code, string Output, string Errors)> End()
    {
        await _process.WaitForExitAsync(new CancellationTokenSource(s_limit).Token);
        return (_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}

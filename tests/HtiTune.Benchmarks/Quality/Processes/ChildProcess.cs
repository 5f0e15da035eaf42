// CPU seconds: user + system time of wait4's rusage, so exactly those of this child.
// Peak memory: VmHWM of /proc/PID/status, read every few milliseconds until the child ends. Not rusage's ru_maxrss: the kernel counts
// into it the memory of the parent that the child shares between vfork and exec.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace HtiTune.Benchmarks.Quality.Processes;

/// <summary>Runs a program to its end and measures it. One at a time.</summary>
internal static class ChildProcess
{
    private const int PollMilliseconds = 4;
    private const int NoHang = 1;
    private const int Kill = 9;
    private const int WriteCreateTruncate = 1 | 0x40 | 0x200;
    private const int OwnerReadsAndWrites = 0x180;

    /// <summary>Runs a program.</summary>
    /// <param name="program">Its full path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="log">A file for its standard error.</param>
    /// <param name="limit">It is killed after this time.</param>
    /// <exception cref="TimeoutException">The limit passed.</exception>
    internal static Usage Run(string program, IReadOnlyList<string> arguments, string log, TimeSpan limit)
    {
        // Another architecture numbers these flags and lays out rusage as 64-bit Linux does; other systems do not.
        return OperatingSystem.IsLinux() && nint.Size == 8
            ? OnLinux(program, arguments, log, limit)
            : Elsewhere(program, arguments, limit);
    }

    private static Usage OnLinux(string program, IReadOnlyList<string> arguments, string log, TimeSpan limit)
    {
        var pid = Spawn(program, arguments, log);
        var started = TimeProvider.System.GetTimestamp();
        var usage = new long[18];
        var peak = 0.0;
        int status;
        while (wait4(pid, out status, NoHang, usage) == 0)
        {
            peak = Math.Max(peak, HighWaterMark(pid));
            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                _ = kill(pid, Kill);
                _ = wait4(pid, out _, 0, usage);
                throw new TimeoutException($"{program} {string.Join(' ', arguments)}: not done after {limit.TotalSeconds} s");
            }

            Thread.Sleep(PollMilliseconds);
        }

        var signal = status & 0x7f;
        var cpu = usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6;
        return new Usage(signal == 0 ? (status >> 8) & 0xff : 128 + signal, cpu, peak, File.ReadAllText(log));
    }

    private static int Spawn(string program, IReadOnlyList<string> arguments, string log)
    {
        string?[] argv = [program, .. arguments, null];
        string?[] environment = [.. Variables(), null];

        // The structure is opaque, and no C library makes it larger.
        var actions = Marshal.AllocHGlobal(512);
        try
        {
            _ = posix_spawn_file_actions_init(actions);
            _ = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", WriteCreateTruncate, OwnerReadsAndWrites);
            _ = posix_spawn_file_actions_addopen(actions, 2, log, WriteCreateTruncate, OwnerReadsAndWrites);
            var error = posix_spawn(out var pid, program, actions, 0, argv, environment);
            _ = posix_spawn_file_actions_destroy(actions);
            return error == 0 ? pid : throw new IOException($"{program} does not start: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        finally
        {
            Marshal.FreeHGlobal(actions);
        }
    }

    private static IEnumerable<string> Variables()
    {
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            yield return $"{variable.Key}={variable.Value}";
        }
    }

    /// <summary>VmHWM in MiB; 0 before exec and after the end.</summary>
    private static double HighWaterMark(int pid)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/{pid}/status"))
            {
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                {
                    return double.Parse(line.AsSpan(6, line.Length - 6 - " kB".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) / 1024;
                }
            }
        }
        catch (IOException)
        {
            // It has just ended.
        }

        return 0;
    }

    private static Usage Elsewhere(string program, IReadOnlyList<string> arguments, TimeSpan limit)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', arguments)}: not done after {limit.TotalSeconds} s");
        }

        var windows = OperatingSystem.IsWindows();
        return new Usage(
            process.ExitCode,
            windows ? process.TotalProcessorTime.TotalSeconds : double.NaN,
            windows ? process.PeakWorkingSet64 / 1048576.0 : double.NaN,
            errors.GetAwaiter().GetResult());
    }

    [DllImport("libc")]
    private static extern int wait4(int pid, out int status, int options, [Out] long[] usage);

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);

    [DllImport("libc")]
    private static extern int posix_spawn(out int pid, string path, nint actions, nint attributes, string?[] argv, string?[] environment);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_init(nint actions);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_addopen(nint actions, int descriptor, string path, int flags, int mode);

    [DllImport("libc")]
    private static extern int posix_spawn_file_actions_destroy(nint actions);
}

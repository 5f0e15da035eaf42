using System.Diagnostics;

namespace HtiTune.External;

/// <summary>How a child ended.</summary>
internal enum ChildEnd
{
    /// <summary>By itself; its exit code says how.</summary>
    Exited,

    /// <summary>Its time limit was up.</summary>
    TimedOut,

    /// <summary>The user ended it.</summary>
    Stopped,
}

/// <summary>How a child ended.</summary>
/// <param name="End">By whom.</param>
/// <param name="ExitCode">Its exit code; 128 and the signal's number where a signal ended it.</param>
/// <param name="Duration">How long it ran.</param>
internal sealed record ChildResult(ChildEnd End, int ExitCode, TimeSpan Duration);

/// <summary>What is to be run.</summary>
/// <param name="Arguments">The program and its arguments; no shell reads them.</param>
/// <param name="WorkingDirectory">Where.</param>
/// <param name="Environment">Variables that are added to this process's own.</param>
/// <param name="Log">The file that takes its output; made if need be.</param>
/// <param name="Attempt">The folder of this attempt, the mark by which what it started is found.</param>
/// <param name="TimeLimit">Its time limit; null without.</param>
/// <param name="Grace">Time between the gentle signal and the hard one.</param>
internal sealed record ChildRequest(
    IReadOnlyList<string> Arguments,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Environment,
    string Log,
    string Attempt,
    TimeSpan? TimeLimit,
    TimeSpan Grace);

/// <summary>Runs a command to its end, its output in a log; when it must end, interrupts it, terminates it, and kills it with all its children.</summary>
internal static class ChildProcess
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(50);

    private static int s_running;

    /// <summary>Children that run now.</summary>
    internal static int Running => Volatile.Read(ref s_running);

    /// <summary>Runs a command.</summary>
    /// <param name="request">What.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="tick">Called some twenty times a second while it runs.</param>
    /// <param name="stop">Ends it gently.</param>
    /// <param name="kill">Ends it hard.</param>
    internal static ChildResult Run(ChildRequest request, TimeProvider clock, Action tick, CancellationToken stop, CancellationToken kill)
    {
        var started = clock.GetTimestamp();
        Interlocked.Increment(ref s_running);
        using var process = Started(request);
        try
        {
            long? asked = null;
            var (end, isTerminated) = (ChildEnd.Exited, false);
            while (!process.WaitForExit(s_tick))
            {
                tick();
                if (asked is null && (stop.IsCancellationRequested || clock.GetElapsedTime(started) > (request.TimeLimit ?? TimeSpan.MaxValue)))
                {
                    end = stop.IsCancellationRequested ? ChildEnd.Stopped : ChildEnd.TimedOut;
                    asked = clock.GetTimestamp();
                    Signal(process, NativeMethods.Interrupt);
                }

                if (asked is { } since)
                {
                    // Scripts react to an interruption, servers and shells to a termination.
                    var waited = clock.GetElapsedTime(since);
                    if (!isTerminated && waited > request.Grace / 2)
                    {
                        isTerminated = true;
                        Signal(process, NativeMethods.Terminate);
                    }

                    if (waited > request.Grace || kill.IsCancellationRequested)
                    {
                        Signal(process, NativeMethods.Kill);
                    }
                }
            }

            tick();
            return new ChildResult(end, process.ExitCode, clock.GetElapsedTime(started));
        }
        finally
        {
            if (!process.HasExited)
            {
                Signal(process, NativeMethods.Kill);
            }

            ProcessTree.KillRest(process.Id, request.Attempt);
            Interlocked.Decrement(ref s_running);
        }
    }

    private static Process Started(ChildRequest request)
    {
        try
        {
            return Start(request);
        }
        catch
        {
            Interlocked.Decrement(ref s_running);
            throw;
        }
    }

    private static Process Start(ChildRequest request)
    {
        var start = new ProcessStartInfo { UseShellExecute = false, WorkingDirectory = request.WorkingDirectory };
        foreach (var (name, value) in request.Environment)
        {
            start.Environment[name] = value;
        }

        File.AppendAllText(request.Log, "");
        if (OperatingSystem.IsWindows())
        {
            return StartWithPipes(start, request);
        }

        // Through this program itself: see ChildLauncher. In another one, as a test's host, through the program that stands beside this library.
        var own = Environment.ProcessPath ?? "dotnet";
        var program = Path.GetFileNameWithoutExtension(own);
        var isOwn = ChildLauncher.Programs.Contains(program, StringComparer.OrdinalIgnoreCase);
        start.FileName = isOwn || program == "dotnet" ? own : "dotnet";
        string[] launch = isOwn ? [] : [ChildLauncher.Assembly()];
        foreach (var argument in (string[])
            [.. launch, ChildLauncher.Verb, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), request.Log, .. request.Arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} could not be started.");
    }

    // There are no sessions: the tree is known by its parents, and nothing gentle reaches it.
    private static Process StartWithPipes(ProcessStartInfo start, ChildRequest request)
    {
        start.FileName = request.Arguments[0];
        foreach (var argument in request.Arguments.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        (start.RedirectStandardOutput, start.RedirectStandardError, start.RedirectStandardInput) = (true, true, true);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Keep(string? line)
        {
            if (line is not null)
            {
                lock (start)
                {
                    File.AppendAllText(request.Log, line + "\n");
                }
            }
        }
    }

    private static void Signal(Process process, int signal)
    {
        if (!OperatingSystem.IsWindows())
        {
            ProcessTree.Signal(process.Id, signal);
            if (signal == NativeMethods.Kill)
            {
                process.Kill(); // It may not have come to its own session yet.
            }
        }
        else if (signal == NativeMethods.Kill)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}

using System.Runtime.InteropServices;

namespace HtiTune.External;

/// <summary>What the base library lacks of POSIX: sessions, signals to groups, and taking the place of a process.</summary>
internal static class NativeMethods
{
    internal const int Interrupt = 2;
    internal const int Kill = 9;
    internal const int Terminate = 15;

    /// <summary>SIGPIPE, by its number on Linux and macOS alike.</summary>
    internal const int BrokenPipe = 13;

    /// <summary>PR_SET_PDEATHSIG: the signal that a process gets when its parent ends.</summary>
    internal const int ParentDeathSignal = 1;

    [DllImport("libc", EntryPoint = "setsid", SetLastError = true)]
    internal static extern int StartSession();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static extern int Signal(int process, int signal);

    [DllImport("libc", EntryPoint = "signal", SetLastError = true)]
    internal static extern nint Handle(int signal, nint handler);

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static extern int Control(int option, nint argument, nint third, nint fourth, nint fifth);

    [DllImport("libc", EntryPoint = "getppid")]
    internal static extern int ParentProcess();

    [DllImport("libc", EntryPoint = "dup2", SetLastError = true)]
    internal static extern int Duplicate(int from, int to);

    [DllImport("libc", EntryPoint = "execvp", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    internal static extern int Become([MarshalAs(UnmanagedType.LPUTF8Str)] string file, nint arguments);
}

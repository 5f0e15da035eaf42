using System.Runtime.InteropServices;

namespace HtiTune.Benchmarks.Tuning;

/// <summary>CPU time of the calling thread, so that other work on the machine does not count; elapsed time where the system has none.</summary>
internal static class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Milliseconds since a fixed moment.</summary>
    internal static double Milliseconds
    {
        get
        {
            if (OperatingSystem.IsLinux() && Environment.Is64BitProcess && GetTime(ThreadCpuTime, out var time) == 0)
            {
                return 1e3 * time.Seconds + 1e-6 * time.Nanoseconds;
            }

            return 1e3 * TimeProvider.System.GetTimestamp() / TimeProvider.System.TimestampFrequency;
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace HtiTune.External;

/// <summary>
/// <c>htitune __child PARENT LOG COMMAND …</c>, and the same for every other of <see cref="Programs"/>, not meant for people: makes this process the leader of a session of its own, sends its output into the
/// log, and becomes the command. So a training can be ended with all that it started, a Ctrl-C at the terminal does not reach it, and no
/// pipe ties it to its parent.
/// </summary>
internal static class ChildLauncher
{
    /// <summary>The verb.</summary>
    internal const string Verb = "__child";

    /// <summary>The exit code when the command could not be started, as shells have it.</summary>
    internal const int NotStarted = 127;

    private const int NotUnderstood = 2;

    /// <summary>The programs that know the verb.</summary>
    internal static IReadOnlyList<string> Programs { get; } = ["htitune", "HtiTune.Server"];

    /// <summary>The assembly of such a program: the running one, or one in this library's folder.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal static string Assembly()
    {
        if (System.Reflection.Assembly.GetEntryAssembly() is { } entry && Programs.Contains(entry.GetName().Name))
        {
            return entry.Location;
        }

        var folder = Path.GetDirectoryName(typeof(ChildLauncher).Assembly.Location)!;
        return Programs.Select(program => Path.Combine(folder, program + ".dll")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{folder} has no {string.Join(" or ", Programs.Select(program => program + ".dll"))}, through which commands are started; expected one of them.");
    }

    /// <summary>Becomes the command; returns only when that fails.</summary>
    internal static int Run(ReadOnlySpan<string> arguments)
    {
        if (OperatingSystem.IsWindows() || arguments.Length < 3 || !int.TryParse(arguments[0], CultureInfo.InvariantCulture, out var parent))
        {
            return NotUnderstood;
        }

        _ = NativeMethods.StartSession();
        if (OperatingSystem.IsLinux())
        {
            // Should the process that wants it be killed, so is the training. It may have been killed before this line.
            _ = NativeMethods.Control(NativeMethods.ParentDeathSignal, NativeMethods.Kill, 0, 0, 0);
        }

        if (NativeMethods.ParentProcess() != parent)
        {
            return NotStarted;
        }

        using (var log = new FileStream(arguments[1], FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        using (var nothing = new FileStream("/dev/null", FileMode.Open, FileAccess.Read))
        {
            _ = NativeMethods.Duplicate((int)nothing.SafeFileHandle.DangerousGetHandle(), 0);
            _ = NativeMethods.Duplicate((int)log.SafeFileHandle.DangerousGetHandle(), 1);
            _ = NativeMethods.Duplicate((int)log.SafeFileHandle.DangerousGetHandle(), 2);
        }

        // .NET ignores SIGPIPE, and what is ignored stays so in the command.
        _ = NativeMethods.Handle(NativeMethods.BrokenPipe, 0);
        var command = arguments[2..];
        var block = Marshal.AllocHGlobal((command.Length + 1) * nint.Size);
        for (var i = 0; i < command.Length; i++)
        {
            Marshal.WriteIntPtr(block, i * nint.Size, Marshal.StringToCoTaskMemUTF8(command[i]));
        }

        Marshal.WriteIntPtr(block, command.Length * nint.Size, 0);
        _ = NativeMethods.Become(command[0], block);
        var message = Encoding.UTF8.GetBytes($"htitune: cannot start '{command[0]}': {Marshal.GetLastPInvokeErrorMessage()}\n");
        using var errors = Console.OpenStandardError();
        errors.Write(message);
        return NotStarted;
    }
}

using System.Runtime.InteropServices;

namespace HtiTune.Cli;

/// <summary>
/// Ctrl-C: the first asks to finish what is under way, the second ends it gently, the third at once. A termination, or the terminal's end,
/// counts as two.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _finish = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<int>? _told;
    private int _count;

    private Interrupts(Action<int>? told)
    {
        _told = told;
        Listen(PosixSignal.SIGINT, 1);
        Listen(PosixSignal.SIGTERM, 2);
        if (!OperatingSystem.IsWindows())
        {
            Listen(PosixSignal.SIGHUP, 2);
        }
    }

    /// <summary>After the first: begin nothing more.</summary>
    internal CancellationToken Finish => _finish.Token;

    /// <summary>After the second: end gently what is under way.</summary>
    internal CancellationToken Stop => _stop.Token;

    /// <summary>After the third: end it at once.</summary>
    internal CancellationToken Kill => _kill.Token;

    /// <summary>Listens until it is disposed.</summary>
    /// <param name="told">Is told the number of interruptions, on a thread of its own.</param>
    internal static Interrupts Listen(Action<int>? told = null) => new(told);

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Listen(PosixSignal signal, int weight) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        var count = Interlocked.Add(ref _count, weight);
        _told?.Invoke(count);
        _finish.Cancel();
        if (count >= 2)
        {
            _stop.Cancel();
        }

        if (count >= 3)
        {
            _kill.Cancel();
        }
    }));
}

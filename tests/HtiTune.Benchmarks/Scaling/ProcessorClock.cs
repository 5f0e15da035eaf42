using System.Diagnostics;

namespace HtiTune.Benchmarks.Scaling;

/// <summary>Processor time of this process between laps, in seconds.</summary>
internal sealed class ProcessorClock
{
    private readonly Process _process = Process.GetCurrentProcess();
    private TimeSpan _last = Process.GetCurrentProcess().TotalProcessorTime;

    /// <summary>Seconds since the last lap.</summary>
    public double Lap()
    {
        _process.Refresh();
        var now = _process.TotalProcessorTime;
        var lap = (now - _last).TotalSeconds;
        _last = now;
        return lap;
    }
}

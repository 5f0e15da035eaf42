namespace HtiTune.Benchmarks.Quality.Processes;

/// <summary>What a finished process used, its start included.</summary>
/// <param name="ExitCode">Its exit code; 128 + signal if a signal ended it.</param>
/// <param name="CpuSeconds">User and system time; NaN where the platform does not tell.</param>
/// <param name="PeakMebibytes">Largest resident memory; NaN where the platform does not tell.</param>
/// <param name="Errors">What it wrote to standard error.</param>
internal sealed record Usage(int ExitCode, double CpuSeconds, double PeakMebibytes, string Errors);

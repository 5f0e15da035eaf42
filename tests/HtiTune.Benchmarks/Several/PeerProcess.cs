using System.Diagnostics;
using System.Globalization;

namespace HtiTune.Benchmarks.Several;

/// <summary>Expected improvement on scikit-learn's Gaussian process (<c>peer_gp.py</c>), a process of Debian's Python that is asked for places.</summary>
internal sealed class PeerProcess : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly Process _process;

    private PeerProcess(Process process) => _process = process;

    /// <summary>Starts it; null where there is no Debian's Python with scikit-learn.</summary>
    internal static PeerProcess? Start()
    {
        if (!File.Exists(Python))
        {
            return null;
        }

        using (var asked = Process.Start(new ProcessStartInfo(Python, ["-c", "import sklearn, scipy"]) { RedirectStandardError = true })!)
        {
            asked.StandardError.ReadToEnd();
            asked.WaitForExit();
            if (asked.ExitCode != 0)
            {
                return null;
            }
        }

        return new PeerProcess(Process.Start(new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "Several", "peer_gp.py")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!);
    }

    /// <summary>A run until a value is reached.</summary>
    /// <param name="dimension">d.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="first">How many places of a Latin hypercube it begins with.</param>
    /// <param name="most">The most evaluations.</param>
    /// <param name="value">The function of u [d], each in [0, 1].</param>
    /// <param name="target">The value to be reached.</param>
    /// <returns>Evaluations until it was reached (one more than <paramref name="most"/> where it was not), the best value, processor seconds of a proposal.</returns>
    /// <exception cref="InvalidDataException">The process answered something else than a place.</exception>
    internal (int Reached, double Best, double Seconds) Run(int dimension, int seed, int first, int most, Func<double[], double> value, double target)
    {
        Say($"begin {dimension} {seed} {first}");
        var (reached, best) = (most + 1, double.PositiveInfinity);
        for (var count = 1; ; count++)
        {
            var found = value(Numbers(dimension));
            best = Math.Min(best, found);
            if (best <= target || count == most)
            {
                reached = best <= target ? count : reached;
                break;
            }

            Say($"{found:R}");
        }

        Say($"end");
        var end = Read().Split(' ');
        return end is ["seconds", var seconds, var places]
            ? (reached, best, Number(seconds) / Math.Max(1, Number(places)))
            : throw new InvalidDataException($"the peer ended with '{string.Join(' ', end)}'; expected its seconds.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Say(FormattableString line)
    {
        _process.StandardInput.WriteLine(FormattableString.Invariant(line));
        _process.StandardInput.Flush();
    }

    private double[] Numbers(int dimension)
    {
        var line = Read();
        double[] place = [.. line.Split(' ').Select(Number)];
        return place.Length == dimension && place.All(u => u is >= 0 and <= 1)
            ? place
            : throw new InvalidDataException($"the peer proposes '{line}'; expected {dimension} numbers from 0 to 1.");
    }

    private string Read() => _process.StandardOutput.ReadLine() ?? throw new InvalidDataException("the peer has ended; what it printed before says why.");

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new InvalidDataException($"the peer says '{text}'; expected a number.");
}

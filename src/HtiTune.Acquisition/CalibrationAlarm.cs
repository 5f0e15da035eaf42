namespace HtiTune.Acquisition;

// Notation
//   α    nominal miss rate of the intervals, 1 − 0.9 by default, below 0.2       b_t   1 when value t missed its interval, else 0
//   q    a bet's miss rate, q ∈ {2α, 5α} (at most 0.95)
//   E_t  = mean over q of Π_{s ≤ t} (q/α)^b_s ((1 − q)/(1 − α))^(1 − b_s)
// While P(miss | past) ≤ α, each factor has mean at most 1 (it is linear in that probability and rises with it, since q > α), so E_t is a
// supermartingale with E_0 = 1 and P(E_t ≥ 1/level at any t) ≤ level, whatever the stopping rule [Ville 1939; Shafer 2021].

/// <summary>
/// Watches whether published intervals hold what they say, value by value, and may be read at any time: on intervals that are right it
/// ever goes off with at most the given probability, however long it watches and whenever one stops.
/// </summary>
/// <remarks>Not thread-safe. The state is <see cref="Misses"/> and <see cref="Count"/> since the last restart: E depends on nothing else.</remarks>
public sealed class CalibrationAlarm
{
    private const double LargestRate = 0.2;
    private const double LargestBet = 0.95;

    private readonly (double LogMiss, double LogHit)[] _bets;

    /// <param name="missRate">α: the rate at which intervals may miss, above 0 and below 0.2.</param>
    /// <param name="level">The probability of a false alarm that is accepted, between 0 and 1.</param>
    public CalibrationAlarm(double missRate = 0.1, double level = 0.05)
    {
        if (!(missRate > 0 && missRate < LargestRate))
        {
            throw new ArgumentOutOfRangeException(nameof(missRate), missRate, $"Expected a number above 0 and below {LargestRate}.");
        }

        Require.Share(level);
        (MissRate, Level) = (missRate, level);
        _bets = [.. new[] { 2 * missRate, Math.Min(LargestBet, 5 * missRate) }.Select(q => (Math.Log(q / missRate), Math.Log((1 - q) / (1 - missRate))))];
    }

    /// <summary>α.</summary>
    public double MissRate { get; }

    /// <summary>Probability of a false alarm.</summary>
    public double Level { get; }

    /// <summary>Values seen since the last restart.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them missed their interval.</summary>
    public int Misses { get; private set; }

    /// <summary>ln E_t; 0 at the start.</summary>
    public double LogEvidence
    {
        get
        {
            var sum = new LogSum();
            foreach (var (miss, hit) in _bets)
            {
                sum.Add(Misses * miss + (Count - Misses) * hit);
            }

            return sum.Value - Math.Log(_bets.Length);
        }
    }

    /// <summary>E_t, the evidence against the intervals: so many times the stake a bet against them would have won.</summary>
    public double Evidence => Math.Exp(LogEvidence);

    /// <summary>The largest E so far since the last restart.</summary>
    public double LargestEvidence { get; private set; } = 1;

    /// <summary>Whether E has reached 1/<see cref="Level"/> since the last restart; it stays so until <see cref="Restart"/>.</summary>
    public bool IsRaised { get; private set; }

    /// <summary>Whether the alarm has ever gone off, restarts or not.</summary>
    public bool WasRaised { get; private set; }

    /// <summary>Takes the next value's test.</summary>
    /// <param name="isMiss">Whether the value lay outside the interval that was published before it was known.</param>
    /// <returns><see cref="IsRaised"/>.</returns>
    public bool Observe(bool isMiss)
    {
        Count++;
        Misses += isMiss ? 1 : 0;
        var log = LogEvidence;
        LargestEvidence = Math.Max(LargestEvidence, Math.Exp(log));

        // A rounding error must not hide an E that equals the bar.
        IsRaised |= log >= -Math.Log(Level) - 1e-12;
        WasRaised |= IsRaised;
        return IsRaised;
    }

    /// <summary>Takes the next value's test from the prediction that was published before it was known.</summary>
    /// <param name="prediction">The prediction; its central interval of probability 1 − α is tested.</param>
    /// <param name="value">What came.</param>
    /// <returns><see cref="IsRaised"/>.</returns>
    public bool Observe(StudentMixture prediction, double value)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        Require.Finite(value);
        var share = prediction.Distribution(value);
        return Observe(share < 0.5 * MissRate || share > 1 - 0.5 * MissRate);
    }

    /// <summary>Begins again with E = 1, once the intervals have been corrected; <see cref="WasRaised"/> remembers.</summary>
    public void Restart() => (Count, Misses, LargestEvidence, IsRaised) = (0, 0, 1, false);
}

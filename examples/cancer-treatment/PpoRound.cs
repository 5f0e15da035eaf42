// Notation (n patients, m days a round, time runs fastest over patients: row = day · n + patient)
// r_t   weighted reward of a day, scaled          V_t  the critic's value of o_t
// A_t   advantage                                 G_t  return that the critic learns, A_t + V_t
//
// Generalised advantage estimation [Schulman et al., ICLR 2016]:
//   δ_t = r_t + γ V_{t+1} − V_t,   A_t = δ_t + γ κ A_{t+1},   both cut after a day that ended a treatment

/// <summary>The days of a round: what was seen, done and earned.</summary>
/// <param name="patients">n.</param>
/// <param name="days">m.</param>
internal sealed class PpoRound(int patients, int days)
{
    private const int Inputs = TreatmentEnvironment.Observed, Doses = DosePolicy.Doses;

    /// <summary>Rows, n · m.</summary>
    public int Count { get; } = patients * days;

    /// <summary>o, shape [n · m + n, 7]: the last n rows are what is seen after the round.</summary>
    public float[] Observations { get; } = new float[(patients * days + patients) * Inputs];

    /// <summary>Doses as drawn, not clipped, shape [n · m, 2].</summary>
    public float[] Actions { get; } = new float[patients * days * Doses];

    /// <summary>Log density of each action under the policy that drew it.</summary>
    public float[] LogDensities { get; } = new float[patients * days];

    /// <summary>r of each row.</summary>
    public float[] Rewards { get; } = new float[patients * days];

    /// <summary>Whether the treatment ended with this row's day.</summary>
    public bool[] Ended { get; } = new bool[patients * days];

    /// <summary>A of each row, after <see cref="Estimate"/>.</summary>
    public float[] Advantages { get; } = new float[patients * days];

    /// <summary>G of each row, after <see cref="Estimate"/>.</summary>
    public float[] Returns { get; } = new float[patients * days];

    /// <summary>Computes advantages and returns.</summary>
    /// <param name="values">V of each observation, n · m + n.</param>
    /// <param name="discount">γ.</param>
    /// <param name="decay">κ.</param>
    public void Estimate(ReadOnlySpan<float> values, double discount, double decay)
    {
        for (var row = Count - 1; row >= 0; row--)
        {
            var goesOn = Ended[row] ? 0 : 1;
            var later = row + patients < Count ? Advantages[row + patients] : 0;
            var surprise = Rewards[row] + goesOn * discount * values[row + patients] - values[row];
            Advantages[row] = (float)(surprise + goesOn * discount * decay * later);
            Returns[row] = Advantages[row] + values[row];
        }
    }
}

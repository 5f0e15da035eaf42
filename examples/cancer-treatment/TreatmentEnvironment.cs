using HtiTune.Data;

// Notation
// y      the patient's states                                                    [11], order in TumourModel
// o      observation: log(max(1, y_i (1 + 0.2 U(−½, ½)))) of the first seven      [7], clipped
// T      tumour cells, T_p + T_s, before the day; T0 at the start
// N      o of N_p plus o of N_s after the day, logarithms as observed; N0 at the start
// w      weight of the penalty, ≥ 0
//
// Reward of a day: r − w q,   r = 1 − log max(e, T) / log max(e, T0) (+100 on success, −100 on failure),
//                             q = |log max(e, N) / log max(e, N0) − 1|

/// <summary>What a day of treatment brought.</summary>
/// <param name="Reward">r: the tumour's retreat, and ±100 at the end.</param>
/// <param name="Penalty">q: how far the natural killer cells are from where they began; the reward weight multiplies it.</param>
/// <param name="Ended">Whether the treatment ended with this day.</param>
/// <param name="Cured">Whether it ended because no tumour cell is left.</param>
internal readonly record struct TreatmentDay(double Reward, double Penalty, bool Ended, bool Cured)
{
    /// <summary>r − w max(0, q − τ).</summary>
    /// <param name="weight">w.</param>
    /// <param name="tolerance">τ, what is not penalised.</param>
    public double Weighted(double weight, double tolerance = 0) => Reward - weight * Math.Max(0, Penalty - tolerance);
}

/// <summary>A patient under treatment: one step is a day, at most 200.</summary>
internal sealed class TreatmentEnvironment
{
    /// <summary>Numbers in an observation.</summary>
    public const int Observed = 7;

    /// <summary>Most days of a treatment.</summary>
    public const int MostDays = 200;

    private static readonly double[] Start = [1e7, 2e8, 100, 1.5e9, 0, 1e4, 100, 0, 0, 0, 0];
    private static readonly double[] Limits = [1e11, 1e10, 1e10, 1e11, 1e11, 1e10, 1e10];
    private readonly double[] _y = new double[TumourModel.States];
    private readonly float[] _observation = new float[Observed];
    private RandomStream? _chance;
    private double _logTumourAtStart, _logKillersAtStart, _retreat;

    /// <summary>The most of each action: radiation, drug.</summary>
    public static ReadOnlySpan<float> MostDose => [10, 8];

    /// <summary>Days so far.</summary>
    public int Day { get; private set; }

    /// <summary>The states, shape [11].</summary>
    public ReadOnlySpan<double> State => _y;

    /// <summary>This patient's constants.</summary>
    public TumourConstants<double> Constants { get; private set; }

    /// <summary>τ, the day after which metastasis has begun.</summary>
    public int Onset { get; private set; }

    /// <summary>Today's radiation D.</summary>
    public double Radiation { get; private set; }

    /// <summary>Today's drug infusion v_M.</summary>
    public double Drug { get; private set; }

    /// <summary>What a physician sees, shape [7]: logarithms of the first seven states, within 10 %.</summary>
    public ReadOnlySpan<float> Observation => _observation;

    /// <summary>Takes a new patient.</summary>
    /// <param name="chance">Draws constants, start, onset and errors of observation; null for the average patient, observed exactly.</param>
    public void Reset(RandomStream? chance)
    {
        _chance = chance;
        Day = 0;
        Start.CopyTo(_y, 0);
        if (chance is null)
        {
            (Constants, Onset) = (TumourModel.Average, 5);
        }
        else
        {
            Constants = TumourModel.Other(() => 0.95 + 0.1 * chance.NextDouble());
            for (var i = 0; i < Observed; i++)
            {
                _y[i] *= 0.75 + 0.5 * chance.NextDouble();
            }

            Onset = chance.NextInt(10);
        }

        Observe();
        _logTumourAtStart = LogTumour();
        _logKillersAtStart = LogKillers();
    }

    /// <summary>Treats patients for a day.</summary>
    /// <param name="patients">The patients.</param>
    /// <param name="doses">Their doses, shape [n, 2], clipped to what can be given.</param>
    /// <param name="solver">Moves their states.</param>
    /// <returns>What the day brought to each.</returns>
    public static TreatmentDay[] Step(ReadOnlySpan<TreatmentEnvironment> patients, ReadOnlySpan<float> doses, BogackiShampine solver)
    {
        for (var i = 0; i < patients.Length; i++)
        {
            patients[i].Prescribe(doses[2 * i], doses[2 * i + 1]);
        }

        solver.Advance(patients);
        var days = new TreatmentDay[patients.Length];
        for (var i = 0; i < days.Length; i++)
        {
            days[i] = patients[i].End();
        }

        return days;
    }

    /// <summary>Sets a state at the end of a day.</summary>
    /// <param name="state">Its number, from 0.</param>
    /// <param name="value">Its value; NaN where the solver gave up.</param>
    public void Move(int state, double value) => _y[state] = value;

    private void Prescribe(double radiation, double drug)
    {
        (Radiation, Drug) = (Math.Clamp(radiation, 0, MostDose[0]), Math.Clamp(drug, 0, MostDose[1]));
        _retreat = 1 - LogTumour() / _logTumourAtStart; // by the state before the day
    }

    private TreatmentDay End()
    {
        var sound = true;
        Day++;
        for (var i = 0; i < Observed; i++)
        {
            sound &= _y[i] >= 0 && _y[i] <= Limits[i]; // false for NaN too
        }

        var cured = sound && _y[0] < 1 && _y[4] < 1;
        var failed = !sound || (!cured && Day >= MostDays);
        Observe();
        var penalty = Math.Abs(LogKillers() / _logKillersAtStart - 1);
        return new TreatmentDay(_retreat + (cured ? 100 : failed ? -100 : 0), penalty, cured || failed, cured);
    }

    private void Observe()
    {
        for (var i = 0; i < Observed; i++)
        {
            var seen = _y[i] * (1 + 0.2 * (_chance is null ? 0 : _chance.NextDouble() - 0.5));
            _observation[i] = (float)Math.Log(Math.Min(Limits[i], seen > 1 ? seen : 1));
        }
    }

    private double LogTumour() => Math.Log(Math.Max(Math.E, _y[0] + _y[4]));

    private double LogKillers() => Math.Log(Math.Max(Math.E, _observation[1] + _observation[5]));
}

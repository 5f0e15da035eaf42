using HtiTune.Data;

/// <summary>Doses for the patients that are still in treatment.</summary>
/// <param name="observations">What is seen of them, shape [n, 7].</param>
/// <returns>Their doses, shape [n, 2].</returns>
internal delegate Matrix Treatment(Matrix observations);

/// <summary>What became of a number of patients.</summary>
/// <param name="Rewards">Σ r of each.</param>
/// <param name="Penalties">Σ q of each.</param>
/// <param name="Days">Days of treatment of each.</param>
/// <param name="Cured">Whether each was cured.</param>
/// <param name="Radiation">Σ D of each.</param>
/// <param name="Drug">Σ v_M of each.</param>
internal sealed record TreatmentOutcomes(double[] Rewards, double[] Penalties, int[] Days, bool[] Cured, double[] Radiation, double[] Drug)
{
    /// <summary>Mean episode reward under a weight of the penalty.</summary>
    /// <param name="weight">w.</param>
    public double Mean(double weight) => Rewards.Average() - weight * Penalties.Average();

    /// <summary>Standard error of <see cref="Mean"/>.</summary>
    /// <param name="weight">w.</param>
    public double StandardError(double weight)
    {
        var mean = Mean(weight);
        var squares = Rewards.Select((reward, i) => Math.Pow(reward - weight * Penalties[i] - mean, 2)).Sum();
        return Math.Sqrt(squares / Rewards.Length / Math.Max(1, Rewards.Length - 1));
    }

    /// <summary>Part of the patients that was cured.</summary>
    public double CuredShare => Cured.Count(cured => cured) / (double)Cured.Length;

    /// <summary>Adds a day.</summary>
    /// <param name="patient">The patient's number, from 0.</param>
    /// <param name="day">The day.</param>
    /// <param name="doses">The doses, shape [2].</param>
    public void Add(int patient, TreatmentDay day, ReadOnlySpan<float> doses)
    {
        Rewards[patient] += day.Reward;
        Penalties[patient] += day.Penalty;
        Radiation[patient] += doses[0];
        Drug[patient] += doses[1];
        Days[patient]++;
        Cured[patient] = day.Cured;
    }
}

/// <summary>Whole treatments of the same patients by any policy, the surrogate's or a trained one's.</summary>
/// <remarks>Each patient has a stream of its own: every policy meets the same constants, starts, onsets and errors of observation.</remarks>
internal static class TreatmentEpisodes
{
    /// <summary>Treats patients to the end.</summary>
    /// <param name="treatment">Chooses the doses.</param>
    /// <param name="patients">Number of patients.</param>
    /// <param name="seed">Seed of the patients.</param>
    /// <param name="cancellation">Looked at every day.</param>
    public static TreatmentOutcomes Run(Treatment treatment, int patients, long seed, CancellationToken cancellation = default)
    {
        var streams = new RandomStreams(seed).Fork("patients");
        var environments = Enumerable.Range(0, patients).Select(_ => new TreatmentEnvironment()).ToArray();
        for (var i = 0; i < patients; i++)
        {
            environments[i].Reset(streams.Stream($"{i}"));
        }

        var outcomes = new TreatmentOutcomes(
            new double[patients], new double[patients], new int[patients], new bool[patients], new double[patients], new double[patients]);
        var solver = new BogackiShampine();
        int[] inTreatment = [.. Enumerable.Range(0, patients)];
        while (inTreatment.Length > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var seen = Matrix.Create(
                inTreatment.Length, TreatmentEnvironment.Observed, (i, row) => environments[inTreatment[i]].Observation.CopyTo(row));
            var doses = treatment(seen);
            var days = TreatmentEnvironment.Step([.. inTreatment.Select(patient => environments[patient])], doses.Values, solver);
            for (var i = 0; i < days.Length; i++)
            {
                outcomes.Add(inTreatment[i], days[i], doses.Row(i));
            }

            inTreatment = [.. inTreatment.Where((_, i) => !days[i].Ended)];
        }

        return outcomes;
    }
}

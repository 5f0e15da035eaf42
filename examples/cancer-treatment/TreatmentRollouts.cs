using System.Runtime.InteropServices;
using System.Security.Cryptography;
using HtiTune;
using HtiTune.Data;

/// <summary>
/// Judges policies by treating the same patients with them: the surrogate's at any λ as well as trained ones. All preferences share the
/// rollouts of a policy.
/// </summary>
/// <param name="study">The observations by which a policy is recognised: what answers them alike is the same policy.</param>
/// <param name="patients">Number of patients.</param>
/// <param name="seed">Seed of the patients.</param>
internal sealed class TreatmentRollouts(Contexts study, int patients, long seed)
{
    private readonly Dictionary<(double Lambda, string Doses), TreatmentOutcomes> _known = [];

    /// <summary>Policies that were rolled out.</summary>
    public int Count => _known.Count;

    /// <summary>What becomes of the patients under a policy.</summary>
    /// <param name="model">The policy: doses for observations.</param>
    public TreatmentOutcomes Of(IConditionalModel model)
    {
        var doses = model.Sample(study).Outputs;
        var key = (model.Lambda, Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(doses.Values))));
        if (!_known.TryGetValue(key, out var outcomes))
        {
            outcomes = TreatmentEpisodes.Run(seen => model.Sample(new Contexts(seen)).Outputs, patients, seed);
            _known.Add(key, outcomes);
        }

        return outcomes;
    }

    /// <summary>Observations from treatments at random doses, so that they hold what any policy may meet: what networks are asked.</summary>
    /// <param name="count">Number of observations.</param>
    /// <param name="seed">Seed of patients and doses.</param>
    public static Contexts Observations(int count, long seed)
    {
        var chance = new RandomStreams(seed).Stream("random doses");
        var seen = new List<float[]>();
        for (var round = 0; seen.Count < 4 * count; round++)
        {
            // A few doses around a mean of each patient's own, so that some are cured soon and some late.
            TreatmentEpisodes.Run(
                observations => Matrix.Create(observations.Rows, DosePolicy.Doses, (i, row) =>
                {
                    seen.Add(observations.Row(i).ToArray());
                    (row[0], row[1]) = (0.5f + 4 * (float)chance.NextDouble(), 1 + 6 * (float)chance.NextDouble());
                }),
                patients: 20, new RandomStreams(seed).SeedOf($"round {round}"));
        }

        var rows = seen.ToArray();
        chance.Shuffle<float[]>(rows);
        return new Contexts(Matrix.Create(count, TreatmentEnvironment.Observed, (i, row) => rows[i].CopyTo(row)));
    }
}

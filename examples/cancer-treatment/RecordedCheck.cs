using System.Text.Json;
using HtiTune;
using HtiTune.Data;

/// <summary>
/// Compares with what was recorded elsewhere, where the folder of benchmark data is there: the environment day by day, the recorded policies'
/// rewards, and the policies trained here.
/// </summary>
/// <param name="folder">The folder with cancer_noise_free_episodes.json, cancer_policies.npz and cancer_true_policy_rewards.json.</param>
internal sealed class RecordedCheck(string folder)
{
    private const double RelativeTolerance = 3e-3, AbsoluteTolerance = 1e-6; // step control differs between solvers

    /// <summary>The folder named by HTITUNE_DATA, else ../shared/data beside the current folder; null where neither has the files.</summary>
    public static RecordedCheck? Find()
    {
        var folder = Environment.GetEnvironmentVariable("HTITUNE_DATA") ?? Path.Combine("..", "shared", "data");
        return File.Exists(Path.Combine(folder, "cancer_policies.npz")) ? new RecordedCheck(folder) : null;
    }

    /// <summary>The largest deviation of a state from the recorded episodes, in parts of the tolerance: at most 1 where they agree.</summary>
    public double StateDeviation()
    {
        using var recorded = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cancer_noise_free_episodes.json")));
        return recorded.RootElement.GetProperty("episodes").EnumerateArray().Max(episode =>
        {
            var doses = Numbers(episode.GetProperty("action")).Select(dose => (float)dose).ToArray();
            var (patient, solver) = (new TreatmentEnvironment(), new BogackiShampine());
            patient.Reset(null);
            return episode.GetProperty("rows").EnumerateArray().Max(row =>
            {
                if (row.GetProperty("day").GetInt32() > 0)
                {
                    TreatmentEnvironment.Step([patient], doses, solver);
                }

                return Numbers(row.GetProperty("state")).Select((state, i) =>
                    Math.Abs(patient.State[i] - state) / (AbsoluteTolerance + RelativeTolerance * Math.Abs(state))).Max();
            });
        });
    }

    /// <summary>Prints the recorded policies' rewards beside those that this environment gives them, and those of policies trained here.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="trained">The policy trained here at a λ.</param>
    /// <param name="patients">Patients of each policy.</param>
    public void Print(TextWriter to, Func<double, DosePolicy> trained, int patients)
    {
        const string Columns = "  {0,-8}{1,16}{2,14}{3,10}{4,12}{5,16}{6,14}{7,10}{8,12}";
        using var recorded = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cancer_true_policy_rewards.json")));
        var rewards = recorded.RootElement.GetProperty("mean_reward").EnumerateArray().Select(row => Numbers(row).ToArray()).ToArray();
        to.WriteLine($"\nRecorded policies, and those trained here: mean doses, {patients} patients; largest deviation of a noise-free state "
            + $"{StateDeviation():G2} of the tolerance");
        to.WriteLine(Columns, "λ", "recorded reward", "of them here", "± s.e.", "cured, %", "trained here", "recorded, %", "± s.e.", "cured, %");
        foreach (var lambda in (int[])[0, 5, 10])
        {
            var theirs = Outcomes(RecordedPolicies.Read(Path.Combine(folder, "cancer_policies.npz"), lambda), patients);
            var ours = Outcomes(trained(lambda), patients);
            to.WriteLine(
                Columns, lambda, $"{rewards[lambda][lambda]:F2}", $"{theirs.Mean(lambda):F2}", $"{theirs.StandardError(lambda):F2}",
                $"{100 * theirs.CuredShare:F0}", $"{ours.Mean(lambda):F2}", $"{100 * ours.Mean(lambda) / rewards[lambda][lambda]:F1}",
                $"{ours.StandardError(lambda):F2}", $"{100 * ours.CuredShare:F0}");
        }
    }

    private static TreatmentOutcomes Outcomes(DosePolicy policy, int patients) =>
        TreatmentEpisodes.Run(seen => policy.Treat(seen), patients, seed: 20260);

    private static IEnumerable<double> Numbers(JsonElement array) => array.EnumerateArray().Select(number => number.GetDouble());
}

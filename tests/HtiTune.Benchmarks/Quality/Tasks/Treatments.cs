using HtiTune.Benchmarks.Quality.Processes;
using HtiTune.Benchmarks.Quality.Scores;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Quality.Tasks;

// Notation
//   o      a patient's observation [7];  a  doses [2];  π_λ  the policy trained at λ
//   R_λ    mean over patients of an episode's reward at the weight λ, Σ (r − λ q) of TreatmentEnvironment

/// <summary>Policies that treat patients in the environment of the example: what the surrogate's policies earn, and how well draws of doses are met.</summary>
internal static class Treatments
{
    /// <summary>λ of the policies of the task <c>hinge</c>; 0, 5 and 10 are anchors.</summary>
    internal static readonly double[] HingeWeights = [0, 1, 3, 5, 7, 9, 10];

    /// <summary>τ: the killer cells' logarithm may be off by a tenth before it is penalised.</summary>
    internal const double Tolerance = 0.1;

    private const string Policies = "cancer_policies.npz", Doses = "cancer_reward_weighting.npy";
    private const int Outputs = 2, Patients = 100, Draws = 10, FittedStates = 100, JudgedStates = 100;
    private const long PatientSeed = 2027;
    private static readonly double[] s_held = [1, 2, 3, 4, 6, 7, 8, 9];

    /// <summary>Whether the policies of the task <c>hinge</c> are there.</summary>
    internal static bool HasPolicies => File.Exists(KeptFile);

    private static string KeptFile => Path.Combine(AppContext.BaseDirectory, "Quality", "hinge-policies.npy");

    /// <summary>
    /// The fit of the task <c>cancer</c>. At λ a patient gets what the mean doses of π₀ for today's observation become there; the score is what that earns less
    /// than π_λ does with the same patients, in the mean over eight λ.
    /// </summary>
    internal static TaskScores Reward(BenchmarkData data, Command command)
    {
        var fitted = command.Fit(data.File(Doses), Outputs, [.. Enumerable.Range(0, 11)], "--anchors", "0,5,10", "--rows", "0:1000", "--bounds", "0..10,0..8");
        var surrogate = SurrogateFile.Load(fitted.Path);
        var first = RecordedPolicies.Read(data.File(Policies), 0);
        (double Trained, double Carried) Of(double lambda)
        {
            var trained = RecordedPolicies.Read(data.File(Policies), (int)lambda);
            return (
                TreatmentEpisodes.Run(seen => trained.Treat(seen), Patients, PatientSeed).Mean(lambda),
                TreatmentEpisodes.Run(seen => Clipped(surrogate.Transport(new Samples(first.Treat(seen), new Contexts(seen)), 0, lambda)), Patients, PatientSeed).Mean(lambda));
        }

        var held = Array.ConvertAll(s_held, Of);
        return new TaskScores(
            held.Average(one => one.Trained - one.Carried), new[] { 5.0, 10 }.Select(Of).Average(one => one.Trained - one.Carried),
            ("reward", held.Average(one => one.Carried)), ("of the trained policies", held.Average(one => one.Trained)));
    }

    /// <summary>
    /// Draws of doses of policies whose penalty begins at τ, for observations of patients that π₁₀ treats, ten a policy and observation: anchors 0, 5, 10. Those of π₀ for
    /// other observations are moved; WD by observation, mean over four λ, with what two samples of π_λ differ by beside it.
    /// </summary>
    internal static TaskScores Hinge(BenchmarkData data, Command command)
    {
        _ = data;
        var policies = Kept();
        var streams = new RandomStreams(1).Fork("hinge");
        var states = States(policies[^1], FittedStates + JudgedStates, streams.Fork("states"));
        Matrix Drawn(int k, string set, int from, int count)
        {
            var rows = states.SelectRows([.. Enumerable.Range(0, count * Draws).Select(i => from + i / Draws)]);
            var doses = policies[k].Treat(rows, i => streams.Stream($"{set} {k} {i}"));
            return Matrix.Create(rows.Rows, Outputs + rows.Columns, (i, row) =>
            {
                doses.Row(i).CopyTo(row);
                rows.Row(i).CopyTo(row[Outputs..]);
            });
        }

        var train = Enumerable.Range(0, policies.Length).Select(k => Drawn(k, "train", 0, FittedStates)).ToArray();
        var file = command.Write([train.Length, train[0].Rows, train[0].Columns], [.. train.SelectMany(block => block.Values.ToArray())]);
        var model = command.Fit(file, Outputs, HingeWeights, "--anchors", "0,5,10", "--bounds", "0..10,0..8");
        var start = Drawn(0, "start", FittedStates, JudgedStates);
        double At(int k) => ByState(model.Sample(0, HingeWeights[k], start), Drawn(k, "truth", FittedStates, JudgedStates));
        return new TaskScores(
            new[] { 1, 2, 4, 5 }.Average(At), new[] { 3, 6 }.Average(At),
            ("floor", new[] { 1, 2, 4, 5 }.Average(k => ByState(Drawn(k, "again", FittedStates, JudgedStates), Drawn(k, "truth", FittedStates, JudgedStates)))));
    }

    /// <summary>The policies of the file that the verb <c>policies</c> made.</summary>
    internal static DosePolicy[] Kept()
    {
        var kept = NpyFile.ReadMatrix(KeptFile);
        var sizes = DosePolicy.Sizes(new PpoOptions().Width);
        return [.. Enumerable.Range(0, kept.Rows).Select(k =>
        {
            var values = kept.Row(k).ToArray();
            var at = 0;
            return new DosePolicy(Array.ConvertAll(sizes, size => values[at..(at += size)]));
        })];
    }

    private static double ByState(Matrix rows, Matrix actual) => Enumerable.Range(0, rows.Rows / Draws).Average(state =>
    {
        int[] some = [.. Enumerable.Range(state * Draws, Draws)];
        return Wasserstein.Squared(rows.SelectRows(some).SelectColumns(0, Outputs), actual.SelectRows(some).SelectColumns(0, Outputs));
    });

    /// <summary>Observations of patients whom a policy treats by draws, evenly out of all days.</summary>
    private static Matrix States(DosePolicy policy, int count, RandomStreams streams)
    {
        var seen = new List<float[]>();
        var day = 0;
        TreatmentEpisodes.Run(
            observations =>
            {
                seen.AddRange(Enumerable.Range(0, observations.Rows).Select(i => observations.Row(i).ToArray()));
                day++;
                return policy.Treat(observations, i => streams.Stream($"{day} {i}"));
            },
            20, PatientSeed);
        return Matrix.Create(count, TreatmentEnvironment.Observed, (i, row) => seen[(int)((long)i * 7919 % seen.Count)].CopyTo(row));
    }

    // What is carried is a surrogate's, which may know no bounds.
    private static Matrix Clipped(Matrix doses) => Matrix.Create(doses.Rows, doses.Columns, (i, row) =>
    {
        for (var k = 0; k < row.Length; k++)
        {
            row[k] = Math.Clamp(doses[i, k], 0, TreatmentEnvironment.MostDose[k]);
        }
    });
}

using HtiTune.Data;

namespace HtiTune.Tests.Examples;

/// <summary>The patient of the cancer-treatment example, against states recorded from another implementation and against closed forms.</summary>
public class TreatmentEnvironmentTests
{
    // The average patient at the end of a day under constant doses: T_p, N_p, L_p, C, T_s, N_s, L_s, M, u, v, x, and the day's reward.
    public static TheoryData<float, float, int, double[], double> Recorded => new()
    {
        { 0, 0, 6, [117622500, 3.100122, 262159.2, 5737615000, 1214.321, 10756.51, 184.3266, 0, 0, 0, 0], -0.128863 },
        { 0, 0, 12, [631229400, 0.9131897, 443015.8, 9680847000, 9532885, 208.8656, 704952.5, 0, 0, 0, 0], -0.2474 },
        { 2, 3, 1, [2201070, 109406.3, 67280.84, 2227626000, 0, 10000, 100, 1.978261, 9069419, 9725146, 118019.1], 0 },
        { 2, 3, 12, [47376.57, 2181094, 8770.777, 9680847000, 0.01011306, 17295.55, 2.222341e-4, 3.333266, 2385964, 10784700, 112974.1], 0.321484 },
        { 1, 0.5f, 12, [64566.37, 176697.7, 32853.66, 9680847000, 0.0894075, 17468.34, 7.48581, 0.5555444, 3372838, 735776.7, 226594.8], 0.298624 },
    };

    [Theory]
    [MemberData(nameof(Recorded))]
    public void States_and_rewards_are_those_recorded(float radiation, float drug, int days, double[] states, double reward)
    {
        var (patient, last) = Treated(null, radiation, drug, days);
        for (var i = 0; i < states.Length; i++)
        {
            Assert.True(Math.Abs(patient.State[i] - states[i]) <= 1e-6 + 3e-3 * Math.Abs(states[i]), $"state {i}: {patient.State[i]:R}, recorded {states[i]:R}");
        }

        Assert.Equal(reward, last.Reward, 5);
    }

    [Fact]
    public void APenaltyCountsFromItsToleranceOn()
    {
        Assert.Equal(1 - 2 * 0.3, new TreatmentDay(1, 0.3, false, false).Weighted(2), 1e-15);
        Assert.Equal(1 - 2 * 0.2, new TreatmentDay(1, 0.3, false, false).Weighted(2, 0.1), 1e-15);
        Assert.Equal(1, new TreatmentDay(1, 0.05, false, false).Weighted(2, 0.1));
    }

    [Fact]
    public void Drug_and_lymphocytes_follow_their_own_equations()
    {
        // M' = v_M − μ M from 0; C' = α − β C where there is no drug.
        var (drugged, _) = Treated(null, 0, 4, 3);
        Assert.Equal(4 / 0.9 * (1 - Math.Exp(-0.9 * 3)), drugged.State[7], 0.01);
        var (untreated, _) = Treated(null, 0, 0, 10);
        var balance = 7.5e8 / 0.012;
        Assert.Equal(1, untreated.State[3] / (balance + (1.5e9 - balance) * Math.Exp(-0.12)), 3);
    }

    [Fact]
    public void Patients_side_by_side_are_the_same_as_alone()
    {
        // Thirteen patients on eight lanes, who differ by some per cent. Beside others a patient may be rounded otherwise, as vector functions
        // take another branch for all lanes where one of them is 0; where that tips a step, the states differ within the solver's tolerance.
        var together = Enumerable.Range(0, 13).Select(i => Fresh(new RandomStreams(i).Stream("patient"))).ToArray();
        var doses = Enumerable.Range(0, 26).Select(i => i % 5 * 0.7f).ToArray();
        var solver = new BogackiShampine();
        for (var day = 0; day < 15; day++)
        {
            TreatmentEnvironment.Step(together, doses, solver);
        }

        for (var i = 0; i < together.Length; i++)
        {
            var (alone, _) = Treated(new RandomStreams(i).Stream("patient"), doses[2 * i], doses[2 * i + 1], 15);
            Assert.All(
                alone.State.ToArray().Zip(together[i].State.ToArray()),
                pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-3 + 1e-2 * pair.First, $"{pair}"));
        }
    }

    [Fact]
    public void Patients_differ_within_their_bounds_and_observations_within_theirs()
    {
        for (var i = 0; i < 50; i++)
        {
            var patient = Fresh(new RandomStreams(3).Stream($"{i}"));
            Assert.InRange(patient.Constants.A1 / 0.431, 0.95, 1.05);
            Assert.InRange(patient.Constants.Gamma3 / 0.1, 0.95, 1.05); // the last in memory
            Assert.InRange(patient.State[0] / 1e7, 0.75, 1.25);
            Assert.InRange(patient.Onset, 0, 9);
            Assert.InRange(Math.Exp(patient.Observation[1]) / patient.State[1], 0.9 - 1e-5, 1.1 + 1e-5);
            Assert.Equal(0, patient.Observation[4]); // no tumour cell at the second site: log(max(1, 0))
        }
    }

    [Fact]
    public void Treatment_ends_with_a_cure_or_after_two_hundred_days()
    {
        var cured = TreatmentEpisodes.Run(Constant(1, 3), patients: 6, seed: 5);
        Assert.All(cured.Cured, Assert.True);
        Assert.All(cured.Rewards, reward => Assert.InRange(reward, 100, 200));

        // Untreated tumours stay below the limit of failure, which is beyond what they can grow to: the time runs out.
        var untreated = TreatmentEpisodes.Run(Constant(0, 0), patients: 3, seed: 5);
        Assert.All(untreated.Cured, Assert.False);
        Assert.All(untreated.Days, days => Assert.Equal(200, days));
        Assert.All(untreated.Rewards, reward => Assert.True(reward < -100));
    }

    [Fact]
    public void Outcomes_weigh_the_penalty_and_know_their_error()
    {
        var outcomes = new TreatmentOutcomes([110, 120, -80, 100], [1, 2, 5, 0], [40, 40, 200, 45], [true, true, false, true], new double[4], new double[4]);
        Assert.Equal((110 + 120 - 80 + 100) / 4.0 - 3 * 2, outcomes.Mean(3), 12);
        Assert.Equal(0.75, outcomes.CuredShare);

        // Values 107, 114, −95, 100 about their mean 56.5.
        var squares = 50.5 * 50.5 + 57.5 * 57.5 + 151.5 * 151.5 + 43.5 * 43.5;
        Assert.Equal(Math.Sqrt(squares / 3 / 4), outcomes.StandardError(3), 10);
    }

    [Fact]
    public void Environment_and_recorded_policies_agree_with_the_data_where_they_are()
    {
        if (RecordedCheck.Find() is { } recorded)
        {
            Assert.InRange(recorded.StateDeviation(), 0, 1);
        }
    }

    private static Treatment Constant(float radiation, float drug) => seen => Matrix.Create(seen.Rows, 2, (_, row) => (row[0], row[1]) = (radiation, drug));

    private static TreatmentEnvironment Fresh(RandomStream? chance)
    {
        var patient = new TreatmentEnvironment();
        patient.Reset(chance);
        return patient;
    }

    private static (TreatmentEnvironment Patient, TreatmentDay Last) Treated(RandomStream? chance, float radiation, float drug, int days)
    {
        var (patient, solver) = (Fresh(chance), new BogackiShampine());
        TreatmentDay last = default;
        for (var day = 0; day < days; day++)
        {
            last = TreatmentEnvironment.Step([patient], [radiation, drug], solver)[0];
        }

        return (patient, last);
    }
}

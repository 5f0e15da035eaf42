using CsCheck;
using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune.Tests.Acquisition;

public class AcquisitionTests
{
    private static readonly double[] Grid = [.. Enumerable.Range(0, 129).Select(i => i / 128.0)];
    private static readonly double[] Places = [0, 1, 0.5, 0.25, 0.75];

    private static BridgeProcess Process(params double[] places) => BridgeProcess.Fit([.. places.Select(u => new Observation(u, Math.Sin(9 * u) + u))]);

    private static RandomStream Stream(string name) => new RandomStreams(8).Stream(name);

    private static int IndexOfMost(ReadOnlySpan<double> values)
    {
        var most = 0;
        for (var i = 1; i < values.Length; i++)
        {
            most = values[i] > values[most] ? i : most;
        }

        return most;
    }

    public static TheoryData<string> Names => ["improvement", "gradient", "bound", "thompson"];

    private static IAcquisition Of(string name) => name switch
    {
        "improvement" => new ExpectedImprovement(),
        "gradient" => new KnowledgeGradient(),
        "bound" => new ConfidenceBound(),
        _ => new ThompsonSampling(Stream("contract")),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_acquisition_gives_a_worth_at_each_point_and_a_proposal_that_keeps_its_distance(string name)
    {
        var process = Process(Places);
        var posterior = process.OnGrid(Grid);
        var worths = Of(name).OnGrid(posterior);
        Assert.Equal(Grid.Length, worths.Count);
        Assert.All(worths, worth => Assert.True(worth < double.PositiveInfinity && !double.IsNaN(worth)));
        var proposal = ProposalSearch.Find(process, posterior, Places, null, Of(name))!;
        Assert.All(Places, place => Assert.True(Math.Abs(place - proposal.U) >= ProposalSearch.Separation(process)));
        Assert.Equal(process.At(proposal.U).LogExpectedImprovement(process.BestMean), proposal.LogExpectedImprovement, 1e-9);
    }

    [Fact]
    public void A_bound_without_deviations_is_the_mean_and_a_wide_one_is_where_least_is_known()
    {
        var process = Process(0, 0.3, 0.55, 0.7, 1);
        var posterior = process.OnGrid(Grid);
        var greedy = new ConfidenceBound(0).OnGrid(posterior);
        Assert.Equal(posterior.Means.Select((mean, i) => (mean, i)).Max().i, greedy.Select((worth, i) => (worth, i)).Max().i);
        var curious = new ConfidenceBound(1e6).OnGrid(posterior);
        Assert.Equal(Grid.Select((u, i) => (process.At(u).Deviation, i)).Max().i, curious.Select((worth, i) => (worth, i)).Max().i);
        var bound = new ConfidenceBound(1.5);
        Assert.Equal(bound.OnGrid(posterior)[37], bound.At(posterior, Grid[37])!.Value, 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfidenceBound(-1));
    }

    [Fact]
    public void Thompson_sampling_chooses_a_point_as_often_as_it_is_the_best()
    {
        var posterior = Process(0, 1, 0.5, 0.3).OnGrid([.. Enumerable.Range(0, 17).Select(i => i / 16.0)]);
        var chosen = new int[17];
        var thompson = new ThompsonSampling(Stream("thompson"));
        const int draws = 6000;
        for (var d = 0; d < draws; d++)
        {
            chosen[thompson.OnGrid(posterior).Select((worth, i) => (worth, i)).Max().i]++;
        }

        var best = new int[17];
        posterior.Draw(40 * draws, Stream("many"), path => best[IndexOfMost(path)]++);
        for (var i = 0; i < 17; i++)
        {
            var share = best[i] / (40.0 * draws);
            Assert.Equal(share, chosen[i] / (double)draws, 4 * Math.Sqrt(share * (1 - share) / draws) + 1e-3);
        }
    }

    [Fact]
    public void The_same_stream_draws_the_same_curve_and_the_next_call_another()
    {
        var posterior = Process(0, 1, 0.5).OnGrid(Grid);
        var one = new ThompsonSampling(Stream("again"));
        var first = one.OnGrid(posterior);
        Assert.Equal(first, new ThompsonSampling(Stream("again")).OnGrid(posterior));
        Assert.NotEqual(first, one.OnGrid(posterior));
    }

    [Fact]
    public void A_cost_divides_the_worth()
    {
        var posterior = Process(Places).OnGrid(Grid);
        var inner = new ExpectedImprovement();
        var weighted = new CostWeighted(inner, u => 1 + 9 * u);
        var (plain, dear) = (inner.OnGrid(posterior), weighted.OnGrid(posterior));
        for (var i = 0; i < Grid.Length; i++)
        {
            Assert.Equal(plain[i] - Math.Log(1 + 9 * Grid[i]), dear[i], 1e-12);
        }

        Assert.Equal(inner.At(posterior, 0.61)!.Value - Math.Log(1 + 9 * 0.61), weighted.At(posterior, 0.61)!.Value, 1e-12);
        Assert.Null(new CostWeighted(new KnowledgeGradient(), _ => 1).At(posterior, 0.5));
        Assert.Throws<InvalidOperationException>(() => new CostWeighted(inner, _ => 0).OnGrid(posterior));

        // Two basins alike: the cheap one is trained.
        var even = BridgeProcess.Fit([.. new[] { 0, 1, 0.5 }.Select(u => new Observation(u, Math.Cos(4 * Math.PI * u)))]);
        Assert.True(ProposalSearch.Find(even, even.OnGrid(Grid), [0, 1, 0.5], null, weighted)!.U < 0.5);
        Assert.True(ProposalSearch.Find(even, even.OnGrid(Grid), [0, 1, 0.5], null, new CostWeighted(inner, u => 10 - 9 * u))!.U > 0.5);
    }

    [Fact]
    public void A_belief_leads_first_and_fades_with_the_trainings()
    {
        var inner = new ExpectedImprovement();
        var weighted = new BeliefWeighted(inner, u => Math.Exp(-0.5 * Math.Pow((u - 0.8) / 0.05, 2)), 6);
        foreach (var places in new[] { [0, 1, 0.5], Places })
        {
            var process = Process(places);
            var posterior = process.OnGrid(Grid);
            Assert.Equal(
                inner.At(posterior, 0.6)!.Value - 6.0 / places.Length * 0.5 * 16, weighted.At(posterior, 0.6)!.Value, 1e-9);
        }

        var early = Process(0, 1, 0.5);
        Assert.Equal(0.8, ProposalSearch.Find(early, early.OnGrid(Grid), [0, 1, 0.5], null, weighted)!.U, 0.08);
        var never = new BeliefWeighted(inner, u => u < 0.5 ? 0 : 1);
        Assert.True(ProposalSearch.Find(early, early.OnGrid(Grid), [0, 1, 0.5], null, never)!.U > 0.5);
        Assert.Throws<InvalidOperationException>(() => new BeliefWeighted(inner, _ => -1).OnGrid(early.OnGrid(Grid)));
    }

    [Fact]
    public void What_is_believed_under_way_is_certain_and_leaves_the_rest_as_it_was()
    {
        var process = Process(Places);
        var believed = process.Believe(0.62);
        Assert.True(believed.At(0.62).Deviation < 0.2 * process.At(0.62).Deviation);
        Assert.Equal(process.At(0.62).Mean, believed.At(0.62).Mean, 1e-3);
        Assert.Equal(process.DegreesOfFreedom, believed.DegreesOfFreedom);
        foreach (var u in Grid)
        {
            Assert.True(believed.At(u).Deviation <= process.At(u).Deviation * (1 + 1e-9));
        }

        // One component: the mean does not move at all, and far away nothing changes.
        var options = BridgeOptions.Plain with { LengthScaleCount = 1, ShortestLengthScale = 0.1, LongestLengthScale = 0.1, NoiseRatios = [0], NoiseRatioWeights = [1], LevelDeviation = 1e-6 };
        var one = BridgeProcess.Fit(process.Observations, null, options);
        var other = one.Believe(0.62);
        Assert.All(Grid, u => Assert.Equal(one.At(u).Mean, other.At(u).Mean, 1e-9));
        Assert.Equal(one.At(0.05).Deviation, other.At(0.05).Deviation, 1e-4);
    }

    [Fact]
    public void A_batch_holds_no_two_trainings_of_one_neighbourhood()
    {
        Gen.Select(Gen.Double[0, 1].Array[2, 7], Gen.Int[1, 6], Gen.Int[0, 3]).Sample((places, count, which) =>
        {
            var process = Process(places);
            double[] pending = [0.41];
            var batch = ProposalSearch.FindBatch(process, Grid, count, places, pending, null, Of(((string[])["improvement", "gradient", "bound", "thompson"])[which]));
            Assert.InRange(batch.Count, 1, count);
            double[] underWay = [.. pending, .. batch.Select(point => point.U)];
            for (var i = 1; i < underWay.Length; i++)
            {
                Assert.All(underWay[..i], other => Assert.True(Math.Abs(other - underWay[i]) >= ProposalSearch.BatchSeparation(process)));
                Assert.All(places, other => Assert.True(Math.Abs(other - underWay[i]) >= ProposalSearch.Separation(process)));
            }
        }, iter: 40);
    }

    [Fact]
    public void The_first_of_a_batch_is_the_single_proposal_and_a_full_range_gives_fewer()
    {
        var process = Process(Places);
        var batch = ProposalSearch.FindBatch(process, Grid, 3, Places);
        Assert.Equal(3, batch.Count);
        Assert.Equal(ProposalSearch.Find(process, process.OnGrid(Grid), Places)!.U, batch[0].U, 1e-12);
        Assert.True(batch[0].LogExpectedImprovement >= batch[1].LogExpectedImprovement);
        Assert.InRange(ProposalSearch.FindBatch(process, [0.1, 0.1005, 0.9], 3, Places, null, null, new KnowledgeGradient()).Count, 1, 2);
    }
}

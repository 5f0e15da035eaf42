using CsCheck;
using HtiTune.Acquisition;

namespace HtiTune.Tests.Acquisition;

public class ProposalSearchTests
{
    private static readonly double[] Grid = [.. Enumerable.Range(0, 257).Select(i => i / 256.0)];

    private static BridgeProcess Process(Func<double, double> truth, params double[] places) =>
        BridgeProcess.Fit([.. places.Select(u => new Observation(u, truth(u)))]);

    [Fact]
    public void Refinement_is_at_least_as_good_as_the_best_of_a_hundred_times_finer_grid_nearby()
    {
        var process = Process(u => Math.Sin(8 * u), 0, 1, 0.5, 0.25);
        var proposal = ProposalSearch.Find(process, process.OnGrid(Grid), [0, 1, 0.5, 0.25])!;
        var finest = Enumerable.Range(0, 5001).Select(i => process.At(i / 5000.0).LogExpectedImprovement(process.BestMean)).Max();
        Assert.Equal(finest, proposal.LogExpectedImprovement, 1e-4);
        Assert.Equal(process.At(proposal.U).LogExpectedImprovement(process.BestMean), proposal.LogExpectedImprovement, 1e-12);
    }

    [Fact]
    public void Proposals_keep_their_distance()
    {
        Gen.Double[0, 1].Array[3, 9].Sample(places =>
        {
            var process = Process(u => Math.Cos(6 * u), places);
            var proposal = ProposalSearch.Find(process, process.OnGrid(Grid), places);
            Assert.NotNull(proposal);
            Assert.All(places, p => Assert.True(Math.Abs(p - proposal.U) >= ProposalSearch.Separation(process)));
        }, iter: 30);
    }

    [Fact]
    public void A_failure_drives_the_search_elsewhere()
    {
        var process = Process(u => u, 0, 1, 0.5);
        var posterior = process.OnGrid(Grid);
        var first = ProposalSearch.Find(process, posterior, [0, 1, 0.5])!;
        var second = ProposalSearch.Find(process, posterior, [0, 1, 0.5, first.U], [first.U])!;
        Assert.True(Math.Abs(first.U - second.U) > 0.02, $"{first.U} {second.U}");
    }

    [Fact]
    public void No_free_point_means_no_proposal()
    {
        var process = Process(u => u, 0, 1);
        Assert.Null(ProposalSearch.Find(process, process.OnGrid([0, 1]), [0, 1]));
    }
}

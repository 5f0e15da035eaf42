using HtiTune.Tests.Data;

namespace HtiTune.Tests.Examples;

/// <summary>The kept truth of the target-quantile example.</summary>
public class DenseSweepTests
{
    private static readonly DenseSweep Sweep = new([0.1, 0.3, 0.5, 0.7, 0.9], [[5, 3, 1, 2, 4], [9, 7, 5, 3, 1]]);

    [Fact]
    public void Least_best_gap_and_values_between()
    {
        Assert.Equal((1, 0.5, 2), (Sweep.Least(0), Sweep.Best(0), Sweep.Gap(0)));
        Assert.Equal(1.5, Sweep.At(0, 0.6), 12);
        Assert.Equal(5, Sweep.At(0, 0.1), 12);
        Assert.Equal(1, Sweep.At(1, 0.9), 12);
    }

    [Fact]
    public void Seeds_stand_side_by_side_in_the_file_and_replace_their_own()
    {
        using var folder = new TemporaryFolder();
        Sweep.Write(folder.File("t.csv"), seed: 2);
        Sweep.Write(folder.File("t.csv"), seed: 1);
        var other = new DenseSweep(Sweep.Lambdas, [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]]);
        other.Write(folder.File("t.csv"), seed: 2);
        Assert.Equal(Sweep.Costs[0], DenseSweep.Read(folder.File("t.csv"), 1)!.Costs[0]);
        Assert.Equal(other.Costs[0], DenseSweep.Read(folder.File("t.csv"), 2)!.Costs[0]);
        Assert.Equal(Sweep.Lambdas, DenseSweep.Read(folder.File("t.csv"), 2)!.Lambdas);
        Assert.Null(DenseSweep.Read(folder.File("t.csv"), 3));
    }
}

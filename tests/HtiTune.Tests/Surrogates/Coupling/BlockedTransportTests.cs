using CsCheck;
using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Tests.Surrogates.Coupling;

public class BlockedTransportTests
{
    private delegate (int[] Left, int[] Right)[] Splitter(float[] left, float[] right, int columns, int most);

    // Few values and many, so that ties occur.
    private static readonly Gen<(int Columns, float[] Left, float[] Right, int Most)> AnyGroup =
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 60], Gen.Int[1, 20]).SelectMany(s =>
            Gen.OneOf(Gen.Int[0, 2].Select(i => (float)i), Gen.Float[-5, 5]).Array[2 * s.Item1 * s.Item2].Select(values =>
                (s.Item1, values[..(s.Item1 * s.Item2)], values[(s.Item1 * s.Item2)..], s.Item3)));

    public static TheoryData<string> Shapes => ["near", "even"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Blocks_hold_every_row_once_and_as_many_of_either_side(string shape) => AnyGroup.Sample(group =>
    {
        var blocks = Split(shape)(group.Left, group.Right, group.Columns, group.Most);
        var rows = Enumerable.Range(0, group.Left.Length / group.Columns);
        Assert.Equal(rows, blocks.SelectMany(block => block.Left).Order());
        Assert.Equal(rows, blocks.SelectMany(block => block.Right).Order());
        Assert.All(blocks, block => Assert.Equal(block.Left.Length, block.Right.Length));
        Assert.All(blocks, block => Assert.InRange(block.Left.Length, 1, group.Most));
    });

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Equal_sides_are_split_equally(string shape) => AnyGroup.Sample(group =>
        Assert.All(Split(shape)(group.Left, group.Left, group.Columns, group.Most), block => Assert.Equal(block.Left, block.Right)));

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_order_of_the_rows_does_not_matter(string shape)
    {
        var rows = Normal(300, 2, 1);
        var order = Enumerable.Range(0, 300).OrderBy(i => i * 7919 % 300).ToArray();
        var shuffled = order.SelectMany(i => rows[(2 * i)..(2 * i + 2)]).ToArray();
        Assert.All(Split(shape)(rows, shuffled, 2, 40), block => Assert.Equal(block.Left, block.Right.Select(i => order[i])));
    }

    [Fact]
    public void Near_blocks_are_intervals_of_equal_rank_in_one_dimension()
    {
        float[] left = [.. Enumerable.Range(0, 64).Select(i => (float)(i * 37 % 64))], right = Array.ConvertAll(left, v => 5 * v - 9);
        var blocks = GroupBlocks.Near(left, right, 1, 16);
        for (var k = 0; k < 4; k++)
        {
            Assert.Equal(Enumerable.Range(16 * k, 16).Select(v => (float)v), blocks[k].Left.Select(i => left[i]).Order());
            Assert.Equal(Enumerable.Range(16 * k, 16).Select(v => 5f * v - 9), blocks[k].Right.Select(i => right[i]).Order());
        }
    }

    [Fact]
    public void Even_blocks_each_have_the_law_of_the_whole()
    {
        // Eight blocks of 100 rows: the mean of random rows would deviate by 0.1; that of dealt rows by far less.
        var rows = Normal(800, 2, 2);
        var means = GroupBlocks.Even(rows, rows, 2, 100)
            .Select(block => (Mean(block.Left, 0), Mean(block.Left, 1))).ToArray();
        var whole = Enumerable.Range(0, 800).ToArray();
        Assert.Equal(8, means.Length);
        Assert.All(means, mean => Assert.Equal(Mean(whole, 0), mean.Item1, 0.03));
        Assert.All(means, mean => Assert.Equal(Mean(whole, 1), mean.Item2, 0.03));

        double Mean(int[] of, int column) => of.Average(i => rows[2 * i + column]);
    }

    [Theory]
    [InlineData(BlockShape.Near)]
    [InlineData(BlockShape.Even)]
    internal void A_block_as_large_as_the_group_is_exact(BlockShape shape)
    {
        float[] left = Normal(150, 3, 3), right = Normal(150, 3, 4);
        var exact = OptimalTransport.Solve(150, 150, GroundCost.SquaredEuclidean(left, right, 3)).Cost;
        Assert.Equal(exact, Cost(left, right, 3, Assign(left, right, 3, shape, 150, 2)), 1e-6);
    }

    [Fact]
    public void Separate_clusters_are_coupled_exactly()
    {
        // Eight clusters at the corners of a cube, far apart; the blocks are the clusters, so nothing is lost.
        float[] left = Clusters(5), right = Clusters(6);
        var assignment = Assign(left, right, 3, BlockShape.Near, 50, 0);
        Assert.Equal(Enumerable.Range(0, 400), assignment.Order());
        Assert.Equal(OptimalTransport.Solve(400, 400, GroundCost.SquaredEuclidean(left, right, 3)).Cost, Cost(left, right, 3, assignment), 1e-6);

        static float[] Clusters(long seed) => [.. Normal(400, 3, seed).Select((v, i) => v + (i / 3 % 8 >> i % 3) % 2 * 100)];
    }

    [Fact]
    public void No_sweep_raises_the_cost()
    {
        float[] left = Normal(400, 4, 7), right = Normal(400, 4, 8);
        var costs = Enumerable.Range(0, 4).Select(sweeps => Cost(left, right, 4, Assign(left, right, 4, BlockShape.Near, 50, sweeps))).ToArray();
        Assert.Equal(costs.OrderDescending(), costs);
        Assert.True(costs[^1] < 0.95 * costs[0], $"{costs[0]} to {costs[^1]}");
    }

    [Theory]
    [InlineData(500, 1.01)]
    [InlineData(250, 1.02)]
    public void With_conditions_the_cost_is_near_the_exact_one(int most, double share)
    {
        // Three conditions at ten times the weight of two outputs that depend on them and move: 2,000 rows in blocks of a quarter and of an eighth.
        float[] left = Answers(0, 9), right = Answers(1, 10);
        var exact = OptimalTransport.Solve(2000, 2000, GroundCost.SquaredEuclidean(left, right, 5)).Cost;
        Assert.InRange(Cost(left, right, 5, Assign(left, right, 5, BlockShape.Near, most, 2)) / exact, 1, share);

        static float[] Answers(int anchor, long seed)
        {
            var rows = Normal(2000, 5, seed);
            for (var i = 0; i < rows.Length; i += 5)
            {
                rows[i + 3] = MathF.Sin(2 * rows[i]) + anchor + 0.3f * rows[i + 3];
                rows[i + 4] = rows[i] * rows[i + 2] - anchor * rows[i] + 0.3f * rows[i + 4];
                for (var k = 0; k < 3; k++)
                {
                    rows[i + k] *= MathF.Sqrt(10);
                }
            }

            return rows;
        }
    }

    [Fact]
    public void Outputs_that_shear_are_coupled_by_even_blocks_and_not_by_near_ones()
    {
        // Correlation 0.9 becomes −0.9: the exact map keeps the order along neither axis.
        float[] left = Sheared(0.9f, 11), right = Sheared(-0.9f, 12);
        var exact = OptimalTransport.Solve(2000, 2000, GroundCost.SquaredEuclidean(left, right, 2)).Cost;
        Assert.InRange(Cost(left, right, 2, Assign(left, right, 2, BlockShape.Even, 500, 1)) / exact, 1, 1.005);
        Assert.InRange(Cost(left, right, 2, Assign(left, right, 2, BlockShape.Even, 250, 2)) / exact, 1, 1.01);
        Assert.True(Cost(left, right, 2, Assign(left, right, 2, BlockShape.Near, 500, 1)) > 1.05 * exact);

        static float[] Sheared(float correlation, long seed)
        {
            var rows = Normal(2000, 2, seed);
            for (var i = 0; i < rows.Length; i += 2)
            {
                rows[i + 1] = correlation * rows[i] + MathF.Sqrt(1 - correlation * correlation) * rows[i + 1];
            }

            return rows;
        }
    }

    private static Splitter Split(string shape) => shape == "near" ? GroupBlocks.Near : GroupBlocks.Even;

    private static int[] Assign(float[] left, float[] right, int columns, BlockShape shape, int most, int sweeps) => BlockedTransport.Assign(
        left, right, columns, shape, most, sweeps, (a, b) => GroundCost.SquaredEuclidean(Rows(left, a, columns), Rows(right, b, columns), columns), default);

    private static float[] Rows(float[] values, int[] rows, int columns) =>
        [.. rows.SelectMany(i => values[(i * columns)..((i + 1) * columns)])];

    private static double Cost(float[] left, float[] right, int columns, int[] assignment) =>
        left.Select((value, i) => Math.Pow(value - right[assignment[i / columns] * columns + i % columns], 2)).Sum() / assignment.Length;

    private static float[] Normal(int rows, int columns, long seed)
    {
        var random = new RandomStreams(seed).Stream("rows");
        return [.. Enumerable.Range(0, rows * columns).Select(_ => (float)random.NextNormal())];
    }
}

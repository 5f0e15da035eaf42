using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Tests.Surrogates.Coupling;

public sealed class TreeCouplingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TheTreeIsTheShortestOfAll(int seed)
    {
        const int Count = 6;
        var places = Places(Count, new RandomStreams(seed).Stream("places"));

        var edges = TreeCoupling.Tree(places);

        // All 6⁴ trees, by Prüfer's sequences.
        var least = double.PositiveInfinity;
        for (var code = 0; code < Count * Count * Count * Count; code++)
        {
            int[] sequence = [code % Count, code / Count % Count, code / (Count * Count) % Count, code / (Count * Count * Count)];
            least = Math.Min(least, Decoded(sequence, Count).Sum(edge => Length(places, edge)));
        }

        Assert.Equal(least, edges.Sum(edge => Length(places, edge)), 1e-12);
        Assert.Equal(Count - 1, edges.Select(edge => edge.To).Distinct().Count());
        var root = edges[0].From;
        Assert.All(Enumerable.Range(0, Count), k => Assert.True(
            Enumerable.Range(0, Count).Sum(l => Length(places, (root, l))) <= Enumerable.Range(0, Count).Sum(l => Length(places, (k, l)))));
        Assert.All(edges.Index(), one => Assert.True(one.Item.From == root || edges[..one.Index].Any(edge => edge.To == one.Item.From)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(700)]
    public void DrawsThatMoveTogetherAreCoupledWithWhatTheyBecome(int columnsOrRows)
    {
        var (d, n) = columnsOrRows > 2 ? (2, columnsOrRows) : (columnsOrRows, 80);
        var stream = new RandomStreams(4).Stream("draws");
        var places = Places(5, stream);

        // The same draws at every training, moved and widened, which optimal transport finds again, in an order of their own.
        double[][] start = [.. Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, d).Select(_ => stream.NextNormal()).ToArray())];
        int[][] shuffled = [.. places.Select(_ =>
        {
            int[] order = [.. Enumerable.Range(0, n)];
            stream.Shuffle<int>(order);
            return order;
        })];
        float[][] outputs = [.. places.Select((x, k) => shuffled[k].SelectMany(i => start[i].Select(y => (float)((1 + x[0]) * y + 3 * x[1]))).ToArray())];

        var order = TreeCoupling.Couple(places, outputs, d, [[.. Enumerable.Range(0, n)]], CancellationToken.None)!;

        for (var k = 0; k < places.Length; k++)
        {
            Assert.Equal(Enumerable.Range(0, n), order[k].Order());
        }

        if (n == 80)
        {
            Assert.All(Enumerable.Range(0, n), i => Assert.Single(Enumerable.Range(0, places.Length).Select(k => shuffled[k][order[k][i]]).Distinct()));
        }
        else
        {
            // In blocks not every draw finds itself again, but one that is near it; any two differ by 2 a column.
            var miss = Enumerable.Range(0, n).Average(i => Enumerable.Range(0, d).Sum(j => Math.Pow(start[shuffled[0][order[0][i]]][j] - start[shuffled[4][order[4][i]]][j], 2)));
            Assert.InRange(miss, 0, 0.5 * d);
        }
    }

    [Fact]
    public void DrawsOfOneContextAreNotMixedWithThoseOfAnother()
    {
        var stream = new RandomStreams(5).Stream("draws");
        var places = Places(4, stream);
        float[][] outputs = [.. places.Select(_ => Enumerable.Range(0, 60).Select(i => (float)(i % 2 * 5 + stream.NextNormal())).ToArray())];
        int[][] groups = [[.. Enumerable.Range(0, 60).Where(i => i % 2 == 0)], [.. Enumerable.Range(0, 60).Where(i => i % 2 == 1)]];

        var order = TreeCoupling.Couple(places, outputs, 1, groups, CancellationToken.None)!;

        Assert.All(order, rows => Assert.All(rows.Index(), one => Assert.Equal(one.Index % 2, one.Item % 2)));
    }

    [Fact]
    public void AnswersThatStandInTheSameOrderEachTimeStayThere()
    {
        // Rows of one context, but each a question of its own: row i answers much the same at the next training.
        var stream = new RandomStreams(6).Stream("answers");
        var places = Places(4, stream);
        double[] level = [.. Enumerable.Range(0, 40).Select(_ => stream.NextNormal())];
        float[][] outputs = [.. places.Select(x => level.Select(a => (float)(a * (1 + x[0]) + x[1])).ToArray())];

        Assert.Null(TreeCoupling.Couple(places, outputs, 1, [[.. Enumerable.Range(0, 40)]], CancellationToken.None));
        Assert.Null(TreeCoupling.Couple(places, outputs, 1, [.. Enumerable.Range(0, 40).Select(i => (int[])[i])], CancellationToken.None));
    }

    private static double[][] Places(int count, RandomStream stream) => [.. Enumerable.Range(0, count).Select(_ => (double[])[stream.NextDouble(), stream.NextDouble()])];

    private static double Length(double[][] places, (int From, int To) edge) =>
        Math.Sqrt(places[edge.From].Zip(places[edge.To], (a, b) => (a - b) * (a - b)).Sum());

    private static IEnumerable<(int From, int To)> Decoded(int[] sequence, int count)
    {
        int[] degree = [.. Enumerable.Range(0, count).Select(k => 1 + sequence.Count(s => s == k))];
        foreach (var s in sequence)
        {
            var leaf = Array.IndexOf(degree, 1);
            yield return (leaf, s);
            degree[leaf]--;
            degree[s]--;
        }

        var last = Enumerable.Range(0, count).Where(k => degree[k] == 1).ToArray();
        yield return (last[0], last[1]);
    }
}

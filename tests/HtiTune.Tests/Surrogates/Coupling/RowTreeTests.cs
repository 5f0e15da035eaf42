using CsCheck;
using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Tests.Surrogates.Coupling;

public class RowTreeTests
{
    // Few values and many, so that rows coincide and distances tie.
    private static readonly Gen<(int Columns, float[] Rows, float[] Point, int Count)> AnySearch =
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 200], Gen.Int[0, 30]).SelectMany(s => Gen.Select(
            Gen.OneOf(Gen.Int[0, 2].Select(i => (float)i), Gen.Float[-5, 5]).Array[s.Item1 * s.Item2],
            Gen.Float[-6, 6].Array[s.Item1]).Select(v => (s.Item1, v.Item1, v.Item2, s.Item3)));

    [Fact]
    public void Finds_the_rows_that_comparing_all_finds() => AnySearch.Sample(search =>
    {
        var (rows, squares) = new RowTree(search.Rows, search.Columns).Nearest(search.Point, search.Count);
        var all = Enumerable.Range(0, search.Rows.Length / search.Columns).Select(i => Square(search.Rows, i, search.Point)).ToArray();
        Assert.Equal(all.Order().Take(search.Count), squares);
        Assert.Equal(rows.Select(i => all[i]), squares);
        Assert.Distinct(rows);
    });

    [Fact]
    public void A_bounded_search_finds_as_many_and_misses_little()
    {
        // Twelve normal columns, where an exact search compares most rows: a quarter of them are compared.
        var random = new RandomStreams(1).Stream("rows");
        float[] rows = [.. Enumerable.Range(0, 12 * 2000).Select(_ => (float)random.NextNormal())];
        var tree = new RowTree(rows, 12);
        double bounded = 0, exact = 0;
        for (var i = 0; i < 20; i++)
        {
            var point = rows.AsSpan(12 * 97 * i, 12);
            var squares = tree.Nearest(point, 50, 500).Squares;
            Assert.Equal(50, squares.Length);
            Assert.Equal(0, squares[0]);
            bounded += squares.Average();
            exact += tree.Nearest(point, 50).Squares.Average();
        }

        // Any fifty rows would be about twice as far.
        Assert.InRange(bounded / exact, 1, 1.15);
    }

    private static float Square(float[] rows, int row, float[] point)
    {
        float sum = 0;
        for (var k = 0; k < point.Length; k++)
        {
            var difference = point[k] - rows[row * point.Length + k];
            sum += difference * difference;
        }

        return sum;
    }
}

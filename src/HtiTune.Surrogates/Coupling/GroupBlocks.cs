// Notation
//   n      rows of a group at each of two anchors, equally many
//   a, b   their coordinates at the left and at the right anchor, [n, P]; squared distance there is near the cost of the transport
//   most   rows of a block at most;  B  number of blocks
// Exact transport of a whole group takes n² of memory and more of time; within blocks of bounded size it takes n, and the blocks
// n log n. Two ways to begin, both approximations, of different kinds:
//   Near   both sides are halved at their own medians along the axis that is widest, again and again: a block holds neighbours, and
//          faces the block of equal rank on the other side. For conditions, whose law hardly differs between anchors. A transport that
//          turns or folds what is cut it cannot follow, whatever n.
//   Even   both sides are dealt out: cells of B neighbours, one row to each block, so that a block is a thinned copy of its whole side.
//          The transport between thinned samples tends to that of the whole, whatever the map; what is lost is only the fineness of the
//          matching, as if there were n/B samples. For outputs.
// k-d trees: [Bentley1975].

namespace HtiTune.Surrogates.Coupling;

/// <summary>Splits the rows of a group at two anchors into matched blocks.</summary>
internal static class GroupBlocks
{
    /// <summary>Blocks of neighbours, facing each other by rank.</summary>
    /// <param name="left">Rows at the left anchor, [n, P].</param>
    /// <param name="right">Rows at the right anchor, [n, P]; the same array where both sides are one.</param>
    /// <param name="columns">P, at least 1.</param>
    /// <param name="most">Rows of a block at most, at least 1.</param>
    /// <returns>Row numbers of each block, as many on either side; every row is in one block. One block where n ≤ most.</returns>
    /// <remarks>The order of the rows does not matter, up to rows that are equal in all columns.</remarks>
    internal static (int[] Left, int[] Right)[] Near(float[] left, float[] right, int columns, int most)
    {
        var n = Count(left, right, columns, most);
        var isOne = ReferenceEquals(left, right);
        int[] a = Whole(n), b = isOne ? a : Whole(n);
        var blocks = new List<(int[], int[])>();
        Halve(0, n);
        return [.. blocks];

        void Halve(int start, int length)
        {
            if (length <= most)
            {
                blocks.Add((a.AsSpan(start, length).ToArray(), b.AsSpan(start, length).ToArray()));
                return;
            }

            Span<int> rowsA = a.AsSpan(start, length), rowsB = b.AsSpan(start, length);
            var axis = Widest(columns, left, rowsA, right, isOne ? [] : rowsB);
            Sort(left, columns, axis, rowsA);
            if (!isOne)
            {
                Sort(right, columns, axis, rowsB);
            }

            Halve(start, length / 2);
            Halve(start + length / 2, length - length / 2);
        }
    }

    /// <summary>Blocks that are thinned copies of the whole.</summary>
    /// <inheritdoc cref="Near"/>
    internal static (int[] Left, int[] Right)[] Even(float[] left, float[] right, int columns, int most)
    {
        var n = Count(left, right, columns, most);
        var count = Math.Max(1, (n + most - 1) / most);
        int[][] a = Deal(left, n, columns, count), b = Deal(right, n, columns, count);
        return [.. a.Zip(b)];
    }

    /// <summary>One row of each cell to each block; the last cell may be short, and goes to the first blocks on both sides.</summary>
    private static int[][] Deal(float[] values, int n, int columns, int blocks)
    {
        var rows = Whole(n);
        Order(0, n);
        var dealt = Enumerable.Range(0, blocks).Select(_ => new List<int>((n + blocks - 1) / blocks)).ToArray();
        for (var i = 0; i < n; i++)
        {
            // Cells are ordered along an axis: each begins with the next block, or the first block would hold the least of every cell.
            var cell = i / blocks;
            dealt[(cell + 1) * blocks <= n ? (i + cell) % blocks : i % blocks].Add(rows[i]);
        }

        return Array.ConvertAll(dealt, list => list.ToArray());

        void Order(int start, int length)
        {
            if (length < 2)
            {
                return;
            }

            var part = rows.AsSpan(start, length);
            Sort(values, columns, Widest(columns, values, part, values, []), part);
            if (length > blocks)
            {
                var cut = Math.Max(1, length / 2 / blocks) * blocks;
                Order(start, cut);
                Order(start + cut, length - cut);
            }
        }
    }

    /// <summary>The axis with the largest sum of squares about the means, over both sides.</summary>
    private static int Widest(int columns, float[] left, ReadOnlySpan<int> leftRows, float[] right, ReadOnlySpan<int> rightRows)
    {
        var (widest, largest) = (0, double.NegativeInfinity);
        for (var k = 0; k < columns; k++)
        {
            var spread = Spread(left, columns, k, leftRows) + Spread(right, columns, k, rightRows);
            if (spread > largest)
            {
                (widest, largest) = (k, spread);
            }
        }

        return widest;
    }

    /// <summary>Ascending along an axis; ties by the following axes in turn, so that only equal rows keep an arbitrary order.</summary>
    private static void Sort(float[] values, int columns, int axis, Span<int> rows)
    {
        var keys = new float[rows.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = values[rows[i] * columns + axis];
        }

        keys.AsSpan().Sort(rows);
        for (int start = 0, end; start < keys.Length; start = end)
        {
            for (end = start + 1; end < keys.Length && keys[end] == keys[start]; end++)
            {
                // One run of equal values.
            }

            if (end - start > 1)
            {
                rows[start..end].Sort(FollowingAxes);
            }
        }

        int FollowingAxes(int i, int j)
        {
            for (var k = 1; k < columns; k++)
            {
                var column = (axis + k) % columns;
                var order = values[i * columns + column].CompareTo(values[j * columns + column]);
                if (order != 0)
                {
                    return order;
                }
            }

            return i.CompareTo(j);
        }
    }

    private static int Count(float[] left, float[] right, int columns, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return left.Length == right.Length && left.Length % columns == 0
            ? left.Length / columns
            : throw new ArgumentException($"The sides have {left.Length} and {right.Length} numbers; expected as many, rows of {columns}.");
    }

    private static int[] Whole(int n) => Enumerable.Range(0, n).ToArray();

    /// <summary>Sum of squares about the mean, in two passes: sums of squares of values far from 0 would cancel.</summary>
    private static double Spread(float[] values, int columns, int column, ReadOnlySpan<int> rows)
    {
        double sum = 0, square = 0;
        foreach (var row in rows)
        {
            sum += values[row * columns + column];
        }

        var mean = sum / rows.Length;
        foreach (var row in rows)
        {
            var step = values[row * columns + column] - mean;
            square += step * step;
        }

        return square;
    }
}

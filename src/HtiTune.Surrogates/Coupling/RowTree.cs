// Notation
//   n, P   rows and columns
//   cell   the rows of a node, in a box [P] × [P]; a cell of more than 16 rows is halved at its median along its box's longest side
// A search opens cells in the order of their boxes' distance until none can hold a nearer row. With few columns it opens a few cells,
// with many nearly all: `mostVisited` then bounds it, and the rows found are near, not always nearest (best bin first).
// Sources: [Bentley1975], [Beis1997].

namespace HtiTune.Surrogates.Coupling;

/// <summary>Rows arranged to find those near a point: n log n to build, about log n a search where columns are few.</summary>
/// <remarks>Immutable: searches may run side by side.</remarks>
internal sealed class RowTree
{
    private const int CellRows = 16;

    private readonly float[] _rows;
    private readonly int _columns;
    private readonly int[] _order;
    private readonly List<Cell> _cells = [];
    private readonly List<float> _boxes = [];

    /// <param name="rows">Rows [n, P]; not copied.</param>
    /// <param name="columns">P, at least 1.</param>
    internal RowTree(float[] rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        _rows = rows;
        _columns = columns;
        _order = [.. Enumerable.Range(0, rows.Length / columns)];
        if (_order.Length > 0)
        {
            Build(0, _order.Length);
        }
    }

    /// <summary>n.</summary>
    internal int Count => _order.Length;

    /// <summary>The rows nearest to a point.</summary>
    /// <param name="point">The point, [P].</param>
    /// <param name="count">How many, if there are as many.</param>
    /// <param name="mostVisited">Rows compared with the point at most, in whole cells; at least <paramref name="count"/> are.</param>
    /// <returns>Row numbers and squared distances, ascending by distance, then by number.</returns>
    internal (int[] Rows, float[] Squares) Nearest(ReadOnlySpan<float> point, int count, int mostVisited = int.MaxValue)
    {
        count = Math.Min(count, Count);
        var found = new PriorityQueue<int, float>(count + 1);
        var open = new PriorityQueue<int, float>();
        var farthest = float.PositiveInfinity;
        var visited = 0;
        if (count > 0)
        {
            open.Enqueue(0, 0);
        }

        while (open.TryDequeue(out var at, out var bound) && bound <= farthest && (visited < mostVisited || found.Count < count))
        {
            var cell = _cells[at];
            if (cell.Left >= 0)
            {
                open.Enqueue(cell.Left, BoxDistance(cell.Left, point));
                open.Enqueue(cell.Right, BoxDistance(cell.Right, point));
                continue;
            }

            visited += cell.Length;
            foreach (var row in _order.AsSpan(cell.Start, cell.Length))
            {
                NearestRows.Offer(found, count, row, Distance(row, point), ref farthest);
            }
        }

        var (rows, squares) = (new int[found.Count], new float[found.Count]);
        var next = 0;
        foreach (var (row, negative) in found.UnorderedItems)
        {
            (rows[next], squares[next]) = (row, -negative);
            next++;
        }

        Array.Sort(squares, rows);
        for (int start = 0, end; start < rows.Length; start = end)
        {
            for (end = start + 1; end < rows.Length && squares[end] == squares[start]; end++)
            {
                // One run of equal distances.
            }

            rows.AsSpan(start..end).Sort();
        }

        return (rows, squares);
    }

    private float Distance(int row, ReadOnlySpan<float> point)
    {
        var at = _rows.AsSpan(row * _columns, _columns);
        float square = 0;
        for (var k = 0; k < at.Length; k++)
        {
            var difference = point[k] - at[k];
            square += difference * difference;
        }

        return square;
    }

    private float BoxDistance(int cell, ReadOnlySpan<float> point)
    {
        float square = 0;
        var box = cell * 2 * _columns;
        for (var k = 0; k < _columns; k++)
        {
            var outside = Math.Max(0, Math.Max(_boxes[box + k] - point[k], point[k] - _boxes[box + _columns + k]));
            square += outside * outside;
        }

        return square;
    }

    private int Build(int start, int length)
    {
        var number = _cells.Count;
        var (axis, side) = AddBox(_order.AsSpan(start, length));
        _cells.Add(new Cell(start, length, -1, -1));
        if (length > CellRows && side > 0)
        {
            var part = _order.AsSpan(start, length);
            var keys = new float[length];
            for (var i = 0; i < length; i++)
            {
                keys[i] = _rows[part[i] * _columns + axis];
            }

            keys.AsSpan().Sort(part);
            var left = Build(start, length / 2);
            var right = Build(start + length / 2, length - length / 2);
            _cells[number] = new Cell(start, length, left, right);
        }

        return number;
    }

    /// <summary>Appends the box of some rows: lows [P], then highs [P]. Returns its longest side.</summary>
    private (int Axis, float Side) AddBox(ReadOnlySpan<int> rows)
    {
        var (axis, side) = (0, float.NegativeInfinity);
        var highs = new float[_columns];
        for (var k = 0; k < _columns; k++)
        {
            float low = float.PositiveInfinity, high = float.NegativeInfinity;
            foreach (var row in rows)
            {
                low = Math.Min(low, _rows[row * _columns + k]);
                high = Math.Max(high, _rows[row * _columns + k]);
            }

            _boxes.Add(low);
            highs[k] = high;
            if (high - low > side)
            {
                (axis, side) = (k, high - low);
            }
        }

        _boxes.AddRange(highs);
        return (axis, side);
    }

    /// <summary>A node: rows Start … Start + Length − 1 of the order; children, or −1.</summary>
    private readonly record struct Cell(int Start, int Length, int Left, int Right);
}

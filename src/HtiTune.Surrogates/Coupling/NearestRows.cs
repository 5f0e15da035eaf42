using System.Numerics;

namespace HtiTune.Surrogates.Coupling;

/// <summary>The nearest neighbours of a row among the others, all of which are compared with it.</summary>
internal sealed class NearestRows
{
    private readonly int _count, _dimension, _padded;
    private readonly float[] _byColumn;

    /// <param name="rows">Rows [n, D].</param>
    /// <param name="d">D.</param>
    internal NearestRows(ReadOnlySpan<float> rows, int d)
    {
        (_count, _dimension) = (rows.Length / d, d);
        _padded = (_count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        _byColumn = new float[d * _padded];
        for (var i = 0; i < rows.Length; i++)
        {
            _byColumn[i % d * _padded + i / d] = rows[i];
        }
    }

    /// <summary>Fills a queue with the nearest rows, the farthest of them at its head.</summary>
    /// <param name="row">The row whose neighbours are sought; not its own neighbour.</param>
    /// <param name="count">How many, if there are as many.</param>
    /// <param name="near">Cleared, then filled with row indices by their negated squared distance.</param>
    internal void Find(int row, int count, PriorityQueue<int, float> near)
    {
        near.Clear();
        var farthest = float.PositiveInfinity;
        for (var start = 0; start < _padded; start += Vector<float>.Count)
        {
            var squares = Vector<float>.Zero;
            for (var at = start; at < _byColumn.Length; at += _padded)
            {
                var difference = new Vector<float>(_byColumn[at - start + row]) - new Vector<float>(_byColumn, at);
                squares += difference * difference;
            }

            // Few rows are among the nearest so far: several at a time are passed over.
            if (near.Count == count && !Vector.LessThanAny(squares, new Vector<float>(farthest)))
            {
                continue;
            }

            for (int j = start, end = Math.Min(start + Vector<float>.Count, _count); j < end; j++)
            {
                if (j != row)
                {
                    Offer(near, count, j, squares[j - start], ref farthest);
                }
            }
        }
    }

    /// <summary>Takes a row among the nearest so far where it is one of them.</summary>
    /// <param name="near">The nearest so far by their negated squared distance.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="row">The row.</param>
    /// <param name="square">Its squared distance.</param>
    /// <param name="farthest">The squared distance below which a row is one of them; +∞ while there are too few.</param>
    internal static void Offer(PriorityQueue<int, float> near, int count, int row, float square, ref float farthest)
    {
        if (near.Count < count)
        {
            near.Enqueue(row, -square);
        }
        else if (square < farthest)
        {
            near.DequeueEnqueue(row, -square);
        }

        if (near.Count == count && near.TryPeek(out _, out var negative))
        {
            farthest = -negative;
        }
    }
}

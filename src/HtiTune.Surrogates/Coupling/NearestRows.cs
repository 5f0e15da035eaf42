namespace HtiTune.Surrogates.Coupling;

/// <summary>The nearest neighbours of a row among the others.</summary>
internal static class NearestRows
{
    /// <summary>Fills a queue with the nearest rows, the farthest of them at its head.</summary>
    /// <param name="rows">Rows [n, D].</param>
    /// <param name="d">D.</param>
    /// <param name="row">The row whose neighbours are sought; not its own neighbour.</param>
    /// <param name="count">How many, if there are as many.</param>
    /// <param name="near">Cleared, then filled with row indices by their negated squared distance.</param>
    internal static void Find(ReadOnlySpan<float> rows, int d, int row, int count, PriorityQueue<int, float> near)
    {
        near.Clear();
        for (var j = 0; j < rows.Length / d; j++)
        {
            if (j == row)
            {
                continue;
            }

            float square = 0;
            for (var k = 0; k < d; k++)
            {
                var difference = rows[row * d + k] - rows[j * d + k];
                square += difference * difference;
            }

            if (near.Count < count)
            {
                near.Enqueue(j, -square);
            }
            else if (near.TryPeek(out _, out var farthest) && square < -farthest)
            {
                near.DequeueEnqueue(j, -square);
            }
        }
    }
}

// Notation
//   x       an output of row i at anchor k in column j; g the group of the row, its category
//   d       |x − m|, m the median of column j over the rows of group g at anchor k
//   σ       1.4826 · the median of d, or of |x − median| over all anchors where that is larger
//
// A row is set aside where d ≥ 100 σ and no other row of the group stands between: d ≥ 10 d', d' the next smaller. Both hold of a diverged
// value; of a heavy tail (Student's t with 3 degrees of freedom) the second fails, for its values thin out gradually. What every row does, a
// jump or exponential growth, moves m and is no deviation.
//
// Where a group's whole range is below 100 times the spread over all anchors no row can be that far: nothing is sorted there, and medians of many
// values are selected rather than sorted.

using System.Globalization;
using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>
/// Finds rows of anchors that lie far outside all others, and lets a fit go without them: plausible values take their place while clock, scales,
/// paths and maps are fitted, and their own return when it is done, so that anchors stay exact.
/// </summary>
internal sealed class RowScreen
{
    private const int FewestRows = 20;
    private const double FarSpreads = 100;
    private const double Gap = 10;
    private const double LargestShare = 0.05;
    private const double NormalSpread = 1.4826;
    private const int Shown = 8;

    private readonly AnchorSet _anchors;
    private readonly SortedDictionary<int, (int Column, double Value)>[] _found;

    private RowScreen(AnchorSet anchors, SortedDictionary<int, (int Column, double Value)>[] found, CouplingKind coupling)
    {
        _anchors = anchors;
        _found = found;
        Rest = Patched(RowGroups.Of(anchors, coupling).Deterministic);
    }

    /// <summary>The anchors with plausible values in the place of what is set aside.</summary>
    internal AnchorSet Rest { get; }

    /// <summary>The rows that are set aside, by anchor.</summary>
    internal IReadOnlyList<SetAsideRow> Rows =>
        [.. _found.SelectMany((rows, k) => rows.Select(row => new SetAsideRow(_anchors[k].Lambda, row.Key, row.Value.Column, row.Value.Value)))];

    /// <summary>What is set aside, in words, a text an anchor.</summary>
    internal IEnumerable<string> Texts => _found.Index().Where(one => one.Item.Count > 0).Select(one => TextOf(
        FormattableString.Invariant($"{_anchors.Hyperparameter.Name} = {_anchors[one.Index].Lambda:R}"), one.Item, _anchors[one.Index].Samples.Count));

    /// <summary>What is set aside at one anchor, in words.</summary>
    /// <param name="place">Where the anchor is.</param>
    /// <param name="rows">The rows, at least one.</param>
    /// <param name="count">Rows of the anchor.</param>
    internal static string TextOf(string place, SortedDictionary<int, (int Column, double Value)> rows, int count)
    {
        var (row, (column, value)) = rows.First();
        var names = string.Join(", ", rows.Keys.Take(Shown)) + (rows.Count > Shown ? $" and {rows.Count - Shown} more" : "");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{place}: {(rows.Count == 1 ? "row" : "rows")} {names} of {count} lie far outside all others (row {row}: {value:G6} in column {column}) "
            + $"and are set aside: the fit to the other rows does not see them; at their own anchor they are answered as they are");
    }

    /// <summary>Looks for such rows; null where there is none.</summary>
    internal static RowScreen? Of(AnchorSet anchors, CouplingKind coupling)
    {
        var found = Find([.. anchors.Select(anchor => anchor.Samples)]);
        return Array.TrueForAll(found, rows => rows.Count == 0) ? null : new RowScreen(anchors, found, coupling);
    }

    /// <summary>Such rows of each anchor, with the first column in which they are far outside.</summary>
    /// <param name="anchors">Samples of each anchor.</param>
    internal static SortedDictionary<int, (int Column, double Value)>[] Find(Samples[] anchors)
    {
        var found = anchors.Select(_ => new SortedDictionary<int, (int, double)>()).ToArray();
        var groups = anchors.Select(samples => GroupsOf(samples).Where(group => group.Length >= FewestRows).ToArray()).ToArray();
        var all = new float[anchors.Sum(samples => samples.Count)];
        for (var j = 0; j < anchors[0].Dimension && Array.Exists(groups, own => own.Length > 0); j++)
        {
            var count = 0;
            foreach (var samples in anchors)
            {
                var outputs = samples.Outputs;
                for (var i = 0; i < outputs.Rows; i++)
                {
                    all[count++] = outputs[i, j];
                }
            }

            var (_, spread) = Figures(all);
            for (var k = 0; k < anchors.Length; k++)
            {
                foreach (var group in groups[k])
                {
                    foreach (var i in Far(group, anchors[k].Outputs, j, spread))
                    {
                        found[k].TryAdd(i, (j, anchors[k].Outputs.Exact(i, j)));
                    }
                }
            }
        }

        return found;
    }

    /// <summary>A fit to <see cref="Rest"/> with the true values at the anchors, and with a word of them.</summary>
    internal TrajectoryState Restore(TrajectoryState state)
    {
        var trajectories = state.Trajectories;
        var (points, d) = ((float[][])trajectories.Points.Clone(), trajectories.Dimension);
        for (var k = 0; k < points.Length; k++)
        {
            if (_found[k].Count == 0)
            {
                continue;
            }

            var own = Trajectories.Standardised(_anchors[k].Samples.Outputs, state.Outputs);
            points[k] = (float[])points[k].Clone();
            for (var t = 0; t < trajectories.Count; t++)
            {
                if (_found[k].ContainsKey(trajectories.Rows[k][t]))
                {
                    own.AsSpan(trajectories.Rows[k][t] * d, d).CopyTo(points[k].AsSpan(t * d));
                }
            }
        }

        return state with
        {
            Trajectories = new Trajectories(
                points, trajectories.Conditions, trajectories.Categories, d, trajectories.ConditionCount, trajectories.CategoryCount, trajectories.Rows),
            Report = state.Report with { SetAside = Rows, Warnings = [.. state.Report.Warnings, .. Texts] },
        };
    }

    private static IEnumerable<int> Far(int[] rows, Matrix outputs, int column, double spreadOfAll)
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        foreach (var i in rows)
        {
            var value = outputs[i, column];
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        if ((double)high - low < FarSpreads * spreadOfAll)
        {
            return [];
        }

        var (median, spread) = Figures(Array.ConvertAll(rows, i => outputs[i, column]));
        spread = Math.Max(spread, spreadOfAll);
        var distances = Array.ConvertAll(rows, i => Math.Abs(outputs[i, column] - median));
        var sorted = (double[])distances.Clone();
        Array.Sort(sorted);
        var most = Math.Max(1, (int)(LargestShare * rows.Length));
        for (var t = rows.Length - most; t < rows.Length && spread > 0; t++)
        {
            if (sorted[t] >= FarSpreads * spread && sorted[t] >= Gap * sorted[t - 1])
            {
                return rows.Where((_, place) => distances[place] >= sorted[t]);
            }
        }

        return [];
    }

    private static (double Median, double Spread) Figures(float[] values)
    {
        var rest = (float[])values.Clone();
        double median = Middle(rest);
        var distances = Array.ConvertAll(rest, value => Math.Abs(value - median));
        return (median, NormalSpread * Middle(distances));
    }

    /// <summary>The value that would stand in the middle if they were sorted; reorders them [Hoare1961].</summary>
    private static T Middle<T>(T[] values)
        where T : IComparable<T>
    {
        int low = 0, high = values.Length - 1, middle = values.Length / 2;
        while (low < high)
        {
            var pivot = values[low + (high - low) / 2];
            int i = low, j = high;
            while (i <= j)
            {
                while (values[i].CompareTo(pivot) < 0)
                {
                    i++;
                }

                while (values[j].CompareTo(pivot) > 0)
                {
                    j--;
                }

                if (i <= j)
                {
                    (values[i], values[j]) = (values[j], values[i]);
                    i++;
                    j--;
                }
            }

            (low, high) = (middle >= i ? i : low, middle <= j ? j : high);
            if (middle > j && middle < i)
            {
                break;
            }
        }

        return values[middle];
    }

    private static IEnumerable<int[]> GroupsOf(Samples samples) => samples.Contexts.CategoryCount == 0
        ? [[.. Enumerable.Range(0, samples.Count)]]
        : samples.Categories.ToArray().Index().GroupBy(one => one.Item, one => one.Index).Select(group => group.ToArray());

    private AnchorSet Patched(bool isByRow)
    {
        var positions = TrajectoryState.PositionsOf(_anchors.Hyperparameter, _anchors.Lambdas);
        return new AnchorSet(_anchors.Hyperparameter, _anchors.Select((anchor, k) =>
        {
            if (_found[k].Count == 0)
            {
                return anchor;
            }

            var (outputs, contexts) = (anchor.Samples.Outputs, anchor.Samples.Contexts);
            var scale = Standardization.Of([contexts.Conditions], shareScale: false);
            return new Anchor(anchor.Lambda, new Samples(
                Matrix.Create(outputs.Rows, outputs.Columns, (i, row) =>
                {
                    if (!_found[k].ContainsKey(i))
                    {
                        outputs.Row(i).CopyTo(row);
                    }
                    else if (!isByRow || !Between(k, i, positions, row))
                    {
                        outputs.Row(Nearest(k, i, contexts, scale)).CopyTo(row);
                    }
                }),
                contexts));
        }));
    }

    /// <summary>The same row at the nearest anchors on either side that have it, joined by a line; false where none has.</summary>
    private bool Between(int anchor, int row, double[] positions, Span<float> target)
    {
        var (left, right) = (anchor - 1, anchor + 1);
        while (left >= 0 && _found[left].ContainsKey(row))
        {
            left--;
        }

        while (right < _found.Length && _found[right].ContainsKey(row))
        {
            right++;
        }

        if (left < 0 && right == _found.Length)
        {
            return false;
        }

        (left, right) = (left < 0 ? right : left, right == _found.Length ? left : right);
        var share = left == right ? 0 : (positions[anchor] - positions[left]) / (positions[right] - positions[left]);
        for (var j = 0; j < target.Length; j++)
        {
            double a = _anchors[left].Samples.Outputs[row, j], b = _anchors[right].Samples.Outputs[row, j];
            target[j] = (float)(a + share * (b - a));
        }

        return true;
    }

    /// <summary>The row of the same category that is not set aside and whose conditions are nearest; the next one where there are no conditions.</summary>
    private int Nearest(int anchor, int row, Contexts contexts, Standardizer scale)
    {
        var conditions = Trajectories.Standardised(contexts.Conditions, scale);
        var (best, least, width) = (row, double.PositiveInfinity, contexts.Conditions.Columns);
        for (var step = 1; step < contexts.Count; step++)
        {
            var i = (row + step) % contexts.Count;
            if (_found[anchor].ContainsKey(i) || contexts.CategoryCount > 0 && contexts.Categories[i] != contexts.Categories[row])
            {
                continue;
            }

            var distance = 0.0;
            for (var c = 0; c < width; c++)
            {
                double difference = conditions[i * width + c] - conditions[row * width + c];
                distance += difference * difference;
            }

            (best, least) = distance < least ? (i, distance) : (best, least);
        }

        return best;
    }
}

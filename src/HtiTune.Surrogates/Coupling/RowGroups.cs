// Notation
//   group   rows that may be exchanged: the draws of one context, or the samples of one category
//   slot    a place for a row of a group, equally many at every anchor: slot i of n holds row ⌊i·n_k/n⌋ of the n_k that anchor k has there,
//           so that rows are repeated evenly where an anchor has fewer, and each anchor's distribution is kept to 1/n

using HtiTune.Data;

namespace HtiTune.Surrogates.Coupling;

/// <summary>Which rows of the anchors may be coupled with which: the groups, and the slots of each anchor.</summary>
internal sealed class RowGroups
{
    private readonly int[][] _rows;

    private RowGroups(CouplingKind kind, bool deterministic, int[] sizes, int[] labels, int[][] rows)
    {
        Kind = kind;
        Deterministic = deterministic;
        Sizes = sizes;
        Labels = labels;
        _rows = rows;
    }

    /// <summary>The coupling, never <see cref="CouplingKind.Auto"/>.</summary>
    internal CouplingKind Kind { get; }

    /// <summary>Whether each context has one output.</summary>
    internal bool Deterministic { get; }

    /// <summary>Slots of each group; the groups' slots follow one another.</summary>
    internal int[] Sizes { get; }

    /// <summary>The category of each slot.</summary>
    internal int[] Labels { get; }

    /// <summary>The row of an anchor in each slot.</summary>
    internal int[] Rows(int anchor) => _rows[anchor];

    /// <summary>Groups the rows of anchors.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="asked">The coupling, or <see cref="CouplingKind.Auto"/>.</param>
    /// <exception cref="ArgumentException">The data do not allow the coupling, or a category is absent from an anchor.</exception>
    internal static RowGroups Of(AnchorSet anchors, CouplingKind asked)
    {
        var kind = KindOf(anchors, asked);
        var groups = kind == CouplingKind.ByContext ? Answers(anchors, ByContext(anchors)) : ByCategory(anchors);
        return new RowGroups(
            kind,
            kind == CouplingKind.ByContext && groups.TrueForAll(group => group.Rows[0].Length == 1),
            [.. groups.Select(group => group.Rows[0].Length)],
            [.. groups.SelectMany(group => Enumerable.Repeat(group.Category, group.Rows[0].Length))],
            [.. Enumerable.Range(0, anchors.Count).Select(k => groups.SelectMany(group => group.Rows[k]).ToArray())]);
    }

    private static CouplingKind KindOf(AnchorSet anchors, CouplingKind asked)
    {
        var shared = anchors.ConditionCount > 0
            && anchors.Skip(1).All(anchor => anchor.Samples.Contexts.SameAs(anchors[0].Samples.Contexts));
        if (asked == CouplingKind.Auto)
        {
            return shared ? CouplingKind.ByContext : anchors.ConditionCount == 0 ? CouplingKind.ByCategory : CouplingKind.Relaxed;
        }

        if (asked == CouplingKind.ByContext && !shared)
        {
            throw new ArgumentException(
                "Coupling by context needs continuous conditions that are the same rows, in the same order, at every anchor.");
        }

        return asked;
    }

    private static List<(int Category, int[][] Rows)> ByContext(AnchorSet anchors)
    {
        var contexts = anchors[0].Samples.Contexts;
        var byContext = new Dictionary<string, List<int>>();
        var keys = new List<string>();
        for (var i = 0; i < contexts.Count; i++)
        {
            var key = ContextKey.Of(contexts, i);
            if (!byContext.TryGetValue(key, out var rows))
            {
                byContext[key] = rows = [];
                keys.Add(key);
            }

            rows.Add(i);
        }

        return keys.ConvertAll(key =>
        {
            var rows = byContext[key].ToArray();
            var category = contexts.CategoryCount > 0 ? contexts.Categories[rows[0]] : 0;
            return (category, Enumerable.Repeat(rows, anchors.Count).ToArray());
        });
    }

    /// <summary>
    /// The rows of a context apart from one another where every context is answered with one output however often it is asked, at every anchor: a context
    /// that was asked twice does not make draws of answers.
    /// </summary>
    private static List<(int Category, int[][] Rows)> Answers(AnchorSet anchors, List<(int Category, int[][] Rows)> groups)
    {
        return groups.TrueForAll(group => anchors.Index().All(one => IsOneAnswer(one.Item.Samples.Outputs, group.Rows[one.Index])))
            ? [.. groups.SelectMany(group => group.Rows[0].Select(row => (group.Category, Enumerable.Repeat((int[])[row], anchors.Count).ToArray())))]
            : groups;

        static bool IsOneAnswer(Matrix outputs, int[] rows) => Array.TrueForAll(rows, row => outputs.Row(row).SequenceEqual(outputs.Row(rows[0])));
    }

    private static List<(int Category, int[][] Rows)> ByCategory(AnchorSet anchors)
    {
        var groups = new List<(int, int[][])>();
        for (var c = 0; c < Math.Max(1, anchors.CategoryCount); c++)
        {
            var rows = anchors.Select(anchor => RowsOf(anchor.Samples, c)).ToArray();
            var most = rows.Max(r => r.Length);
            if (most == 0)
            {
                continue;
            }

            var none = Array.FindIndex(rows, r => r.Length == 0);
            if (none >= 0)
            {
                throw new ArgumentException(
                    $"Category {c} has samples at some anchors but none at {anchors.Hyperparameter.Name} = {anchors[none].Lambda}; "
                    + "every anchor needs samples of every category that occurs.");
            }

            groups.Add((c, Array.ConvertAll(rows, r => Repeat(r, most))));
        }

        return groups;
    }

    private static int[] RowsOf(Samples samples, int category)
    {
        if (samples.Contexts.CategoryCount == 0)
        {
            return Enumerable.Range(0, samples.Count).ToArray();
        }

        var rows = new List<int>();
        for (var i = 0; i < samples.Count; i++)
        {
            if (samples.Categories[i] == category)
            {
                rows.Add(i);
            }
        }

        return [.. rows];
    }

    private static int[] Repeat(int[] rows, int count)
    {
        var repeated = new int[count];
        for (var i = 0; i < count; i++)
        {
            repeated[i] = rows[(int)((long)i * rows.Length / count)];
        }

        return repeated;
    }
}

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates;

/// <summary>
/// Which stored trajectory answers which context. The choice never depends on λ, so that every functional of the answers is
/// continuous in λ.
/// </summary>
internal sealed class TrajectoryLookup
{
    /// <summary>Step of the additive golden-ratio sequence: successive draws spread evenly over the weights.</summary>
    private const double GoldenStep = OutputTransform.GoldenStep;

    /// <summary>Stored conditions that weigh in a draw; the density potential keeps as many.</summary>
    private const int MostKernels = 192;

    /// <summary>Stored conditions compared with the one asked for: with many conditions a search would compare them all.</summary>
    private const int MostVisited = 4096;

    private readonly Contexts _contexts;
    private readonly Standardizer _scale;
    private readonly Lazy<Dictionary<string, int[]>> _byContext;
    private readonly int[][] _byCategory;
    private readonly Lazy<float[]> _conditions;
    private readonly Lazy<RowTree>[] _trees;
    private readonly Lazy<double> _bandwidth;

    /// <param name="stored">The contexts of the trajectories.</param>
    /// <param name="scale">Scale of their conditions.</param>
    internal TrajectoryLookup(Contexts stored, Standardizer scale)
    {
        (_contexts, _scale) = (stored, scale);

        // The contexts say which trajectory answers; those that the trajectories carry are what the fit has seen of them.
        var categories = CategoriesOf(stored);
        _byCategory = [.. Enumerable.Range(0, Math.Max(1, stored.CategoryCount))
            .Select(c => Enumerable.Range(0, categories.Length).Where(t => categories[t] == c).ToArray())];
        _conditions = new Lazy<float[]>(() => Trajectories.Standardised(stored.Conditions, scale));
        _byContext = new Lazy<Dictionary<string, int[]>>(GroupByContext);
        _trees = [.. _byCategory.Select((_, category) => new Lazy<RowTree>(() => Tree(category)))];
        _bandwidth = new Lazy<double>(() =>
            BandwidthSelection.ByLikelihood([_conditions.Value], stored.Conditions.Columns, 600));
    }

    /// <summary>Throws where contexts do not have the columns and categories that the surrogate was fitted on.</summary>
    internal void Require(Contexts contexts)
    {
        if (contexts.Conditions.Columns != _contexts.Conditions.Columns || contexts.CategoryCount != _contexts.CategoryCount)
        {
            throw new ArgumentException(
                $"Contexts have {contexts.Conditions.Columns} conditions and {contexts.CategoryCount} categories; the surrogate was fitted on "
                + $"{_contexts.Conditions.Columns} and {_contexts.CategoryCount}.",
                nameof(contexts));
        }
    }

    /// <summary>The category of each row; all 0 without categories.</summary>
    internal static int[] CategoriesOf(Contexts contexts) =>
        contexts.CategoryCount == 0 ? new int[contexts.Count] : contexts.Categories.ToArray();

    /// <summary>Whether each context is among those stored.</summary>
    internal bool HasAll(Contexts contexts)
    {
        if (contexts.SameAs(_contexts))
        {
            return true;
        }

        for (var i = 0; i < contexts.Count; i++)
        {
            if (!_byContext.Value.ContainsKey(ContextKey.Of(contexts, i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A trajectory for each row.</summary>
    internal (int[] Trajectories, SampleSource Source) Choose(Contexts contexts)
    {
        if (contexts.SameAs(_contexts))
        {
            return (Enumerable.Range(0, contexts.Count).ToArray(), SampleSource.StoredOutputs);
        }

        return _contexts.Conditions.Columns == 0
            ? (ByCategory(contexts), SampleSource.StoredOutputs)
            : ByCondition(contexts);
    }

    /// <summary>The trajectories of a category spread evenly over the rows that ask for it, each once where there are as many.</summary>
    private int[] ByCategory(Contexts contexts)
    {
        var categories = CategoriesOf(contexts);
        var asked = new int[_byCategory.Length];
        foreach (var c in categories)
        {
            asked[c]++;
        }

        var given = new int[_byCategory.Length];
        var chosen = new int[categories.Length];
        for (var i = 0; i < chosen.Length; i++)
        {
            var c = categories[i];
            var stored = _byCategory[c];
            if (stored.Length == 0)
            {
                throw new ArgumentException($"Row {i} asks for category {c}, of which the anchors hold no sample.", nameof(contexts));
            }

            var rank = given[c]++;
            chosen[i] = asked[c] <= stored.Length
                ? stored[(int)((long)rank * stored.Length / asked[c])]
                : stored[rank % stored.Length];
        }

        return chosen;
    }

    private (int[] Trajectories, SampleSource Source) ByCondition(Contexts contexts)
    {
        var given = new Dictionary<string, int>();
        var chosen = new int[contexts.Count];
        var source = SampleSource.StoredOutputs;
        for (var i = 0; i < chosen.Length; i++)
        {
            var key = ContextKey.Of(contexts, i);
            var rank = given.TryGetValue(key, out var count) ? count : 0;
            given[key] = rank + 1;
            if (_byContext.Value.TryGetValue(key, out var stored))
            {
                chosen[i] = stored[rank % stored.Length];
            }
            else
            {
                chosen[i] = Near(contexts, i, PhaseOf(key) + (rank + 0.5) * GoldenStep);
                source = SampleSource.ConditionalSampler;
            }
        }

        return (chosen, source);
    }

    /// <summary>
    /// Where the draws of a context begin, 0 to 1: a hash of its bits (FNV-1a), so that contexts side by side, each asked for once, do not all take the row that stands at one place
    /// among their neighbours, and that the answer to a context does not hang on what else is asked.
    /// </summary>
    private static double PhaseOf(string key)
    {
        var hash = 2166136261u;
        foreach (var letter in key)
        {
            hash = (hash ^ letter) * 16777619u;
        }

        return hash / 4294967296.0;
    }

    /// <summary>Draws a trajectory by Nadaraya–Watson weights of its condition, among the stored ones of nearest conditions.</summary>
    private int Near(Contexts contexts, int row, double draw)
    {
        var category = contexts.CategoryCount == 0 ? 0 : contexts.Categories[row];
        var stored = _byCategory[category];
        if (stored.Length == 0)
        {
            throw new ArgumentException($"Row {row} asks for category {category}, of which the anchors hold no sample.", nameof(contexts));
        }

        var x = new float[_contexts.Conditions.Columns];
        _scale.Apply(contexts.Conditions.Row(row), x);
        var (near, squares) = _trees[category].Value.Nearest(x, MostKernels, MostVisited);
        var precision = 0.5 / (_bandwidth.Value * _bandwidth.Value);
        var weights = Array.ConvertAll(squares, square => Math.Exp((squares[0] - square) * precision));

        // In the order in which they are stored: draws do not depend on which of them is nearest.
        Array.Sort(near, weights);
        var target = draw % 1 * weights.Sum();
        for (var i = 0; i < near.Length; i++)
        {
            target -= weights[i];
            if (target <= 0)
            {
                return stored[near[i]];
            }
        }

        return stored[near[^1]];
    }

    /// <summary>The stored trajectories whose conditions are nearest to those of a row, the nearest first, within its category.</summary>
    /// <param name="contexts">The contexts.</param>
    /// <param name="row">The row.</param>
    /// <param name="most">How many at most.</param>
    internal int[] Nearest(Contexts contexts, int row, int most)
    {
        var category = contexts.CategoryCount == 0 ? 0 : contexts.Categories[row];
        var x = new float[_contexts.Conditions.Columns];
        _scale.Apply(contexts.Conditions.Row(row), x);
        var (near, squares) = _trees[category].Value.Nearest(x, most, MostVisited);
        Array.Sort(squares, near);
        return Array.ConvertAll(near, i => _byCategory[category][i]);
    }

    /// <summary>The conditions of a category's stored contexts.</summary>
    private RowTree Tree(int category)
    {
        var c = _contexts.Conditions.Columns;
        var stored = _byCategory[category];
        var conditions = new float[stored.Length * c];
        for (var i = 0; i < stored.Length; i++)
        {
            _conditions.Value.AsSpan(stored[i] * c, c).CopyTo(conditions.AsSpan(i * c));
        }

        return new RowTree(conditions, c);
    }

    private Dictionary<string, int[]> GroupByContext() =>
        Enumerable.Range(0, _contexts.Count)
            .GroupBy(t => ContextKey.Of(_contexts, t))
            .ToDictionary(group => group.Key, group => group.ToArray());
}

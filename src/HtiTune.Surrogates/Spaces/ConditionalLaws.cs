using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>What each anchor of a space answers given a context, as a law: anchors need not have answered the same contexts.</summary>
internal sealed class ConditionalLaws
{
    /// <summary>Rows of near contexts, one of which stands for one that was not answered.</summary>
    private const int MostNear = 8;

    private readonly Standardizer _conditions;
    private readonly float[][] _y, _x;
    private readonly Contexts[] _contexts;
    private readonly TrajectoryLookup[] _lookups;
    private readonly Lazy<AffineCarrier> _affine;
    private readonly int _dimension;

    /// <param name="rows">The anchors' rows.</param>
    /// <param name="scale">Scale of the outputs.</param>
    /// <param name="conditions">Scale of the conditions.</param>
    /// <param name="bandwidths">Those of the conditional moments of each anchor; null to choose them.</param>
    internal ConditionalLaws(SpaceRows rows, Standardizer scale, Standardizer conditions, double[]? bandwidths)
    {
        (_conditions, _contexts, _dimension) = (conditions, rows.Contexts, scale.Columns);
        _y = OutputKriging.Standardised(rows.Outputs, scale);
        _x = OfEach(contexts => Trajectories.Standardised(contexts.Conditions, conditions));
        _lookups = OfEach(contexts => new TrajectoryLookup(contexts, conditions));
        _affine = new Lazy<AffineCarrier>(() => new AffineCarrier(
            _dimension, conditions.Columns,
            [.. _y.Select((y, k) => new ConditionalMoments(
                y, _dimension, _x[k], conditions.Columns, TrajectoryLookup.CategoriesOf(_contexts[k]), Math.Max(1, _contexts[k].CategoryCount), bandwidths?[k]))]));
    }

    /// <summary>Standardised outputs of each anchor.</summary>
    internal float[][] Outputs => _y;

    /// <summary>Standardised conditions of each anchor.</summary>
    internal float[][] Conditions => _x;

    /// <summary>Bandwidths of the conditional moments.</summary>
    internal double[] Bandwidths => _affine.Value.Bandwidths;

    /// <summary>An anchor's rows in some contexts, near ones in those that it did not answer, carried to all anchors that have a weight.</summary>
    /// <param name="source">The anchor.</param>
    /// <param name="contexts">n contexts.</param>
    /// <param name="weights">Weights of the anchors; null for all.</param>
    internal float[]?[] At(int source, Contexts contexts, double[]? weights)
    {
        var categories = TrajectoryLookup.CategoriesOf(contexts);
        if (contexts.SameAs(_contexts[source]))
        {
            return _affine.Value.Carry(_y[source], _x[source], _x[source], categories, source, weights);
        }

        var chosen = Near(source, contexts);
        return _affine.Value.Carry(
            Trajectories.Select(_y[source], chosen, _dimension), Trajectories.Select(_x[source], chosen, _conditions.Columns),
            Trajectories.Standardised(contexts.Conditions, _conditions), categories, source, weights);
    }

    /// <summary>Given rows of an anchor, carried to all anchors that have a weight.</summary>
    /// <param name="y">Standardised outputs, [n, D].</param>
    /// <param name="contexts">Their contexts.</param>
    /// <param name="source">The anchor.</param>
    /// <param name="weights">Weights of the anchors.</param>
    internal float[]?[] Carry(float[] y, Contexts contexts, int source, double[] weights)
    {
        var x = Trajectories.Standardised(contexts.Conditions, _conditions);
        return _affine.Value.Carry(y, x, x, TrajectoryLookup.CategoriesOf(contexts), source, weights);
    }

    /// <summary>Each anchor's own rows in some contexts, or in near ones.</summary>
    internal float[][] Drawn(Contexts contexts) => [.. _y.Select((y, k) => contexts.SameAs(_contexts[k]) ? y : Trajectories.Select(y, Near(k, contexts), _dimension))];

    /// <summary>Of an anchor a row for each context: of its own where it answered it, else of the few nearest ones that was taken least often, so that none stands for many.</summary>
    private int[] Near(int anchor, Contexts contexts)
    {
        var lookup = _lookups[anchor];
        if (lookup.HasAll(contexts) || _conditions.Columns == 0)
        {
            return lookup.Choose(contexts).Trajectories;
        }

        var taken = new int[_contexts[anchor].Count];
        var chosen = new int[contexts.Count];
        for (var i = 0; i < chosen.Length; i++)
        {
            var near = lookup.Nearest(contexts, i, MostNear);
            if (near.Length == 0)
            {
                throw new ArgumentException($"Row {i} asks for category {contexts.Categories[i]}, of which an anchor holds no sample.", nameof(contexts));
            }

            chosen[i] = near.MinBy(row => taken[row]);
            taken[chosen[i]]++;
        }

        return chosen;
    }

    private T[] OfEach<T>(Func<Contexts, T> make)
    {
        var made = new T[_contexts.Length];
        for (var k = 0; k < made.Length; k++)
        {
            made[k] = k > 0 && ReferenceEquals(_contexts[k], _contexts[0]) ? made[0] : make(_contexts[k]);
        }

        return made;
    }
}

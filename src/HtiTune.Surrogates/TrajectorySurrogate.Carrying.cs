using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

public sealed partial class TrajectorySurrogate
{
    /// <summary>Which stored trajectory answers which context.</summary>
    internal TrajectoryLookup Lookup => _lookup;

    /// <summary>Whether answers of contexts are given by networks or kernel ridge, since not all of them are stored.</summary>
    internal bool IsGiven(Contexts contexts) => (_state.Start is not null || _state.Ridge is not null) && !_lookup.HasAll(contexts);

    /// <summary>Standardised outputs of contexts at every anchor that has a weight, as networks or kernel ridge give them; null at the others.</summary>
    /// <param name="contexts">n contexts.</param>
    /// <param name="weights">Weights of the anchors, [K]; null for all anchors.</param>
    internal float[]?[] Given(Contexts contexts, double[]? weights)
    {
        var last = weights is null ? _places.Length - 1 : Math.Max(0, Array.FindLastIndex(weights, w => w != 0));
        return _maps.Given(contexts, weights is null ? 0 : Math.Max(0, Array.FindIndex(weights, w => w != 0)), last);
    }

    /// <summary>Standardised outputs of given rows at every anchor that has a weight, along the maps; null at the others.</summary>
    /// <param name="rows">Outputs at the anchor <paramref name="from"/>.</param>
    /// <param name="from">An anchor's λ.</param>
    /// <param name="weights">Weights of the anchors, [K]; null for all anchors.</param>
    internal float[]?[] Carry(Samples rows, double from, double[]? weights)
    {
        var source = SourceOf(rows, from, needsMaps: true);
        return Carry(Trajectories.Standardised(rows.Outputs, _state.Outputs), rows.Contexts, source, weights);
    }

    /// <summary>The same of standardised rows [n, D] at the anchor of a number.</summary>
    internal float[]?[] Carry(float[] y, Contexts contexts, int source, double[]? weights)
    {
        var first = weights is null ? 0 : Math.Min(source, Array.FindIndex(weights, w => w != 0));
        var last = weights is null ? _places.Length - 1 : Math.Max(source, Array.FindLastIndex(weights, w => w != 0));
        return _maps.Chain(y, contexts, source, first, last);
    }

    /// <summary>Standardised rows [n, D] of the first anchor at all anchors, along the networks alone.</summary>
    internal float[]?[] CarryByNetworks(float[] y, Contexts contexts) => _maps.ByNetworks(y, contexts, 0, 0, _places.Length - 1);

    /// <summary>A mixture for given rows: those of their own anchor as they are, those of another from what is stored for their contexts.</summary>
    private Matrix MixStored(Samples rows, int source, TrajectoryCurve curve)
    {
        var (chosen, _) = _lookup.Choose(rows.Contexts);
        return Matrix.Create(rows.Count, Dimension, (i, row) =>
        {
            var anchor = curve.Neighbour(i);
            if (anchor == source)
            {
                rows.Outputs.Row(i).CopyTo(row);
            }
            else
            {
                _state.Trajectories.Point(anchor, chosen[i]).CopyTo(row);
                _state.Finish(row);
            }
        });
    }

    /// <summary>The number of the anchor that rows come from; throws where they cannot be transported.</summary>
    /// <param name="rows">Outputs beside their contexts.</param>
    /// <param name="from">An anchor's λ.</param>
    /// <param name="needsMaps">Whether it takes maps.</param>
    internal int SourceOf(Samples rows, double from, bool needsMaps)
    {
        var source = IndexOf(from);
        _lookup.Require(rows.Contexts);
        if (rows.Dimension != Dimension)
        {
            throw new ArgumentException($"Rows have {rows.Dimension} output columns; the surrogate has {Dimension}.", nameof(rows));
        }

        if (needsMaps && _state.Ridge is null && _state.Forward.Length + _state.Motion.Length == 0)
        {
            throw new InvalidOperationException(
                $"This surrogate was fitted without maps; fit it with {nameof(TrajectoryOptions.TrainMaps)} = true to transport rows.");
        }

        return source;
    }
}

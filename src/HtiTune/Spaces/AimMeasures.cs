using HtiTune.Preferences;

namespace HtiTune;

/// <summary>The values of an aim's features, and of what its constraints bound, at the trainings.</summary>
/// <param name="store">The trainings.</param>
/// <param name="aim">The aim.</param>
/// <param name="options">How the tuner works.</param>
internal sealed class AimMeasures(AnchorStore store, Aim aim, TunerOptions options)
{
    private readonly ObjectiveView[] _views =
        [.. aim.Measures.Select(feature => new ObjectiveView(store, feature.Value, options with { Goal = feature.Goal, NoiseVariance = null }, (_, _) => { }) { HasProcess = false })];

    /// <summary>The aim.</summary>
    internal Aim Aim => aim;

    /// <summary>The values of all measures at an anchor, in their own signs and in the order of <see cref="Aim.Measures"/>; null where one has none.</summary>
    internal double[]? Of(int anchor)
    {
        double?[] values = [.. _views.Select(view => view.Measured(anchor).Value)];
        return Array.TrueForAll(values, value => value is not null) ? Array.ConvertAll(values, value => value!.Value) : null;
    }

    /// <summary>Whether values meet every constraint.</summary>
    internal bool IsFeasible(ReadOnlySpan<double> values)
    {
        for (var j = 0; j < aim.Constraints.Count; j++)
        {
            if (aim.Constraints[j].Excess(values[aim.Features.Count + j]) > 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The values by name, for journals and displays; a feature that is weighed and bounded stands once.</summary>
    internal IReadOnlyDictionary<string, double> Named(double[] values)
    {
        var named = new Dictionary<string, double>();
        for (var j = 0; j < values.Length; j++)
        {
            named.TryAdd(aim.Measures[j].Name, values[j]);
        }

        return named;
    }
}

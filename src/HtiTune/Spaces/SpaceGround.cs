using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>Where a training may go: away from those that were made, that failed, and that are under way.</summary>
/// <param name="coordinates">The space.</param>
/// <param name="known">Snapped u of the trainings that have a value.</param>
/// <param name="failed">x of those that failed.</param>
internal sealed class SpaceGround(SpaceCoordinates coordinates, double[][] known, double[][] failed)
{
    /// <summary>The least distance of two trainings.</summary>
    internal const double Separation = 2e-4;

    private const double BatchShare = 0.05, FailureRadius = 0.2, Neighbourhood = 0.1, Prior = 0.3, EdgeWidth = 0.03;

    /// <summary>A place is left alone, while there are others, where a training is likelier to fail than not: ln ½.</summary>
    internal const double LeastLogSuccess = -0.69;

    private readonly double[] _radii = Array.ConvertAll(
        failed, place => Math.Max(Separation, known.Select(u => 0.5 * SpaceCoordinates.Distance(place, coordinates.Place(u))).Append(FailureRadius).Min()));

    /// <summary>The space.</summary>
    internal SpaceCoordinates Coordinates => coordinates;

    /// <summary>x of the trainings that have a value.</summary>
    internal double[][] Places { get; } = Array.ConvertAll(known, u => coordinates.Place(u));

    /// <summary>u of the trainings that have a value.</summary>
    internal double[][] Units => known;

    /// <summary>x of some configurations.</summary>
    internal double[][] PlacesOf(IReadOnlyList<Configuration> configurations) => [.. configurations.Select(c => coordinates.Place(c))];

    /// <summary>Whether a place is neither trained already nor near one under way.</summary>
    /// <param name="x">The place.</param>
    /// <param name="waiting">x of what is under way.</param>
    /// <param name="separation">The least distance from a trained place.</param>
    internal bool IsFree(ReadOnlySpan<double> x, double[][] waiting, double separation = Separation)
    {
        foreach (var place in Places)
        {
            if (SpaceCoordinates.Distance(x, place) < separation)
            {
                return false;
            }
        }

        return IsApart(x, waiting);
    }

    /// <summary>Whether a place is not near one under way.</summary>
    internal bool IsApart(ReadOnlySpan<double> x, double[][] waiting)
    {
        foreach (var place in waiting)
        {
            if (SpaceCoordinates.Distance(x, place) < (coordinates.Listed is null ? BatchShare : Separation))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a training may go there: a place that is free, and where it is likelier to succeed than not.</summary>
    /// <param name="x">The place.</param>
    /// <param name="waiting">x of what is under way.</param>
    /// <param name="separation">The least distance from a trained place.</param>
    internal bool IsOpen(ReadOnlySpan<double> x, double[][] waiting, double separation = Separation) => IsFree(x, waiting, separation) && LogSuccess(x) > LeastLogSuccess;

    /// <summary>How many coordinates stand at an end of their range: 1 for each there, and less the farther from it.</summary>
    /// <param name="u">Snapped u.</param>
    internal double Edges(ReadOnlySpan<double> u)
    {
        double sum = 0;
        for (var i = 0; i < u.Length; i++)
        {
            if (coordinates.Levels(i) == 0 && !double.IsNaN(u[i]))
            {
                sum += Math.Exp(-Math.Min(u[i], 1 - u[i]) / EdgeWidth);
            }
        }

        return sum;
    }

    /// <summary>
    /// Logarithm of the chance that a training succeeds: that of a vote of the neighbours, and each failed one shades a ball around it, half-way to
    /// the nearest that succeeded at most.
    /// </summary>
    /// <param name="x">The place.</param>
    internal double LogSuccess(ReadOnlySpan<double> x)
    {
        if (failed.Length == 0)
        {
            return 0;
        }

        double log = 0, fails = 0, succeeds = Prior;
        for (var i = 0; i < failed.Length; i++)
        {
            var distance = SpaceCoordinates.Distance(x, failed[i]);
            var z = distance / _radii[i];
            log += Math.Log(1 - Math.Exp(-z * z));
            fails += Vote(distance);
        }

        foreach (var place in Places)
        {
            succeeds += Vote(SpaceCoordinates.Distance(x, place));
        }

        return log + Math.Log(succeeds / (succeeds + fails));

        // The nearest count most, however far they are: of a part where all have failed no corner is left for hope.
        static double Vote(double distance) => Math.Pow(distance * distance + Neighbourhood * Neighbourhood, -1.5);
    }
}

using HtiTune.Surrogates;

namespace HtiTune;

/// <summary>Whether the trainings leave a wide part of any hyperparameter's range without one: what <see cref="CertificateRule.Strict"/> asks over a space.</summary>
/// <param name="coordinates">The space.</param>
/// <param name="trained">Snapped u of the trainings that have a value.</param>
internal sealed class SpaceCover(SpaceCoordinates coordinates, double[][] trained)
{
    // As of a line; quarters of the range are places of floating-point numbers.
    private const double LargestGap = StrictRule.LargestGap, Rounding = 1e-9;

    private readonly double[][] _along = [.. Enumerable.Range(0, coordinates.Hyperparameters)
        .Select(i => trained.Select(u => u[i]).Where(u => !double.IsNaN(u)).Append(0).Append(1).Order().ToArray())];

    /// <summary>How far a place lies inside gaps that are too wide, added up over the hyperparameters: 0 where it lies in none.</summary>
    /// <param name="u">Snapped u.</param>
    internal double Depth(ReadOnlySpan<double> u)
    {
        double sum = 0;
        for (var i = 0; i < u.Length; i++)
        {
            if (double.IsNaN(u[i]))
            {
                continue;
            }

            double low = 0, high = 1;
            foreach (var place in _along[i])
            {
                low = place <= u[i] ? place : low;
                high = place >= u[i] ? Math.Min(high, place) : high;
            }

            // Of few values every one must be trained, and of neighbours the distance is their own.
            var allowed = coordinates.Levels(i) is > 0 and var levels ? Math.Max(LargestGap, 1.0 / levels) : LargestGap;
            sum += high - low > allowed + Rounding ? Math.Max(Rounding, Math.Min(u[i] - low, high - u[i])) : 0;
        }

        return sum;
    }
}

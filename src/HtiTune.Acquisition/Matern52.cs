namespace HtiTune.Acquisition;

/// <summary>The Matérn correlation of smoothness 5/2 on the unit scale.</summary>
/// <remarks>k(d) = (1 + x + x²/3) e^(−x), x = √5 d/ℓ (Rasmussen and Williams 2006, equation 4.17); k(0) = 1.</remarks>
public static class Matern52
{
    private static readonly double RootFive = Math.Sqrt(5);

    /// <summary>The correlation of two points.</summary>
    /// <param name="distance">Their distance |u − u'|, in the unit scale.</param>
    /// <param name="lengthScale">Length scale ℓ &gt; 0, in the unit scale.</param>
    /// <returns>A number in (0, 1].</returns>
    public static double Correlation(double distance, double lengthScale)
    {
        var x = RootFive * Math.Abs(distance) / lengthScale;
        return (1 + x + x * x / 3) * Math.Exp(-x);
    }
}

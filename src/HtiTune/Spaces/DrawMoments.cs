namespace HtiTune;

/// <summary>What draws of a value say of its law.</summary>
internal static class DrawMoments
{
    /// <summary>Of those that are numbers: how many, their mean, and the sum of squares about it.</summary>
    internal static (int Count, double Mean, double Square) Of(ReadOnlySpan<double> values)
    {
        double mean = 0, square = 0;
        var count = 0;
        foreach (var value in values)
        {
            if (double.IsFinite(value))
            {
                count++;
                var before = mean;
                mean += (value - mean) / count;
                square += (value - before) * (value - mean);
            }
        }

        return (count, mean, square);
    }

    /// <summary>ln(e^a + e^b); −∞ where both are nothing.</summary>
    internal static double LogSum(double a, double b)
    {
        var most = Math.Max(a, b);
        return double.IsNegativeInfinity(most) ? most : most + Math.Log(Math.Exp(a - most) + Math.Exp(b - most));
    }
}

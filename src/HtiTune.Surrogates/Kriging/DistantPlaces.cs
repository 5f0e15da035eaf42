namespace HtiTune.Surrogates;

/// <summary>A few of many places, far from each other.</summary>
internal static class DistantPlaces
{
    /// <summary>Anchors each of which is the farthest from those before it, the first the farthest from the middle; ascending.</summary>
    internal static int[] Choose(double[] places, int d, int most)
    {
        var count = places.Length / d;
        var away = new double[count];
        var chosen = new List<int>();
        Span<double> at = stackalloc double[d];
        at.Fill(0.5);
        for (var k = 0; k < count; k++)
        {
            away[k] = SpaceCoordinates.Square(places.AsSpan(k * d, d), at);
        }

        while (chosen.Count < most)
        {
            var next = Array.IndexOf(away, away.Max());
            var first = chosen.Count == 0;
            chosen.Add(next);
            for (var k = 0; k < count; k++)
            {
                var square = SpaceCoordinates.Square(places.AsSpan(k * d, d), places.AsSpan(next * d, d));
                away[k] = k == next ? -1 : first ? square : Math.Min(away[k], square);
            }
        }

        chosen.Sort();
        return [.. chosen];
    }
}

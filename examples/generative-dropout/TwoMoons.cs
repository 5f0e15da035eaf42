using HtiTune.Data;

/// <summary>Points of two interleaved half circles: what the generator learns from, and what it is judged by.</summary>
/// <remarks>
/// A point of the upper moon is (cos a, sin a), of the lower one (1 − cos a, ½ − sin a), with an angle a uniform on [0, π], plus Gaussian noise.
/// The first half of the points is of the upper moon.
/// </remarks>
internal sealed class TwoMoons
{
    /// <summary>Number of moons.</summary>
    public const int Moons = 2;

    private const long NoiseSeed = 2025;

    /// <summary>Draws points.</summary>
    /// <param name="perMoon">Points of each moon.</param>
    /// <param name="noise">Standard deviation of the noise in each coordinate.</param>
    /// <param name="chance">Draws angles and noise.</param>
    public TwoMoons(int perMoon, double noise, RandomStream chance)
    {
        PerMoon = perMoon;
        Points = Matrix.Create(Moons * perMoon, 2, (i, row) =>
        {
            var angle = Math.PI * chance.NextDouble();
            var (x, y) = i < perMoon ? (Math.Cos(angle), Math.Sin(angle)) : (1 - Math.Cos(angle), 0.5 - Math.Sin(angle));
            row[0] = (float)(x + noise * chance.NextNormal());
            row[1] = (float)(y + noise * chance.NextNormal());
        });
    }

    /// <summary>Points of each moon.</summary>
    public int PerMoon { get; }

    /// <summary>All points, shape [2 n, 2].</summary>
    public Matrix Points { get; }

    /// <summary>The moon of each point, 0 or 1.</summary>
    public int[] Labels => Categories(PerMoon);

    /// <summary>The question to a generator: so many points of each moon, each from a given starting noise.</summary>
    /// <param name="perMoon">Points of each.</param>
    /// <remarks>
    /// The noise is a context like the moon, so that a row of one generator is known to belong to the same row of another. Given the moon alone,
    /// the surrogate has to guess which draw moves to which.
    /// </remarks>
    public static Contexts Ask(int perMoon)
    {
        var chance = new RandomStreams(NoiseSeed).Stream("starting noise");
        return new Contexts(
            Matrix.Create(Moons * perMoon, 2, (_, row) => (row[0], row[1]) = ((float)chance.NextNormal(), (float)chance.NextNormal())),
            Categories(perMoon), Moons);
    }

    private static int[] Categories(int perMoon) => [.. Enumerable.Range(0, Moons * perMoon).Select(i => i / perMoon)];
}

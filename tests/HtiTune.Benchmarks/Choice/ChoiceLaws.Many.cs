using HtiTune.Data;

namespace HtiTune.Benchmarks.Choice;

// Laws with six to ten anchors, where leaving one out says most: outputs that move fast in a part of the range, that jump, or that scatter with trainings.
internal static partial class ChoiceLaws
{
    private static IEnumerable<ChoiceLaw> Many()
    {
        static ChoiceLaw Draws(string name, int anchors, int d, Func<RandomStream, RowLaw> make) => new(name, s_unit, Even(anchors), d, make);

        static ChoiceLaw Answers(string name, int anchors, int d, int c, Func<RandomStream, RowLaw> make) =>
            new(name, s_unit, Even(anchors), d, make) { IsDeterministic = true, Asking = Asking.SameContexts, Conditions = c };

        yield return Draws("arcs-9", 9, 2, stream => Arcs(stream, 4)) with { Categories = 2 };
        yield return Draws("arcs-rush-6", 6, 2, stream => Rushed(stream, s => Arcs(s, 3), 4)) with { Categories = 2 };
        yield return Draws("arcs-rush-10", 10, 2, stream => Rushed(stream, s => Arcs(s, 3), 8)) with { Categories = 2 };
        yield return Draws("arcs-soon-8", 8, 2, stream => Rushed(stream, s => Arcs(s, 3), 0.25)) with { Categories = 2 };
        yield return Draws("cloud-9", 9, 3, Cloud);
        yield return Draws("cloud-trained-9", 9, 3, Cloud) with { TrainingNoise = 0.1 };
        yield return Draws("cloud-rush-7", 7, 3, stream => Rushed(stream, Cloud, 6));
        yield return Draws("cloud-step-8", 8, 3, stream => Stepped(stream, Cloud, 0.06));
        yield return Draws("late-noise-8", 8, 2, stream => Noise(stream, 8)) with { Categories = 2 };
        yield return Draws("early-noise-7", 7, 2, stream => Noise(stream, 0.4)) with { Categories = 2 };
        yield return Draws("split-7", 7, 2, Split);
        yield return Draws("shares-8", 8, 2, Shares);
        yield return Draws("heavy-rush-8", 8, 2, stream => Rushed(stream, Heavy, 5));
        yield return Draws("capped-rush-7", 7, 2, stream => Rushed(stream, Capped, 5)) with
        {
            Asking = Asking.SameContexts,
            Conditions = 2,
            Repeats = 8,
            Rows = 480,
            Bounds = [new(0, 2), new(0, 2)],
        };
        yield return Answers("waves-9", 9, 3, 2, stream => Waves(stream, 0.35));
        yield return Answers("waves-rush-8", 8, 3, 2, stream => Rushed(stream, s => Waves(s, 0.7), 6));
        yield return Answers("waves-trained-9", 9, 2, 3, stream => Waves(stream, 0.5)) with { TrainingNoise = 0.1 };
        yield return Answers("threshold-9", 9, 2, 2, stream => Threshold(stream, 0.05));
        yield return Answers("jump-8", 8, 2, 2, stream => Threshold(stream, 0.003));
        yield return Answers("blend-rush-6", 6, 3, 3, stream => Blend(stream, 7));
        yield return Answers("levels-trained-7", 7, 3, 2, Levels) with { Places = [0.02, 0.18, 0.34, 0.5, 0.66, 0.82, 0.98], TrainingNoise = 0.2 };
        yield return Answers("swing-step-7", 7, 20, 2, stream => Stepped(stream, Swing, 0.08));
    }

    private static double[] Even(int count) => [.. Enumerable.Range(0, count).Select(k => k / (count - 1.0))];

    /// <summary>A law that is walked through late (power above 1) or soon.</summary>
    private static RowLaw Rushed(RandomStream stream, Func<RandomStream, RowLaw> make, double power)
    {
        var law = make(stream);
        var own = power * Math.Exp(0.3 * stream.NextNormal());
        return (u, x, category, chance, y) => law(Math.Pow(u, own), x, category, chance, y);
    }

    /// <summary>A law of which the most is walked through within a step of some width.</summary>
    private static RowLaw Stepped(RandomStream stream, Func<RandomStream, RowLaw> make, double width)
    {
        var law = make(stream);
        var centre = 0.2 + 0.6 * stream.NextDouble();
        return (u, x, category, chance, y) => law(0.3 * u + 0.7 / (1 + Math.Exp((centre - u) / width)), x, category, chance, y);
    }
}

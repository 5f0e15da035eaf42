using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Choice;

/// <summary>What an anchor is asked.</summary>
internal enum Asking
{
    /// <summary>The same contexts at every anchor.</summary>
    SameContexts,

    /// <summary>Each anchor has contexts of its own.</summary>
    OwnContexts,

    /// <summary>Nothing but a category, or not even that.</summary>
    Nothing,
}

/// <summary>One row of outputs at λ's place u of its true scale, for a condition and a category.</summary>
internal delegate void RowLaw(double u, ReadOnlySpan<float> x, int category, RandomStream chance, Span<float> y);

/// <summary>A law of outputs over λ that is known exactly, with random coefficients, and how anchors are asked.</summary>
internal sealed record ChoiceLaw(string Name, ContinuousHyperparameter Hyperparameter, double[] Places, int Dimension, Func<RandomStream, RowLaw> Make)
{
    private const int TestContexts = 4, TestDraws = 200, TestRows = 200;
    private static readonly double[] s_shares = [0.27, 0.5, 0.73];

    /// <summary>How λ's place of the range becomes the place on the law's own scale: another one is a wrong scale.</summary>
    public Func<double, double> Truth { get; init; } = place => place;

    /// <summary>Whether each context has one answer.</summary>
    public bool IsDeterministic { get; init; }

    /// <summary>What anchors are asked.</summary>
    public Asking Asking { get; init; } = Asking.Nothing;

    /// <summary>Number of conditions C.</summary>
    public int Conditions { get; init; }

    /// <summary>Number of categories, 0 without.</summary>
    public int Categories { get; init; }

    /// <summary>Draws of each context.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Rows of an anchor.</summary>
    public int Rows { get; init; } = 300;

    /// <summary>Rows at the end that repeat the first context and its answer.</summary>
    public int Duplicates { get; init; }

    /// <summary>How far each training's answers are off, as a smooth function of the context of its own, in the outputs' units.</summary>
    public double TrainingNoise { get; init; }

    /// <summary>Bounds of the outputs that a user declares.</summary>
    public OutputBounds[]? Bounds { get; init; }

    /// <summary>Places of the range at which surrogates are judged: shares of the way between neighbouring anchors.</summary>
    public IEnumerable<double> Tests => Enumerable.Range(1, Places.Length - 1)
        .SelectMany(k => s_shares.Where(share => Places.Length < 4 || share == s_shares[k % s_shares.Length]).Select(share => Places[k - 1] + share * (Places[k] - Places[k - 1])));

    /// <summary>The anchors of a seed.</summary>
    public AnchorSet Anchors(RowLaw law, RandomStreams streams)
    {
        var same = Ask(streams.Stream("contexts"));
        return new AnchorSet(Hyperparameter, Places.Select((place, k) =>
        {
            var contexts = Asking == Asking.OwnContexts ? Ask(streams.Fork("own").Stream($"{k}")) : same;
            return new Anchor(Hyperparameter.FromUnit(place), Answer(Trained(law, streams.Fork("training").Stream($"{k}")), place, contexts, streams.Fork("anchor").Stream($"{k}")));
        }));
    }

    /// <summary>Contexts that surrogates are judged in.</summary>
    public Contexts Judged(RandomStreams streams)
    {
        var stream = streams.Stream("judged");
        if (IsDeterministic)
        {
            return new Contexts(Uniform(TestRows, stream));
        }

        if (Asking == Asking.Nothing)
        {
            return Categories > 0 ? Contexts.Of([.. Enumerable.Range(0, TestDraws * Categories).Select(i => i / TestDraws)], Categories) : Contexts.None(2 * TestDraws);
        }

        var few = Uniform(TestContexts, stream);
        return new Contexts(few.SelectRows([.. Enumerable.Range(0, TestContexts * TestDraws).Select(i => i / TestDraws)]));
    }

    /// <summary>Outputs at a place of the range.</summary>
    public Samples Answer(RowLaw law, double place, Contexts contexts, RandomStream chance)
    {
        var u = Truth(place);
        return new Samples(Matrix.Create(contexts.Count, Dimension, (i, row) =>
            law(u, contexts.Conditions.Row(i), contexts.CategoryCount > 0 ? contexts.Categories[i] : 0, chance, row)), contexts);
    }

    /// <summary>What a training makes of the law.</summary>
    private RowLaw Trained(RowLaw law, RandomStream stream)
    {
        if (TrainingNoise == 0)
        {
            return law;
        }

        double[] turns = [.. Enumerable.Range(0, Dimension * (Conditions + 2)).Select(_ => 1.5 * stream.NextNormal())];
        return (u, x, category, chance, y) =>
        {
            law(u, x, category, chance, y);
            for (var j = 0; j < y.Length; j++)
            {
                var first = j * (Conditions + 2);
                var at = turns[first + Conditions];
                for (var i = 0; i < x.Length; i++)
                {
                    at += turns[first + i] * x[i];
                }

                y[j] += (float)(TrainingNoise * Math.Sqrt(2) * Math.Sin(at + turns[first + Conditions + 1]));
            }
        };
    }

    private Contexts Ask(RandomStream stream)
    {
        if (Asking == Asking.Nothing)
        {
            return Categories > 0 ? Contexts.Of([.. Enumerable.Range(0, Rows).Select(i => i % Categories)], Categories) : Contexts.None(Rows);
        }

        var x = Uniform(Rows / Repeats, stream);
        return new Contexts(x.SelectRows([.. Enumerable.Range(0, Rows).Select(i => i < Rows - Duplicates ? i / Repeats : 0)]));
    }

    private Matrix Uniform(int rows, RandomStream stream) => Matrix.Create(rows, Conditions, (_, row) =>
    {
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = (float)(2 * stream.NextDouble() - 1);
        }
    });
}

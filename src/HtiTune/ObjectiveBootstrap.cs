namespace HtiTune;

// Notation [Efron1979]
//   S_i    an anchor's answers with their contexts, n rows      S_i^b   n of them drawn with replacement, b = 1 … B
//   τ_i²   = 1/(B − 1) Σ_b (g[S_i^b] − ḡ)²,   ḡ = 1/B Σ_b g[S_i^b]

/// <summary>How far an objective's value at an anchor would move with other contexts or draws of the same kind.</summary>
internal sealed class ObjectiveBootstrap(AnchorStore store, Func<IConditionalModel, double> objective, int resamples, RandomStreams streams)
{
    /// <summary>τ_i, in units of the objective; null where the objective judges fewer than two resamples.</summary>
    /// <param name="anchor">i.</param>
    public double? Deviation(int anchor)
    {
        // The same rows for every anchor of as many: what one resample favours, it favours at every λ.
        var stream = streams.Fork("tuner").Stream("bootstrap");
        var values = new List<double>(resamples);
        for (var b = 0; b < resamples; b++)
        {
            try
            {
                values.Add(objective(new ResampledModel(store, anchor, stream.NextBits())));
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Of a resample a value need not exist: a share among rows of which none was drawn.
            }
        }

        values.RemoveAll(value => !double.IsFinite(value));
        if (values.Count < 2)
        {
            return null;
        }

        // Over the largest distance, so that neither a sum nor a square overflows or vanishes.
        var middle = values[0];
        var largest = values.Max(value => Math.Abs(0.5 * value - 0.5 * middle));
        if (largest == 0)
        {
            return 0;
        }

        double[] shares = [.. values.Select(value => (0.5 * value - 0.5 * middle) / largest)];
        var mean = shares.Average();
        var deviation = Math.Sqrt(shares.Sum(share => (share - mean) * (share - mean)) / (shares.Length - 1));
        return Math.Min(2 * Math.Min(deviation * largest, 0.5 * double.MaxValue), double.MaxValue);
    }

    /// <summary>A trained network whose answers are drawn from its own with replacement, each with its context.</summary>
    private sealed class ResampledModel(AnchorStore store, int anchor, ulong key) : IConditionalModel
    {
        public double Lambda => store.Anchors[anchor].Lambda;

        public bool IsTrained => true;

        // A function of the key, so that two calls of one evaluation see the same draw.
        public Samples Sample(Contexts contexts)
        {
            ArgumentNullException.ThrowIfNull(contexts);
            var own = store.Samples(anchor, contexts);
            var stream = new RandomStreams(unchecked((long)key)).Stream("rows");
            int[] rows = [.. Enumerable.Range(0, own.Count).Select(_ => stream.NextInt(own.Count))];
            return new Samples(own.Outputs.SelectRows(rows), own.Contexts.Select(rows));
        }
    }
}

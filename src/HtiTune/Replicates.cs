namespace HtiTune;

/// <summary>Several trainings at one configuration.</summary>
internal static class Replicates
{
    /// <summary>
    /// Anchors of distinct configurations, ascending in λ where there is one. Of several at one the answers to each context are averaged: they are draws by common random numbers, so that
    /// the mean is the network between them. What each of them is worth by an objective is kept apart.
    /// </summary>
    public static IEnumerable<Anchor> Pool(IEnumerable<(Configuration Configuration, Samples Samples)> trainings, bool isLine)
    {
        var anchors = trainings.GroupBy(t => t.Configuration, t => t.Samples).Select(g => new Anchor(g.Key, Average([.. g])));
        return isLine ? anchors.OrderBy(anchor => anchor.Lambda) : anchors;
    }

    private static Samples Average(Samples[] replicates)
    {
        if (replicates.Length == 1)
        {
            return replicates[0];
        }

        var first = replicates[0].Outputs;
        if (Array.Exists(replicates, r => r.Outputs.HasDoubles))
        {
            double[] means = [.. Enumerable.Range(0, first.Rows * first.Columns).Select(i => replicates.Average(r => r.Outputs.Exact(i / first.Columns, i % first.Columns)))];
            return new Samples(Matrix.FromDoubles(first.Rows, first.Columns, means), replicates[0].Contexts);
        }

        return new Samples(
            Matrix.Create(first.Rows, first.Columns, (i, row) =>
            {
                for (var j = 0; j < row.Length; j++)
                {
                    row[j] = (float)replicates.Average(r => (double)r.Outputs[i, j]);
                }
            }),
            replicates[0].Contexts);
    }
}

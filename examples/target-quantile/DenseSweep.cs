using HtiTune;
using HtiTune.Data;

/// <summary>
/// Both objectives at many λ, each from a real training: the truth that a recommendation is judged by. It was made once, by --sweep, and
/// is kept in truth.csv.
/// </summary>
/// <param name="Lambdas">λ, ascending.</param>
/// <param name="Costs">For each objective the values at every λ.</param>
internal sealed record DenseSweep(double[] Lambdas, double[][] Costs)
{
    private static readonly string[] Header = ["seed", "quantile", "cost 4:1", "cost 9:1 and worst tenth"];

    /// <summary>The least value of an objective.</summary>
    /// <param name="objective">Its number, from 0.</param>
    public double Least(int objective) => Costs[objective].Min();

    /// <summary>The λ of the least value.</summary>
    /// <param name="objective">Its number, from 0.</param>
    public double Best(int objective) => Lambdas[Array.IndexOf(Costs[objective], Least(objective))];

    /// <summary>The value of an objective at any λ, linear between the trained ones.</summary>
    /// <param name="objective">Its number, from 0.</param>
    /// <param name="lambda">λ.</param>
    public double At(int objective, double lambda)
    {
        var right = Math.Clamp(Array.FindIndex(Lambdas, l => l >= lambda), 1, Lambdas.Length - 1);
        var share = (lambda - Lambdas[right - 1]) / (Lambdas[right] - Lambdas[right - 1]);
        return (1 - share) * Costs[objective][right - 1] + share * Costs[objective][right];
    }

    /// <summary>The gap: median over λ minus least value. Regret is told in parts of it.</summary>
    /// <param name="objective">Its number, from 0.</param>
    public double Gap(int objective)
    {
        var sorted = Costs[objective].Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2 - sorted[0];
    }

    /// <summary>Trains at evenly spaced λ, two at a time.</summary>
    /// <param name="network">The network.</param>
    /// <param name="seed">Seed of every training.</param>
    /// <param name="quantile">The hyperparameter.</param>
    /// <param name="objectives">The objectives.</param>
    /// <param name="count">Number of λ.</param>
    /// <param name="told">Is told each λ with its values.</param>
    public static DenseSweep Train(
        INetwork network, long seed, ContinuousHyperparameter quantile, IReadOnlyList<Func<IConditionalModel, double>> objectives, int count,
        Action<double, IEnumerable<double>> told)
    {
        // 0.01, 0.03, … 0.99 at 50 values: round, so that the file can be read.
        var lambdas = Enumerable.Range(0, count)
            .Select(i => Math.Round(quantile.Minimum + (quantile.Maximum - quantile.Minimum) * i / (count - 1), 10)).ToArray();
        var costs = objectives.Select(_ => new double[count]).ToArray();
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            using var trained = network.Train(new TrainingRequest(lambdas[i], seed), CancellationToken.None);
            var model = new RealNetwork(lambdas[i], trained);
            for (var k = 0; k < objectives.Count; k++)
            {
                costs[k][i] = objectives[k](model);
            }

            told(lambdas[i], costs.Select(c => c[i]));
        });
        return new DenseSweep(lambdas, costs);
    }

    /// <summary>The kept sweep of a seed, or null where there is none.</summary>
    /// <param name="path">truth.csv.</param>
    /// <param name="seed">The tuner's seed.</param>
    public static DenseSweep? Read(string path, long seed)
    {
        var rows = Rows(path).Where(row => row[0] == seed).ToList();
        double[] Column(int column) => [.. rows.Select(row => Math.Round(row[column], 6))];
        return rows.Count == 0 ? null : new DenseSweep(Column(1), [Column(2), Column(3)]);
    }

    /// <summary>Puts this sweep into the file in the place of the same seed's.</summary>
    /// <param name="path">truth.csv.</param>
    /// <param name="seed">The tuner's seed.</param>
    public void Write(string path, long seed)
    {
        var mine = Lambdas.Select((lambda, i) => (float[])[seed, (float)lambda, (float)Costs[0][i], (float)Costs[1][i]]);
        var rows = Rows(path).Where(row => row[0] != seed).Concat(mine).OrderBy(row => row[0]).ToList();
        CsvFile.Write(path, new CsvTable(Header, Matrix.Create(rows.Count, Header.Length, (i, row) => rows[i].CopyTo(row))));
    }

    private static IEnumerable<float[]> Rows(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var table = CsvFile.Read(path, Header).Matrix;
        return Enumerable.Range(0, table.Rows).Select(i => table.Row(i).ToArray());
    }

    private sealed class RealNetwork(double lambda, ITrainedNetwork network) : IConditionalModel
    {
        public double Lambda => lambda;

        public bool IsTrained => true;

        public Samples Sample(Contexts contexts) => new(network.Answer(contexts, seed: 0), contexts);
    }
}

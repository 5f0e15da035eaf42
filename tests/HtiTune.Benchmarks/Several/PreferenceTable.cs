using System.Globalization;
using HtiTune.Benchmarks.Record;
using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

// Notation
//   y    what came true [n];  q  forecasts at a configuration [n];  c_i = u max(y_i − q_i, 0) + o max(q_i − y_i, 0)
//   J    mean of c + t (mean of the worst tenth of c) + s (mean spread of neighbouring forecasts): a preference (u : o, t, s)
//   gap  median of J over the table, minus its least

/// <summary>
/// The part <c>preferences</c>: a network whose forecasts at 18 × 18 configurations (target quantile × weight decay) are kept in a file is tuned for one preference, and then for ten
/// random ones in a row; beside it a plain process that replays the same kept outputs, and one that starts anew for each preference.
/// </summary>
internal static class PreferenceTable
{
    private const int Changes = 10, Trainings = 30, MoreTrainings = 8;
    private const double Share = 0.01;

    private static readonly (string Name, bool UseSurrogate, bool IsAnew)[] s_ways = [("HtiTune", true, false), ("plain, replayed", false, false), ("plain, anew", false, true)];

    /// <summary>Runs it and prints the table.</summary>
    /// <param name="seeds">Seeds of preferences and tuners.</param>
    internal static void Print(int seeds)
    {
        var table = NpyFile.ReadMatrix(Path.Combine(AppContext.BaseDirectory, "Several", "quantile-decay.npy"));
        Heading();
        foreach (var way in s_ways)
        {
            Row("several-preferences", way.Name, [.. Enumerable.Range(0, seeds).Select(seed => Study(table, way.UseSurrogate, way.IsAnew, seed))]);
        }

        Console.WriteLine();
    }

    /// <summary>The same on tables that settings are chosen on, another each seed.</summary>
    /// <param name="seeds">Seeds of tables, preferences and tuners.</param>
    internal static void PrintOwn(int seeds)
    {
        Heading();
        List<Found> all = [];
        foreach (var (name, make) in OwnTables.All)
        {
            Found[] found = [.. Enumerable.Range(0, seeds).Select(seed => Study(make(seed), true, false, seed))];
            Row("several-preferences-own", name, found);
            all.AddRange(found);
        }

        Row("several-preferences-own", "all", all);
        Console.WriteLine();
    }

    private static void Heading() =>
        Console.WriteLine(
            $"| way | trainings of the first preference, median | of {Changes} changes together: median (quartiles) | "
            + $"certified without a training | of these true | certified after some | of these true "
            + $"| answers within 1 % of the gap | worst regret, % of the gap |\n|---|---|---|---|---|---|---|---|---|");

    private static Found Study(Matrix table, bool useSurrogate, bool isAnew, int seed)
    {
        var network = new Kept(table);
        var contexts = new Contexts(Matrix.Create(network.Rows, 1, (i, row) => row[0] = i));
        var stream = new RandomStreams(seed).Stream("preferences");
        var options = new TunerOptions { Seed = seed, UseSurrogate = useSurrogate, MaxTrainings = Trainings };
        var tuner = new Tuner(network, network.Space, contexts, options);
        var found = new Found();
        for (var change = 0; change <= Changes; change++)
        {
            var preference = Preference.Draw(stream, network.Actual);
            var (least, gap) = network.Target(preference);
            if (isAnew && change > 0)
            {
                tuner.Dispose();
                tuner = new Tuner(network, network.Space, contexts, options with { Seed = seed * 100 + change });
            }

            var isFirst = isAnew || change == 0;
            var study = tuner.Optimize(model => preference.Of(model.Sample(contexts).Outputs.Values), isFirst ? null : 0);
            var used = study.TrainingsUsed;
            if (change > 0 && used == 0 && study.Outcome is Certified early)
            {
                found.Certified++;
                found.Held += preference.Of(network.At(study.Configuration)) - least <= early.Epsilon ? 1 : 0;
            }

            if (!isFirst && study.Outcome is NeedsTraining)
            {
                study = tuner.Optimize(model => preference.Of(model.Sample(contexts).Outputs.Values), MoreTrainings);
                used += study.TrainingsUsed;
                if (study.Outcome is Certified promise)
                {
                    found.Later++;
                    found.LaterHeld += preference.Of(network.At(study.Configuration)) - least <= promise.Epsilon ? 1 : 0;
                }
            }

            if (change == 0)
            {
                found.First = used;
                continue;
            }

            found.Further += used;
            found.Regrets.Add((preference.Of(network.At(study.Configuration)) - least) / gap);
        }

        tuner.Dispose();
        return found;
    }

    private static void Row(string benchmark, string way, IReadOnlyList<Found> studies)
    {
        double[] further = [.. studies.Select(one => (double)one.Further)], regrets = [.. studies.SelectMany(one => one.Regrets)];
        (string Metric, string Unit, double Value)[] figures =
        [
            ("first", "trainings", SeveralCommand.At([.. studies.Select(one => (double)one.First)], 0.5)), ("further", "trainings", SeveralCommand.At(further, 0.5)),
            ("further lower", "", SeveralCommand.At(further, 0.25)), ("further upper", "", SeveralCommand.At(further, 0.75)),
            ("certified", "", studies.Sum(one => one.Certified)), ("held", "", studies.Sum(one => one.Held)), ("within", "", regrets.Count(r => r <= Share) * 100.0 / regrets.Length),
            ("worst", "distance", 100 * regrets.Max()), ("later", "", studies.Sum(one => one.Later)), ("later held", "", studies.Sum(one => one.LaterHeld)),
        ];
        Recorder.Add(figures.Select(one => BenchmarkResult.Of(benchmark, way, one.Metric, one.Unit, one.Value)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {way} | {figures[0].Value:G3} | {figures[1].Value:G3} ({figures[2].Value:G3} to {figures[3].Value:G3}) | {figures[4].Value} "
                + $"| {figures[5].Value} | {figures[8].Value} | {figures[9].Value} | {figures[6].Value:F0} % | {figures[7].Value:F1} |"));
    }

    /// <summary>What ten changes of a seed took.</summary>
    private sealed class Found
    {
        internal int First { get; set; }

        internal int Further { get; set; }

        internal int Certified { get; set; }

        internal int Held { get; set; }

        internal int Later { get; set; }

        internal int LaterHeld { get; set; }

        internal List<double> Regrets { get; } = [];
    }

    /// <summary>J with its weights.</summary>
    private sealed record Preference(float[] Actual, double Under, double Tail, double Spread)
    {
        // From 1 : 12 to 12 : 1, with up to half of the worst tenth and a small price of forecasts that jump.
        internal static Preference Draw(RandomStream stream, float[] actual) =>
            new(actual, Math.Exp((2 * stream.NextDouble() - 1) * Math.Log(12)), 0.5 * stream.NextDouble(), 0.3 * stream.NextDouble());

        internal double Of(ReadOnlySpan<float> forecasts)
        {
            var costs = new double[Actual.Length];
            double jumps = 0;
            for (var i = 0; i < costs.Length; i++)
            {
                var error = (double)Actual[i] - forecasts[i];
                costs[i] = error > 0 ? Under * error : -error;
                jumps += i % 3 == 0 ? 0 : Math.Abs(forecasts[i] - forecasts[i - 1]);
            }

            Array.Sort(costs);
            return costs.Average() + Tail * costs.Skip(costs.Length * 9 / 10).Average() + Spread * jumps / costs.Length;
        }
    }

    /// <summary>The kept network: "training" looks its forecasts up.</summary>
    private sealed class Kept : INetwork
    {
        private const int Levels = 18;
        private readonly Matrix _table;

        internal Kept(Matrix table) => _table = table;

        internal SearchSpace Space { get; } = new(Hyperparameter.Integer("quantile", 1, Levels), Hyperparameter.Integer("decay", 1, Levels));

        internal float[] Actual => _table.Row(0).ToArray();

        internal int Rows => _table.Columns;

        internal ReadOnlySpan<float> At(Configuration at) => _table.Row(Levels * ((int)at["quantile"].Number - 1) + (int)at["decay"].Number);

        internal (double Least, double Gap) Target(Preference preference)
        {
            double[] values = [.. Enumerable.Range(1, Levels * Levels).Select(i => preference.Of(_table.Row(i))).Order()];
            return (values[0], values[values.Length / 2] - values[0]);
        }

        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) => new Trained(At(request.Configuration).ToArray());

        private sealed class Trained(float[] forecasts) : ITrainedNetwork
        {
            public Matrix Answer(Contexts contexts, long seed) => new(forecasts.Length, 1, forecasts);

            public void Dispose()
            {
            }
        }
    }
}

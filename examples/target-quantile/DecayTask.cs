using HtiTune;
using HtiTune.Data;

/// <summary>The forecaster of two hyperparameters, and the preferences about it.</summary>
internal static class DecayTask
{
    /// <summary>The target quantile and the weight decay.</summary>
    public static SearchSpace Space { get; } = new(QuantileTask.Quantile, Hyperparameter.Continuous(QuantileForecaster.Decay, 1e-5, 1e-2, Scale.Log));

    /// <summary>Trains at every place of a grid, evenly on the scales, and writes what the networks forecast.</summary>
    /// <param name="path">The .npy file: a row of what came true, then one for each place, the decay running faster; columns are some held-out hours, 3 ahead each.</param>
    /// <param name="levels">Places of each hyperparameter.</param>
    /// <param name="seed">Seed of every training.</param>
    /// <param name="output">Where to print.</param>
    public static void Sweep(string path, int levels, long seed, TextWriter output)
    {
        var series = QuantileTask.Series();
        using var network = new QuantileForecaster(series, ForecasterOptions.Quick);
        var (past, ahead) = Some(series.HeldOut, every: 100);
        var contexts = new Contexts(past);
        var table = new List<float[]> { ahead.Values.ToArray() };
        for (var i = 0; i < levels * levels; i++)
        {
            double[] u = [i / levels / (levels - 1.0), i % levels / (levels - 1.0)];
            var at = new Configuration([.. Space.Select((one, k) => (one.Name, one.ValueAt(u[k])))]);
            using var trained = network.Train(new TrainingRequest(at, seed), CancellationToken.None);
            table.Add(trained.Answer(contexts, seed).Values.ToArray());
            output.WriteLine($"{i + 1} of {levels * levels}: {at.ToText(3)}");
        }

        NpyFile.Write(path, Matrix.Create(table.Count, table[0].Length, (i, row) => table[i].CopyTo(row)));
    }

    /// <summary>Runs the task.</summary>
    /// <param name="command">The options.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static IReadOnlyList<SpaceRun> Run(TaskCommandLine command, TextWriter output, CancellationToken cancellation = default)
    {
        // Half a year of hours is little for a network of this size: how strongly it is held back matters.
        var series = command.Quick ? QuantileTask.Series() : LoadSeries.Generate(hours: 8760, seed: 2024);
        using var network = new QuantileForecaster(series, command.Quick ? ForecasterOptions.Quick : new ForecasterOptions { Patience = 30 });
        var (past, ahead) = Some(series.HeldOut, command.Quick ? 20 : 1);
        var contexts = new Contexts(past);
        var cost = new ForecastCost(ahead);
        NamedObjective Priced(double under, double over, double worst = 0) => new(
            $"cost {under} : {over}{(worst > 0 ? " and the worst tenth of hours" : "")}",
            model => cost.MeanAndWorst(model.Sample(contexts).Outputs, under, over, worst));

        output.WriteLine($"{series.Name}: {series.Hours:N0} hours, {series.Training.Count:N0} windows to train on, {contexts.Count:N0} held out");
        return new SpaceTask
        {
            Name = "quantile-and-decay",
            Space = Space,
            Contexts = contexts,
            Network = network,
            Preferences = [Priced(4, 1), Priced(9, 1, 0.25), Priced(1, 1), Priced(1, 3, 0.5)],
            Trainings = command.Quick ? 6 : 16,
            MoreTrainings = command.Quick ? 1 : 4,
        }.Run(command, output, cancellation);
    }

    // Neighbouring hours say the same, and an objective is asked of many draws.
    private static (Matrix Past, Matrix Ahead) Some(LoadSeries.Windows windows, int every)
    {
        Matrix Taken(Matrix rows) => Matrix.Create((rows.Rows + every - 1) / every, rows.Columns, (k, row) => rows.Row(k * every).CopyTo(row));
        return (Taken(windows.Past), Taken(windows.Ahead));
    }
}

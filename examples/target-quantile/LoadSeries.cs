using HtiTune.Data;

/// <summary>An hourly load series, cut into windows: 12 past hours are the context, the 3 hours ahead are to be forecast.</summary>
/// <remarks>
/// The first 70 % of the hours train the network, the next 10 % stop the training, the last 20 % are held out: only they judge a
/// forecaster. No window reaches over a border.
/// </remarks>
internal sealed class LoadSeries
{
    /// <summary>Hours that a forecast may look at.</summary>
    public const int Past = 12;

    /// <summary>Hours that a forecast answers.</summary>
    public const int Ahead = 3;

    private LoadSeries(string name, string quantity, float[] load)
    {
        const int Shortest = 500;
        if (load.Length < Shortest)
        {
            throw new ArgumentException($"The series {name} has {load.Length} hours; at least {Shortest} are needed.", nameof(load));
        }

        (Name, Quantity) = (name, quantity);
        Hours = load.Length;
        var (trained, validated) = (load.Length * 7 / 10, load.Length * 8 / 10);
        Training = Windows.Of(load, 0, trained, stride: 1);
        Validation = Windows.Of(load, trained, validated, stride: 1);
        HeldOut = Windows.Of(load, validated, load.Length, stride: Ahead);
    }

    /// <summary>Where the series comes from.</summary>
    public string Name { get; }

    /// <summary>What the series measures, with its unit where known.</summary>
    public string Quantity { get; }

    /// <summary>Length of the series in hours.</summary>
    public int Hours { get; }

    /// <summary>Windows that train the network.</summary>
    public Windows Training { get; }

    /// <summary>Windows that end the training early.</summary>
    public Windows Validation { get; }

    /// <summary>Windows that judge the forecaster: every third hour, so that each hour ahead is forecast once.</summary>
    public Windows HeldOut { get; }

    /// <summary>The load of a small town in MW, made from a seed.</summary>
    /// <param name="hours">Length; three years are 26,280 hours.</param>
    /// <param name="seed">Seed of the weather and of the noise.</param>
    /// <remarks>
    /// load = 60 + day + week + heating(temperature) + r, with a temperature that wanders over days and with the year, and a remainder
    /// r(t) = 0.75 r(t − 1) + σ(t) ε(t). σ follows the hour and the cold (heteroscedastic); ε = (z + 0.15 (z² − 1)) / √1.045 with z
    /// standard normal has mean 0, variance 1 and skewness 0.88: a peak surprises more than a dip.
    /// </remarks>
    public static LoadSeries Generate(int hours, long seed)
    {
        var chance = new RandomStreams(seed).Fork("load series");
        var (weather, noise) = (chance.Stream("weather"), chance.Stream("noise"));
        var load = new float[hours];
        var (wander, remainder) = (0.0, 0.0);
        for (var t = 0; t < hours; t++)
        {
            var day = 2 * Math.PI * (t % 24) / 24;
            var year = 2 * Math.PI * t / 8760;
            wander = 0.99 * wander + 0.5 * weather.NextNormal();
            var temperature = 11 - 8 * Math.Cos(year) + wander - 3 * Math.Cos(day - 0.8);

            var working = t / 24 % 7 < 5 ? 1.0 : 0.7;
            var daily = working * (-9 * Math.Cos(day - 0.5) - 5 * Math.Cos(2 * day - 1.0));
            var heating = 0.5 * Math.Max(0, 16 - temperature);

            var z = noise.NextNormal();
            var surprise = (z + 0.15 * (z * z - 1)) / Math.Sqrt(1.045);
            var spread = 1.0 + 0.7 * Math.Max(0, -Math.Cos(day - 0.5)) + 0.03 * Math.Max(0, 16 - temperature);
            remainder = 0.75 * remainder + spread * surprise;
            load[t] = (float)(60 + daily + 4 * (working - 0.7) + heating + remainder);
        }

        return new LoadSeries($"generated load, seed {seed}", "load, MW", load);
    }

    /// <summary>One column of a file with a header line, one row an hour.</summary>
    /// <param name="path">The .csv file.</param>
    /// <param name="column">The column's name.</param>
    /// <exception cref="DataFormatException">The file or the column cannot be read; the message names the place.</exception>
    public static LoadSeries FromCsv(string path, string column)
    {
        var table = CsvFile.Read(path, [column]);
        return new LoadSeries($"{column} of {Path.GetFileName(path)}", column, table.Matrix.Values.ToArray());
    }

    /// <summary>Windows over a series.</summary>
    /// <param name="Past">Past values, shape [n, 12], oldest first.</param>
    /// <param name="Ahead">Values ahead, shape [n, 3].</param>
    internal sealed record Windows(Matrix Past, Matrix Ahead)
    {
        /// <summary>Number of windows n.</summary>
        public int Count => Past.Rows;

        internal static Windows Of(float[] load, int start, int end, int stride)
        {
            var count = (end - start - LoadSeries.Past - LoadSeries.Ahead) / stride + 1;
            return new Windows(
                Matrix.Create(count, LoadSeries.Past, (i, row) => load.AsSpan(start + i * stride, row.Length).CopyTo(row)),
                Matrix.Create(
                    count, LoadSeries.Ahead, (i, row) => load.AsSpan(start + i * stride + LoadSeries.Past, row.Length).CopyTo(row)));
        }
    }
}

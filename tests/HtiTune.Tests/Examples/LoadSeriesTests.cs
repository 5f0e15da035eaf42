using HtiTune.Data;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Examples;

/// <summary>The series of the target-quantile example: windows that fit together, seasons and noise as its remarks say.</summary>
public class LoadSeriesTests
{
    [Fact]
    public void One_seed_is_one_series()
    {
        Assert.True(LoadSeries.Generate(2000, 5).Training.Past.SameAs(LoadSeries.Generate(2000, 5).Training.Past));
        Assert.False(LoadSeries.Generate(2000, 5).Training.Past.SameAs(LoadSeries.Generate(2000, 6).Training.Past));
    }

    [Fact]
    public void Windows_cut_a_series_without_crossing_its_borders()
    {
        using var folder = new TemporaryFolder();
        CsvFile.Write(folder.File("s.csv"), new CsvTable(["hour"], Matrix.Create(1000, 1, (i, row) => row[0] = i)));
        var series = LoadSeries.FromCsv(folder.File("s.csv"), "hour");

        Assert.Equal(0, series.Training.Past[0, 0]);
        Assert.Equal(12, series.Training.Ahead[0, 0]);
        Assert.Equal(699, series.Training.Ahead[series.Training.Count - 1, 2]);
        Assert.Equal(700, series.Validation.Past[0, 0]);
        Assert.Equal(799, series.Validation.Ahead[series.Validation.Count - 1, 2]);
        Assert.Equal(800, series.HeldOut.Past[0, 0]);

        // Each held-out hour is forecast once.
        var ahead = series.HeldOut.Ahead.Values.ToArray();
        Assert.Equal(Enumerable.Range(812, ahead.Length).Select(hour => (float)hour), ahead);
    }

    [Fact]
    public void Load_follows_the_day_and_spreads_unevenly()
    {
        // One window an hour: first values ahead are the series from hour 12 on.
        var load = LoadSeries.Generate(26_280, 2024).Training.Ahead.SelectColumns(0, 1).Values.ToArray();
        double At(int hour) => load.Where((_, i) => (i + 12) % 24 == hour).Average(value => (double)value);
        Assert.True(At(12) > At(0) + 10);

        // Steps from hour to hour: wider by day than at night, and skewed upwards.
        double Spread(int hour)
        {
            var steps = Enumerable.Range(1, load.Length - 1).Where(i => (i + 12) % 24 == hour).Select(i => (double)load[i] - load[i - 1]).ToList();
            return Math.Sqrt(steps.Average(step => step * step) - Math.Pow(steps.Average(), 2));
        }

        Assert.True(Spread(13) > 1.2 * Spread(1));
    }

    [Fact]
    public void A_short_series_is_refused() =>
        Assert.Contains("at least 500", Assert.Throws<ArgumentException>(() => LoadSeries.Generate(400, 1)).Message);
}

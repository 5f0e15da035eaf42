using CsCheck;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class StandardizerTests
{
    [Fact]
    public void TakesMeanAndDeviationOfEachColumn()
    {
        // Column 0: mean 5, deviation 2 (the textbook's eight numbers); column 1 is constant.
        double[] numbers = [2, 4, 4, 4, 5, 5, 7, 9];
        var values = Matrix.Create(8, 2, (i, row) => (row[0], row[1]) = ((float)numbers[i], 0.1f));
        var standardizer = Standardizer.Of(values);
        Assert.Equal([5.0, 0.1f], standardizer.Means.ToArray());
        Assert.Equal([2.0, 1.0], standardizer.Deviations.ToArray());
        var z = standardizer.Apply(values);
        Assert.Equal([-1.5f, 0], z.Row(0).ToArray());
        Assert.Equal([2f, 0], z.Row(7).ToArray());
        Assert.True(standardizer.Undo(z).SameAs(values));
    }

    [Fact]
    public void StandardizedColumnsHaveMean0AndDeviation1AndComeBack()
    {
        Gen.Select(Gen.Int[2, 40], Gen.Int[1, 4])
            .SelectMany((n, d) => Gen.Single[-1e3f, 1e3f].Array[n * d].Select(values => new Matrix(n, d, values)))
            .Sample(values =>
            {
                var standardizer = Standardizer.Of(values);
                var z = Standardizer.Of(standardizer.Apply(values));
                var back = standardizer.Undo(standardizer.Apply(values));
                for (var j = 0; j < values.Columns; j++)
                {
                    Assert.InRange(Math.Abs(z.Means[j]), 0, 1e-6);
                    Assert.InRange(Math.Abs(z.Deviations[j] - 1), 0, 1e-6);
                }

                for (var i = 0; i < values.Values.Length; i++)
                {
                    Assert.InRange(Math.Abs(back.Values[i] - values.Values[i]), 0, 1e-3);
                }
            }, iter: 200, threads: 1);
    }

    [Fact]
    public void AFarMeanCostsNoDigits()
    {
        // σ² = Σx²/n − μ² would lose every digit here.
        var standardizer = Standardizer.Of(new Matrix(2, 1, [16_000_000f, 16_000_002f]));
        Assert.Equal((16_000_001.0, 1.0), (standardizer.Means[0], standardizer.Deviations[0]));
        Assert.Equal(1.0, Standardizer.Of(new Matrix(3, 1, [0.1f, 0.1f, 0.1f])).Deviations[0]);
    }

    [Fact]
    public void WorksInPlace()
    {
        var standardizer = new Standardizer([1, 2], [2, 4]);
        float[] row = [3, 6];
        standardizer.Apply(row, row);
        Assert.Equal([1f, 1f], row);
        standardizer.Undo(row, row);
        Assert.Equal([3f, 6f], row);
    }

    [Fact]
    public void RefusesWhatItCannotStandardize()
    {
        Assert.Contains("no row", Assert.Throws<ArgumentException>(() => Standardizer.Of(new Matrix(0, 2, []))).Message);
        var notANumber = Assert.Throws<ArgumentException>(() => Standardizer.Of(new Matrix(2, 1, [1, float.NaN])));
        Assert.Contains("row 1, column 0 is NaN", notANumber.Message);
        Assert.Contains("2 means but 1 deviations", Assert.Throws<ArgumentException>(() => new Standardizer([1, 2], [1])).Message);
        Assert.Contains("deviation of column 1 is 0", Assert.Throws<ArgumentException>(() => new Standardizer([1, 2], [1, 0])).Message);
        Assert.Contains("mean of column 0 is NaN", Assert.Throws<ArgumentException>(() => new Standardizer([double.NaN], [1])).Message);
        var standardizer = new Standardizer([1, 2], [2, 4]);
        var wide = Assert.Throws<ArgumentException>(() => standardizer.Apply(new Matrix(1, 3, new float[3])));
        Assert.Contains("3 columns; expected 2", wide.Message);
        var narrow = Assert.Throws<ArgumentException>(() => standardizer.Undo(new float[2], new float[1]));
        Assert.Contains("1 columns; expected 2", narrow.Message);
    }
}

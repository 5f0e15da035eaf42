using CsCheck;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

public class MatrixTests
{
    private static readonly Matrix s_matrix = Matrix.From(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });

    [Fact]
    public void IsRowMajor()
    {
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], s_matrix.Values.ToArray());
        Assert.Equal((6f, 4f), (s_matrix[1, 2], s_matrix[1, 0]));
        Assert.Equal([4f, 5f, 6f], s_matrix.Row(1).ToArray());
        Assert.Equal([4f, 5f, 6f, 1f, 2f, 3f, 4f, 5f, 6f], s_matrix.SelectRows([1, 0, 1]).Values.ToArray());
        Assert.Equal([2f, 3f, 5f, 6f], s_matrix.SelectColumns(1, 2).Values.ToArray());
    }

    [Fact]
    public void SameMeansBitIdentical()
    {
        Assert.True(s_matrix.SameAs(s_matrix.SelectRows([0, 1])));
        Assert.False(s_matrix.SameAs(s_matrix.SelectRows([1, 0])));
        Assert.False(s_matrix.SameAs(new Matrix(3, 2, s_matrix.Values.ToArray())));
        Assert.False(new Matrix(1, 1, [0f]).SameAs(new Matrix(1, 1, [-0f])));
        Assert.True(new Matrix(1, 1, [float.NaN]).SameAs(new Matrix(1, 1, [float.NaN])));
    }

    [Fact]
    public void RefusesPlacesOutside()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => s_matrix[2, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => s_matrix[0, -1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => s_matrix.Row(-1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => s_matrix.SelectColumns(2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_matrix.SelectColumns(1, int.MaxValue));
        Assert.Contains("needs 6 values, not 5", Assert.Throws<ArgumentException>(() => new Matrix(2, 3, new float[5])).Message);
    }

    [Fact]
    public void ContextsSelectAndCompareConditionsAndCategoriesTogether()
    {
        var contexts = new Contexts(s_matrix, [1, 0], 2);
        var swapped = contexts.Select([1, 0]);
        Assert.Equal([0, 1], swapped.Categories.ToArray());
        Assert.Equal(4f, swapped.Conditions[0, 0]);
        Assert.True(contexts.SameAs(swapped.Select([1, 0])));
        Assert.False(contexts.SameAs(swapped));
        Assert.False(contexts.SameAs(new Contexts(s_matrix, [1, 1], 2)));
        Assert.False(contexts.SameAs(new Contexts(s_matrix, [1, 0], 3)));
        Assert.Equal((5, 0, 0), (Contexts.None(5).Count, Contexts.None(5).Conditions.Columns, Contexts.None(5).CategoryCount));
    }

    [Fact]
    public void ContextsAndSamplesNameTheFault()
    {
        AssertRefused(() => new Contexts(s_matrix, [0], 2), "2 rows of conditions but 1 categories");
        AssertRefused(() => new Contexts(s_matrix, [0, 2], 2), "Row 1 has category 2; expected 0 to 1");
        AssertRefused(() => new Contexts(s_matrix, [0, 0]), "give both or neither");
        AssertRefused(() => new Contexts(s_matrix, [0, 0], -1), "categoryCount");
        AssertRefused(() => new Contexts(new Matrix(1, 2, [0, float.NaN])), "condition in row 0, column 1 is NaN");
        AssertRefused(() => new Samples(new Matrix(2, 1, [0, float.PositiveInfinity]), Contexts.None(2)), "output in row 1, column 0 is ");
        AssertRefused(() => new Samples(s_matrix, Contexts.None(3)), "2 rows of outputs for 3 contexts");
        AssertRefused(() => new Samples(Matrix.Empty(2), Contexts.None(2)), "no column");

        static void AssertRefused(Func<object> make, string message) =>
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(make).Message);
    }
}

using HtiTune.Data;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Tests.Surrogates;

/// <summary>Few directions in the place of many columns: what is learned in them is what the columns would be answered.</summary>
public class PrincipalAxesTests
{
    private const int Columns = 200, Rest = 3, Factors = 10, Width = Columns + Rest;

    // Rows that ten numbers make, and three columns of their own beside.
    private static float[] Rows(int n, string name)
    {
        var mixing = new RandomStreams(4).Stream("mixing");
        double[] weights = [.. Enumerable.Range(0, Factors * Columns).Select(_ => mixing.NextNormal() / 3)];
        var random = new RandomStreams(4).Stream(name);
        return [.. Enumerable.Range(0, n).SelectMany(_ =>
        {
            double[] factors = [.. Enumerable.Range(0, Factors).Select(_ => random.NextNormal())];
            return Enumerable.Range(0, Columns).Select(j => (float)(2 + Enumerable.Range(0, Factors).Sum(f => factors[f] * weights[f * Columns + j])))
                .Concat(Enumerable.Range(0, Rest).Select(_ => (float)random.NextNormal())).ToArray();
        })];
    }

    [Fact]
    public void Rows_of_few_factors_keep_their_distances_and_the_columns_beside_stay_as_they_are()
    {
        const int n = 300;
        var rows = Rows(n, "rows");
        var axes = PrincipalAxes.Of(rows, n, Width, Columns, new RandomStreams(1).Stream("axes"))!;
        var projected = axes.Project(rows, n, Width);
        const int Wide = PrincipalAxes.Count + Rest;
        var ratios = Enumerable.Range(1, n - 1).Select(i => Square(projected, Wide, PrincipalAxes.Count, i) / Square(rows, Width, Columns, i)).ToArray();
        Assert.All(ratios, ratio => Assert.Equal(1, ratio / ratios[0], 1e-3));
        Assert.Equal(rows[Columns..Width], projected[PrincipalAxes.Count..Wide]);

        static double Square(float[] values, int width, int columns, int i) =>
            Enumerable.Range(0, columns).Sum(j => Math.Pow(values[i * width + j] - values[j], 2));
    }

    [Fact]
    public void A_layer_for_coordinates_is_multiplied_out_for_the_columns()
    {
        const int n = 200;
        var rows = Rows(n, "rows");
        var axes = PrincipalAxes.Of(rows, n, Width, Columns, new RandomStreams(1).Stream("axes"))!;
        var random = new RandomStreams(2).Stream("weights");
        var layer = new FrozenNetwork.Dense(PrincipalAxes.Count + Rest, 7, Normal((PrincipalAxes.Count + Rest) * 7), Normal(7));
        var expected = Applied(axes.Project(rows, n, Width), n, layer);
        Assert.All(expected.Zip(Applied(rows, n, axes.ForColumns(layer))), pair => Assert.Equal(pair.First, pair.Second, 2e-3 * (1 + Math.Abs(pair.First))));

        float[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];

        static double[] Applied(float[] values, int n, FrozenNetwork.Dense layer) => [.. Enumerable.Range(0, n * layer.Outputs).Select(at =>
            layer.Bias[at % layer.Outputs] + Enumerable.Range(0, layer.Inputs).Sum(k => (double)values[at / layer.Outputs * layer.Inputs + k] * layer.Weights[k * layer.Outputs + at % layer.Outputs]))];
    }

    [Fact]
    public void A_network_of_many_columns_foretells_rows_that_it_has_not_seen()
    {
        // Each column moves by a wave of two of its neighbours and of a condition, so that no linear map does.
        float[] seen = Rows(1200, "rows"), others = Rows(300, "others");
        var network = NetworkTrainer.Train(
            seen, Width, new int[1200], 1, Moves(seen), Columns, new NetworkShape(64, 3, 600, 5e-3), new RandomStreams(3), default, Columns);
        var predicted = new float[300 * Columns];
        network.Evaluate(others, new int[300], predicted);
        var truth = Moves(others);
        var (linear, offsets) = RidgeRegression.Fit(seen, Width, new int[1200], 1, Moves(seen), Columns);
        var straight = new float[300 * Columns];
        RidgeRegression.Apply(others, Width, new int[300], linear, offsets, Columns, straight);
        double error = 0, linearError = 0;
        for (var i = 0; i < 300; i++)
        {
            for (var j = 0; j < Columns; j++)
            {
                error += Math.Pow(truth[i * Columns + j] - predicted[i * Columns + j], 2);
                linearError += Math.Pow(truth[i * Columns + j] - straight[i * Columns + j], 2);
            }
        }

        Assert.InRange(error / linearError, 0, 0.25);

        static float[] Moves(float[] rows) => [.. Enumerable.Range(0, rows.Length / Width * Columns).Select(at =>
        {
            var row = rows.AsSpan(at / Columns * Width, Width);
            var phase = (row[0] - 2) * 0.8f + row[Columns] * 0.8f;
            return MathF.Sin(phase) * (1 + at % Columns % 5) + MathF.Cos(2 * row[Columns + 1]);
        })];
    }
}

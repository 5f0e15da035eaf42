using HtiTune.Benchmarks.Quality.Processes;
using HtiTune.Benchmarks.Quality.Scores;
using HtiTune.Data;

namespace HtiTune.Benchmarks.Quality.Tasks;

/// <summary>Doses that policies trained with eleven reward weights give in the same states; anchors at the weights 0, 5, 10.</summary>
internal static class Cancer
{
    private const string File = "cancer_reward_weighting.npy";
    private const int Outputs = 2;
    private const int RowsPerState = 10;
    private static readonly double[] Weights = [.. Enumerable.Range(0, 11)];

    /// <summary>Fits on rows 0 … 999; moves the mean actions at weight 0 in every distinct state.</summary>
    internal static TaskScores Run(BenchmarkData data, Command command)
    {
        var rows = data.Array(File).Block(0, step: RowsPerState);
        var states = rows.SelectColumns(Outputs, rows.Columns - Outputs);
        var archive = data.Archive("cancer_policies.npz");
        var actions = Weights.Select(weight => CancerPolicy.Read(archive, (int)weight).MeanActions(states)).ToArray();
        var model = command.Fit(
            data.File(File), Outputs, Weights, "--anchors", "0,5,10", "--rows", "0:1000", "--bounds", "0..10,0..8");
        var start = Matrix.Create(states.Rows, rows.Columns, (i, row) =>
        {
            for (var k = 0; k < Outputs; k++)
            {
                row[k] = (float)actions[0][i, k];
            }

            states.Row(i).CopyTo(row[Outputs..]);
        });
        double At(int k) => SquaredError.Mean(model.Sample(0, k, start), (i, j) => actions[k][i, j], Outputs);
        return new TaskScores(new[] { 1, 2, 3, 4, 6, 7, 8, 9 }.Average(At), new[] { 5, 10 }.Average(At));
    }
}

using HtiTune.Benchmarks.Quality.Processes;
using HtiTune.Benchmarks.Quality.Scores;
using HtiTune.Data;

namespace HtiTune.Benchmarks.Quality.Tasks;

/// <summary>Four arcs that turn about their centres: anchors at t = 0, 0.5, 1; samples of t = 0 moved to 0.25, 0.75 and 1.</summary>
internal static class Semicircles
{
    private const int PerCategory = 100;
    private static readonly double[] Anchors = [0, 0.5, 1];

    /// <summary>The published samples.</summary>
    internal static TaskScores Published(BenchmarkData data, Command command) => Score(
        command,
        data.File("semicircles_train.npy"),
        data.Matrix("semicircles_eval_t0.npy"),
        [(0.25, data.Matrix("semicircles_eval_t025.npy")), (0.75, data.Matrix("semicircles_eval_t075.npy"))],
        data.Array("semicircles_train.npy").Block(2));

    /// <summary>Samples drawn anew from the law, another set for each seed.</summary>
    internal static TaskScores Fresh(BenchmarkData data, Command command)
    {
        var streams = new RandomStreams(command.Seed).Fork("semicircles-fresh");
        Matrix Draw(string set, double t) => SemicircleLaw.Draw(streams.Stream($"{set} at {t}"), PerCategory, t);
        var train = Anchors.Select(t => Draw("train", t)).ToArray();
        var file = command.Write([train.Length, train[0].Rows, 3], [.. train.SelectMany(block => block.Values.ToArray())]);
        return Score(command, file, Draw("eval", 0), [(0.25, Draw("eval", 0.25)), (0.75, Draw("eval", 0.75))], train[2]);
    }

    private static TaskScores Score(Command command, string train, Matrix start, (double T, Matrix Actual)[] held, Matrix last)
    {
        var model = command.Fit(train, 2, Anchors, "--categories", $"{SemicircleLaw.Categories}");
        var moved = held.Select(h => model.Sample(0, h.T, start)).ToArray();
        double Mean(Func<Matrix, Matrix, double, double> score) => held.Zip(moved, (h, y) => score(y, h.Actual, h.T)).Average();
        return new TaskScores(
            Mean((y, actual, _) => Wasserstein.PerCategory(y, actual)),
            Wasserstein.PerCategory(model.Sample(0, 1, start), last),
            ("NLL", Mean((y, _, t) => SemicircleLaw.NegativeLogLikelihood(y, t))),
            ("CD", Mean((y, _, _) => SemicircleLaw.CircleDistance(y))),
            ("radial", Mean((y, actual, _) => SemicircleLaw.RadialSpread(y, actual))),
            ("angular", Mean(SemicircleLaw.AngularSpread)));
    }
}

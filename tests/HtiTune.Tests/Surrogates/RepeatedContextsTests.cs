using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates;

public class RepeatedContextsTests
{
    [Fact]
    public void Contexts_that_were_asked_twice_and_answered_alike_leave_answers_what_they_are()
    {
        double[] lambdas = [0, 0.4, 1];
        var once = Problems.Deterministic(Problems.Unit, lambdas, 40, 2, (lambda, x) => [x[0] + lambda * lambda * (3 + x[1]), x[1] - lambda * x[0]]);
        int[] rows = [.. Enumerable.Range(0, 40), 3, 3, 17];
        AnchorSet Twice(float shift) => new(once.Hyperparameter, once.Select((anchor, k) => new Anchor(anchor.Lambda, new Samples(
            Matrix.Create(rows.Length, once.Dimension, (i, row) =>
            {
                anchor.Samples.Outputs.Row(rows[i]).CopyTo(row);
                row[0] += i == 41 && k == 1 ? shift : 0;
            }), anchor.Samples.Contexts.Select(rows)))));
        var options = new TrajectoryOptions { TrainMaps = false };
        var twice = TrajectorySurrogate.Fit(Twice(0), options);
        Assert.True(twice.Report.Deterministic);
        var expected = TrajectorySurrogate.Fit(once, options).Sample(0.7, once[0].Samples.Contexts).Samples.Outputs;
        var got = twice.Sample(0.7, once[0].Samples.Contexts).Samples.Outputs;
        Assert.All(Enumerable.Range(0, 40), i => Assert.Equal(expected[i, 0], got[i, 0], 0.02f));
        Assert.False(TrajectorySurrogate.Fit(Twice(0.1f), options).Report.Deterministic);
    }
}

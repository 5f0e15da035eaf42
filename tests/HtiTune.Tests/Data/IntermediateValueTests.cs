using HtiTune.Data;

namespace HtiTune.Tests.Data;

/// <summary>What a training measures on its way, from where it is told to where it waits to be sent.</summary>
public sealed class IntermediateValueTests
{
    [Fact]
    public void Finite_values_reach_who_listens_and_nobody_else_hears_of_them()
    {
        var listener = new Listener();
        listener.Report(3, 0.5);
        listener.Report(4, double.NaN);
        listener.Report(5, double.PositiveInfinity);
        new Progress<double>(_ => Assert.Fail("A share was told.")).Report(3, 0.5);
        Assert.Equal([new IntermediateValue(3, 0.5)], listener.Heard);
        Assert.Throws<ArgumentOutOfRangeException>(() => listener.Report(-1, 0.5));
        Assert.Throws<ArgumentNullException>(() => IntermediateValueExtensions.Report(null!, 1, 0.5));
    }

    [Fact]
    public void What_waits_is_taken_once_put_back_in_its_place_and_thinned_but_for_the_last()
    {
        var waiting = new WaitingValues();
        Assert.False(waiting.Any);
        waiting.Add(new IntermediateValue(1, 1));
        waiting.Add(new IntermediateValue(2, 2));
        Assert.True(waiting.Any);
        var taken = waiting.Take();
        Assert.Empty(waiting.Take());
        waiting.Add(new IntermediateValue(3, 3));
        waiting.Return(taken);
        Assert.Equal([1, 2, 3], waiting.Take().Select(value => value.Step));
        for (var step = 0; step < 10 * WaitingValues.Most; step++)
        {
            waiting.Add(new IntermediateValue(step, step));
        }

        var kept = waiting.Take();
        Assert.InRange(kept.Count, WaitingValues.Most / 2, WaitingValues.Most);
        Assert.Equal(10 * WaitingValues.Most - 1, kept[^1].Step);
        Assert.Equal(kept.OrderBy(value => value.Step), kept);
        waiting.Return(kept);
        waiting.Return([.. kept.Take(WaitingValues.Most)]);
        Assert.InRange(waiting.Take().Count, 1, WaitingValues.Most);
    }

    private sealed class Listener : IProgress<double>, IProgress<IntermediateValue>
    {
        public List<IntermediateValue> Heard { get; } = [];

        public void Report(double value) => Assert.Fail("A share was told.");

        public void Report(IntermediateValue value) => Heard.Add(value);
    }
}

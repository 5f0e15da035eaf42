using HtiTune.Hosting;
using Microsoft.Extensions.Options;

namespace HtiTune.Server.Tests.Services;

/// <summary>Turns of tenants: never more at a time than the limit, no tenant waits for another, nobody is forgotten.</summary>
public sealed class TenantTurnsTests
{
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(20);
    private readonly Wakes _wakes = new();

    [Fact]
    public async Task A_tenant_waits_for_itself_and_for_no_other()
    {
        var turns = Turns(1);
        var first = await turns.TakeAsync("greedy", CancellationToken.None).WaitAsync(s_soon);
        var second = turns.TakeAsync("greedy", CancellationToken.None);
        Assert.False(second.IsCompleted);
        using (await turns.TakeAsync("other", CancellationToken.None).WaitAsync(s_soon))
        {
            Assert.Equal((2, 1), turns.Count);
        }

        first.Dispose();
        first.Dispose();
        using (await second.WaitAsync(s_soon))
        {
            Assert.Equal((1, 0), turns.Count);
        }

        Assert.Equal((0, 0), turns.Count);
    }

    [Fact]
    public async Task One_whose_wait_is_ended_is_passed_over()
    {
        var turns = Turns(1);
        var first = await turns.TakeAsync("t", CancellationToken.None);
        using var end = new CancellationTokenSource();
        var (given, kept) = (turns.TakeAsync("t", end.Token), turns.TakeAsync("t", CancellationToken.None));
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.WaitAsync(s_soon));
        first.Dispose();
        using (await kept.WaitAsync(s_soon))
        {
            Assert.Equal((1, 0), turns.Count);
        }

        Assert.Equal((0, 0), turns.Count);
    }

    [Fact]
    public void Studies_whose_jobs_found_no_turn_are_advanced_when_there_is_one_each_once()
    {
        var turns = Turns(1);
        var (running, second, third) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var turn = turns.TryTake("t", running)!;
        Assert.Null(turns.TryTake("t", second));
        Assert.Null(turns.TryTake("t", third));
        Assert.Null(turns.TryTake("t", second));
        turn.Dispose();
        Assert.Equal([second], _wakes.Advanced);
        turns.TryTake("t", second)!.Dispose();
        Assert.Equal([second, third], _wakes.Advanced);
        turns.TryTake("t", third)!.Dispose();
        Assert.Equal([second, third], _wakes.Advanced);
        Assert.Equal((0, 0), turns.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Of_many_at_once_never_more_than_the_limit_go_on_and_all_have_their_turn(int limit)
    {
        var turns = Turns(limit);
        var (running, most, done) = (new int[4], new int[4], 0);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(async () =>
        {
            var tenant = i % 4;
            using var turn = await turns.TakeAsync($"tenant {tenant}", CancellationToken.None);
            var now = Interlocked.Increment(ref running[tenant]);
            lock (most)
            {
                most[tenant] = Math.Max(most[tenant], now);
            }

            await Task.Yield();
            Interlocked.Decrement(ref running[tenant]);
            Interlocked.Increment(ref done);
        }))).WaitAsync(s_soon);
        Assert.Equal(400, done);
        Assert.All(most, one => Assert.InRange(one, 1, limit));
        Assert.Equal((0, 0), turns.Count);
    }

    private TenantTurns Turns(int limit) => new(Options.Create(new HtiTuneOptions { ComputePerTenant = limit }), _wakes, TimeProvider.System);

    private sealed class Wakes : IWakeUps
    {
        public List<Guid> Advanced { get; } = [];

        public void Advance(Guid study) => Advanced.Add(study);

        public void Outbox()
        {
        }

        public void Queue(string queue)
        {
        }
    }
}

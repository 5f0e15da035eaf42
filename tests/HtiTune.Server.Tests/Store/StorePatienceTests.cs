using HtiTune.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace HtiTune.Server.Tests.Store;

/// <summary>What all calls of one request wait together is limited, however many they are.</summary>
public sealed class StorePatienceTests
{
    private static readonly TimeSpan s_call = TimeSpan.FromSeconds(2);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Calls_of_a_request_share_its_patience_and_what_is_computed_between_them_does_not_count()
    {
        StorePatience.Limit(s_call, TimeSpan.FromSeconds(3.5));
        Assert.Equal(s_call, StorePatience.Current);
        Call(1.5);
        Assert.Equal(s_call, StorePatience.Current);
        _time.Advance(TimeSpan.FromMinutes(1));
        Call(1);
        Assert.Equal(TimeSpan.FromSeconds(1), StorePatience.Current);
        Call(2);
        Assert.Equal(TimeSpan.Zero, StorePatience.Current);
        using (var within = StorePatience.Within(CancellationToken.None))
        {
            Assert.True(within.IsCancellationRequested);
        }

        StorePatience.Renew();
        Assert.Equal(s_call, StorePatience.Current);
    }

    [Fact]
    public void A_job_has_its_patience_for_each_call()
    {
        StorePatience.Limit(s_call);
        Call(100);
        Assert.Equal(s_call, StorePatience.Current);
    }

    [Fact]
    public async Task Who_waits_for_a_turn_is_told_that_others_have_it_and_a_job_waits_on()
    {
        using var turn = new SemaphoreSlim(0);
        StorePatience.Limit(s_call, TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAsync<StudyBusyException>(() => StorePatience.WaitForTurnAsync(turn.WaitAsync, TimeProvider.System, CancellationToken.None));
        StorePatience.Limit(s_call);
        var waiting = StorePatience.WaitForTurnAsync(turn.WaitAsync, TimeProvider.System, CancellationToken.None);
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        turn.Release();
        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private void Call(double seconds)
    {
        using var waiting = StorePatience.Wait(_time);
        _time.Advance(TimeSpan.FromSeconds(seconds));
    }
}

namespace HtiTune.Server.Tests;

/// <summary>Waits for what another thread or process does, and not for ever.</summary>
internal static class Wait
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);

    public static Task UntilAsync(Func<bool> happened, TimeSpan? patience = null) => UntilAsync(() => Task.FromResult(happened()), patience);

    public static async Task UntilAsync(Func<Task<bool>> happened, TimeSpan? patience = null)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!await happened())
        {
            if (TimeProvider.System.GetElapsedTime(begun) > (patience ?? s_patience))
            {
                throw new TimeoutException($"It has not happened in {(patience ?? s_patience).TotalSeconds} s.");
            }

            await Task.Delay(s_step, TimeProvider.System);
        }
    }
}

namespace HtiTune.Cli;

/// <summary>How long a command waits: for a study that another htitune has open, and for a training to become free. It counts over the whole command.</summary>
/// <param name="limit">How long it waits for the study to be let go of.</param>
/// <param name="forTraining">How long it waits for a training to hand out.</param>
/// <param name="clock">The clock.</param>
internal sealed class Patience(TimeSpan limit, TimeSpan forTraining, TimeProvider clock)
{
    // Steps of two processes take a second or two each, and there may be dozens.
    private static readonly TimeSpan s_steps = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(3);
    private readonly long _began = clock.GetTimestamp();
    private bool _isTold;

    /// <summary>Waits for nothing.</summary>
    internal static Patience None { get; } = new(TimeSpan.Zero, TimeSpan.Zero, TimeProvider.System);

    /// <summary>Where the user says nothing: one step waits for another, and none for a training.</summary>
    internal static Patience Steps() => new(s_steps, TimeSpan.Zero, TimeProvider.System);

    /// <summary>As long as the user says.</summary>
    internal static Patience Of(TimeSpan time) => new(time, time, TimeProvider.System);

    /// <summary>Opens what another process may have open.</summary>
    /// <exception cref="StudyInUseException">The other one has not let go of it in time.</exception>
    internal T For<T>(Func<T> open)
    {
        while (true)
        {
            try
            {
                return open();
            }
            catch (StudyInUseException) when (clock.GetElapsedTime(_began) < limit)
            {
                Wait("another htitune works on the study: waiting for it");
            }
        }
    }

    /// <summary>Waits until there may be a training to hand out.</summary>
    /// <param name="free">Whether there may be.</param>
    /// <returns>False where the time is over.</returns>
    internal bool ForTraining(Func<bool> free)
    {
        while (clock.GetElapsedTime(_began) < forTraining)
        {
            Wait("all trainings are in hands: waiting for one");
            if (free())
            {
                return true;
            }
        }

        return false;
    }

    private void Wait(string why)
    {
        if (!_isTold && clock.GetElapsedTime(_began) > s_silence)
        {
            _isTold = true;
            Terminal.Say(why);
        }

        Thread.Sleep(s_tick);
    }
}

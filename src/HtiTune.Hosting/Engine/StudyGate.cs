namespace HtiTune.Hosting;

/// <summary>Lets one caller at a time work with a study of this process, on the study as it is now: what a caller finds outdated is dropped, read anew and tried again.</summary>
internal sealed class StudyGate(StudiesInMemory studies, TimeProvider time)
{
    /// <summary>A commit that is refused so often in a row meets a fault, not a neighbour.</summary>
    public const int Tries = 8;

    /// <summary>Works with a study. After an exception the study is dropped, for nobody knows where it stands.</summary>
    /// <param name="id">The study.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="tries">How often it is tried at most.</param>
    /// <param name="work">The work; says whether it is done, or to be done again on what the store has now.</param>
    /// <param name="cancellation">Ends the wait at the gate, and what the study computes.</param>
    /// <returns>What the work said last; <see cref="Turn{T}.Again"/> where no try was done.</returns>
    public async Task<Turn<T>> WorkAsync<T>(Guid id, StudyDefinition definition, int tries, Func<LoadedStudy, Task<Turn<T>>> work, CancellationToken cancellation)
    {
        for (var i = 0; i < tries; i++)
        {
            var loaded = studies.Get(id, definition);
            await StorePatience.WaitForTurnAsync(loaded.Gate.WaitAsync, time, cancellation).ConfigureAwait(false);
            try
            {
                if (loaded.IsDropped)
                {
                    continue;
                }

                loaded.Cancellation = cancellation;
                var turn = await work(loaded).ConfigureAwait(false);
                if (turn.Drops)
                {
                    studies.Drop(loaded);
                }

                if (turn.IsDone)
                {
                    return turn;
                }
            }
            catch
            {
                studies.Drop(loaded);
                throw;
            }
            finally
            {
                loaded.Cancellation = CancellationToken.None;
                loaded.Gate.Release();
            }
        }

        return Turn<T>.Again;
    }
}

/// <summary>What came of one try.</summary>
/// <param name="IsDone">Whether it is done; otherwise it is tried again.</param>
/// <param name="Drops">Whether the study in memory is outdated, and read anew when it is next needed.</param>
/// <param name="Value">The answer.</param>
internal readonly record struct Turn<T>(bool IsDone, bool Drops, T? Value)
{
    /// <summary>Another process was quicker.</summary>
    public static Turn<T> Again => new(false, true, default);

    /// <summary>There is no answer, and the study in memory is outdated.</summary>
    public static Turn<T> Outdated => new(true, true, default);

    public static Turn<T> Done(T? value) => new(true, false, value);
}

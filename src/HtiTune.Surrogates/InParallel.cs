using System.Runtime.ExceptionServices;

namespace HtiTune.Surrogates;

/// <summary>Independent pieces of work on a few threads.</summary>
internal static class InParallel
{
    /// <summary>Runs pieces 0 … count − 1, in this order as threads come free. The first exception of the lowest piece is thrown as it was.</summary>
    /// <param name="count">Number of pieces.</param>
    /// <param name="threads">Pieces at a time, at least 1; with 1 all run on the calling thread.</param>
    /// <param name="piece">The work of one piece.</param>
    /// <param name="cancellation">No piece starts after it.</param>
    /// <remarks>
    /// Threads of its own, not those of the pool: libtorch keeps settings by thread, and pieces run for seconds.
    /// </remarks>
    internal static void For(int count, int threads, Action<int> piece, CancellationToken cancellation)
    {
        if (Math.Min(count, threads) <= 1)
        {
            for (var i = 0; i < count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                piece(i);
            }

            return;
        }

        var failures = new Exception?[count];
        var next = -1;
        var failed = false;
        var workers = new Thread[Math.Min(count, threads)];
        for (var w = 0; w < workers.Length; w++)
        {
            workers[w] = new Thread(Work) { IsBackground = true, Name = "HtiTune fit" };
            workers[w].Start();
        }

        foreach (var worker in workers)
        {
            worker.Join();
        }

        if (Array.Find(failures, failure => failure is not null) is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        void Work()
        {
            for (var i = Interlocked.Increment(ref next); i < count && !Volatile.Read(ref failed); i = Interlocked.Increment(ref next))
            {
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    piece(i);
                }
                catch (Exception failure)
                {
                    // Kept for the calling thread, which throws it on: nothing is swallowed.
                    failures[i] = failure;
                    Volatile.Write(ref failed, true);
                }
            }
        }
    }
}

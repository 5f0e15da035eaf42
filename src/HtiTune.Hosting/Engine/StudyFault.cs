using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace HtiTune.Hosting;

/// <summary>A step of a study met a fault of its own, not of the store or the network: the same step would meet it again.</summary>
internal sealed class StudyFault(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>The reason of a study that a fault has paused begins so.</summary>
    internal const string Mark = "fault: ";

    /// <summary>The reason as the study has it.</summary>
    internal string Reason =>
        $"{Mark}the tuner could not take the study further: {InnerException!.Message.ReplaceLineEndings(" ")} What was trained is kept; resume the study when the cause is gone, as after an upgrade.";

    /// <summary>Does a step's work; a fault that the step itself has met comes out as one.</summary>
    /// <exception cref="StudyFault">The step has met a fault of its own.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)] // A stack shows that a step is at work, whatever the compiler puts into its caller.
    internal static T Within<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception problem) when (IsOwn(problem))
        {
            throw new StudyFault(problem);
        }
    }

    /// <inheritdoc cref="Within{T}(Func{T})"/>
    internal static void Within(Action work) => Within(() =>
    {
        work();
        return true;
    });

    // What passes by itself is tried again by whoever asked.
    internal static bool IsOwn(Exception problem) =>
        problem is not (StudyFault or OperationCanceledException or DbException or IOException or UnauthorizedAccessException or SocketException or TimeoutException or ObjectDisposedException or OutOfMemoryException)
        && (problem.InnerException is null || IsOwn(problem.InnerException));
}

using System.Net;

namespace HtiTune.Client;

/// <summary>The server refused a request, or could not be reached.</summary>
public sealed class HtiTuneException : Exception
{
    /// <summary>An error of the server's.</summary>
    /// <param name="status">The status; null where the server was not reached.</param>
    /// <param name="message">What was wrong, in the server's words.</param>
    /// <param name="inner">The cause.</param>
    public HtiTuneException(HttpStatusCode? status, string message, Exception? inner = null)
        : base(message, inner) => Status = status;

    /// <summary>The status; null where the server was not reached.</summary>
    public HttpStatusCode? Status { get; }
}

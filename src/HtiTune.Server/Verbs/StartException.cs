namespace HtiTune.Server;

/// <summary>The configuration does not let a verb begin; the message says all that is wrong.</summary>
internal sealed class StartException(string message) : Exception(message);

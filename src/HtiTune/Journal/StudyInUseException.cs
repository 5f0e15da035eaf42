namespace HtiTune.Journal;

/// <summary>The study's folder is open in another process, or by another tuner of this one. Once that one has let go of it, it can be opened.</summary>
/// <param name="message">Which folder, and what helps.</param>
/// <param name="innerException">What the platform says.</param>
public sealed class StudyInUseException(string message, Exception? innerException = null) : IOException(message, innerException);

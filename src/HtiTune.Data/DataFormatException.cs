namespace HtiTune.Data;

/// <summary>A file does not hold what it should: which file, where in it, what stands there and what was expected.</summary>
public sealed class DataFormatException : Exception
{
    /// <summary>A fault in a file.</summary>
    /// <param name="file">The file's path, as given by the caller.</param>
    /// <param name="position">Where: <c>byte 128</c>, <c>line 3, column 2 ('load')</c>, <c>index [4, 1] (byte 164)</c>.</param>
    /// <param name="found">What stands there, a clause without full stop.</param>
    /// <param name="expected">What was expected, e.g. <c>a finite number</c>.</param>
    /// <param name="cause">The exception beneath, if any.</param>
    public DataFormatException(string file, string position, string found, string expected, Exception? cause = null)
        : base($"{file}, {position}: {found}; expected {expected}.", cause)
    {
        File = file;
        Position = position;
        Expected = expected;
    }

    /// <summary>The file's path.</summary>
    public string File { get; }

    /// <summary>Where in the file.</summary>
    public string Position { get; }

    /// <summary>What was expected there.</summary>
    public string Expected { get; }
}

namespace HtiTune.Data.Notebooks;

/// <summary>The formatters of one type: HTML, and the same in plain text.</summary>
/// <typeparam name="T">The type.</typeparam>
internal abstract class HtmlSource<T>
    where T : class
{
    /// <summary>Found by its name.</summary>
    public IEnumerable<object> CreateTypeFormatters() => [new Formatter("text/html", Html), new Formatter("text/plain", Text)];

    /// <summary>The value as HTML.</summary>
    /// <param name="value">The value.</param>
    protected abstract string Html(T value);

    /// <summary>The value as plain text.</summary>
    /// <param name="value">The value.</param>
    protected abstract string Text(T value);

    // Properties and methods are found by their names too.
    private sealed class Formatter(string mimeType, Func<T, string> format)
    {
        public string MimeType => mimeType;

        public bool Format(object instance, TextWriter writer)
        {
            if (instance is not T value)
            {
                return false;
            }

            writer.Write(format(value));
            return true;
        }
    }
}

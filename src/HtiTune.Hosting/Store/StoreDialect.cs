using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace HtiTune.Hosting;

/// <summary>What differs between databases: how a transaction is opened and tried again, whose clock counts, and a few words of SQL.</summary>
internal abstract partial class StoreDialect
{
    private readonly ConcurrentDictionary<string, string> _translated = new(StringComparer.Ordinal);

    /// <summary>Brings the database to the model of this version.</summary>
    public abstract Task MigrateAsync(CancellationToken cancellation);

    /// <summary>Runs work in one transaction that may write, and again where the database asks for that.</summary>
    public abstract Task<T> WriteAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation);

    /// <summary>Runs work on one consistent state of the database.</summary>
    public abstract Task<T> ReadAsync<T>(Func<StoreSession, Task<T>> work, CancellationToken cancellation);

    /// <summary>Lets one transaction through at a time, until it ends, over all processes.</summary>
    public abstract Task LockAsync(StoreSession session, string name);

    /// <summary>Whether a fault says that the database cannot be reached, written or waited for now: the same may succeed later.</summary>
    public abstract bool IsAway(Exception fault);

    /// <summary>Bytes that are free where the database lies; null where that cannot be told from here.</summary>
    public virtual long? FreeBytes() => null;

    /// <summary>Refuses a database that a later version has changed.</summary>
    /// <exception cref="StoreTooNewException">It has migrations that this version does not know.</exception>
    protected static async Task RequireKnownAsync(StudyDatabase context, CancellationToken cancellation)
    {
        var unknown = (await context.Database.GetAppliedMigrationsAsync(cancellation).ConfigureAwait(false)).Except(context.Database.GetMigrations(), StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            throw new StoreTooNewException($"The store was brought to a later version of HtiTune: it has {string.Join(", ", unknown)}, which this version does not know. Expected that version or a later one, or a backup from before the upgrade.");
        }
    }

    /// <summary>The parameter's name in SQL.</summary>
    public abstract string Parameter(int index);

    /// <summary>A value as the driver takes it.</summary>
    public abstract object Value(object? value);

    /// <summary>A condition that a column's value is in a list that is one parameter.</summary>
    protected abstract string InList(string parameter);

    /// <summary>The words behind a SELECT that lock its row against other writers.</summary>
    protected abstract string ForUpdate { get; }

    /// <summary>SQL with holes {i}, <c>IN {i}</c> and <c>FOR UPDATE</c> in the words of this database; made once a text.</summary>
    public string Translate(string format) => _translated.GetOrAdd(format, text =>
    {
        text = text.Replace(" FOR UPDATE", ForUpdate, StringComparison.Ordinal);
        text = List().Replace(text, hole => InList(Parameter(int.Parse(hole.Groups[1].ValueSpan))));
        return Hole().Replace(text, hole => Parameter(int.Parse(hole.Groups[1].ValueSpan)));
    });

    /// <summary>A command for a translated text on a session's connection.</summary>
    public abstract DbCommand Command(StoreSession session, string sql, object?[] arguments);

    /// <summary>Text without what a database cannot keep: NUL, and halves of surrogate pairs.</summary>
    protected static string Clean(string text)
    {
        var span = text.AsSpan();
        if (!span.Contains('\0') && span.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return text;
        }
        // The encoder puts U+FFFD where a surrogate stands alone.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
    }

    [GeneratedRegex(@"IN \{(\d+)\}")]
    private static partial Regex List();

    [GeneratedRegex(@"\{(\d+)\}")]
    private static partial Regex Hole();
}

/// <summary>The store has been changed by a later version, and is left alone.</summary>
internal sealed class StoreTooNewException(string message) : Exception(message);

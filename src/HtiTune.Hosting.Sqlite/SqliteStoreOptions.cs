namespace HtiTune.Hosting;

/// <summary>How studies are kept in an SQLite file.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The file; its folder is made where it is missing. Must be on a disk of this machine.</summary>
    public required string Path { get; set; }

    /// <summary>
    /// Whether each commit waits for the disk. Without, a loss of power (not the end of the process) may lose the last commits, never the file's integrity.
    /// </summary>
    /// <value>false.</value>
    public bool Durable { get; set; }
}

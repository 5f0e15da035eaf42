using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Hosting;

/// <summary>Keeps studies in an SQLite file.</summary>
public static class SqliteBuilderExtensions
{
    /// <summary>Keeps studies in one file on a disk of this machine; for one machine, with nothing to install.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; made where it is missing.</param>
    /// <returns>The builder.</returns>
    public static IHtiTuneBuilder UseSqlite(this IHtiTuneBuilder builder, string path) => UseSqlite(builder, new SqliteStoreOptions { Path = path });

    /// <summary>Keeps studies in one file on a disk of this machine; for one machine, with nothing to install.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="options">The file, and how safely it is written.</param>
    /// <returns>The builder.</returns>
    public static IHtiTuneBuilder UseSqlite(this IHtiTuneBuilder builder, SqliteStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Path);
        builder.Services.AddPooledDbContextFactory<SqliteStudyDatabase>(context => context.UseSqlite(SqliteDialect.ConnectionText(Path.GetFullPath(options.Path))));
        StoreRegistration.Add(builder.Services, services => new SqliteDialect(
            options, services.GetRequiredService<IDbContextFactory<SqliteStudyDatabase>>(), services.GetRequiredService<TimeProvider>()));
        return builder;
    }
}

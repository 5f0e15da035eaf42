using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace HtiTune.Hosting;

/// <summary>The tables in SQLite.</summary>
internal sealed class SqliteStudyDatabase(DbContextOptions<SqliteStudyDatabase> options) : StudyDatabase(options)
{
    /// <summary>Makes a context for the tool that writes migrations.</summary>
    internal sealed class Designer : IDesignTimeDbContextFactory<SqliteStudyDatabase>
    {
        public SqliteStudyDatabase CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<SqliteStudyDatabase>().UseSqlite("Data Source=:memory:").Options);
    }
}

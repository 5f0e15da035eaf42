using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace HtiTune.Hosting;

/// <summary>The tables in PostgreSQL.</summary>
internal sealed class PostgreSqlStudyDatabase(DbContextOptions<PostgreSqlStudyDatabase> options) : StudyDatabase(options)
{
    /// <summary>Makes a context for the tool that writes migrations.</summary>
    internal sealed class Designer : IDesignTimeDbContextFactory<PostgreSqlStudyDatabase>
    {
        public PostgreSqlStudyDatabase CreateDbContext(string[] args) =>
            new(new DbContextOptionsBuilder<PostgreSqlStudyDatabase>().UseNpgsql("Host=localhost").Options);
    }
}

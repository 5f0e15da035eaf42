using Microsoft.EntityFrameworkCore;

namespace HtiTune.Hosting;

/// <summary>The model of the tables, one for all providers; each has a context of its own for its migrations.</summary>
/// <remarks>Migrations only add: the table <c>preferences</c>, in which earlier versions kept what the events tell too, stays in a store and is neither read nor written.</remarks>
internal abstract class StudyDatabase(DbContextOptions options) : DbContext(options)
{
    /// <summary>An attempt that waits, in SQL.</summary>
    private const string Queued = "state = 0";

    /// <summary>An attempt in a worker's hands, in SQL: starting, running or silent.</summary>
    private const string UnderWay = "state IN (1, 2, 3)";

    public DbSet<StudyRow> Studies => Set<StudyRow>();

    public DbSet<TrialRow> Trials => Set<TrialRow>();

    public DbSet<AttemptRow> Attempts => Set<AttemptRow>();

    public DbSet<AttemptValueRow> AttemptValues => Set<AttemptValueRow>();

    public DbSet<StudyEvent> Events => Set<StudyEvent>();

    public DbSet<BlobRow> Blobs => Set<BlobRow>();

    public DbSet<SurrogateRow> Surrogates => Set<SurrogateRow>();

    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    public DbSet<WorkerRow> Workers => Set<WorkerRow>();

    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    public DbSet<SessionRow> Sessions => Set<SessionRow>();

    public DbSet<ProtectionKeyRow> ProtectionKeys => Set<ProtectionKeyRow>();

    public DbSet<ProcessRow> Processes => Set<ProcessRow>();

    public DbSet<WebhookRow> Webhooks => Set<WebhookRow>();

    public DbSet<WebhookCallRow> WebhookCalls => Set<WebhookCallRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<StudyRow>(study =>
        {
            study.HasKey(s => s.Id);
            study.HasIndex(s => new { s.Tenant, s.CreatedAt });

            // What is open is counted with each new study; what has ended grows without end.
            study.HasIndex(s => new { s.State, s.Tenant });
            study.HasIndex(s => new { s.Tenant, s.IdempotencyKey }).IsUnique().HasFilter("idempotency_key IS NOT NULL");
            study.HasOne<BlobRow>().WithMany().HasForeignKey(s => s.Curve).OnDelete(DeleteBehavior.Restrict);
            study.HasIndex(s => s.Curve).HasFilter("curve IS NOT NULL");
        });
        modelBuilder.Entity<TrialRow>(trial =>
        {
            trial.HasKey(t => t.Id);
            trial.HasIndex(t => new { t.StudyId, t.Number }).IsUnique();
            trial.HasIndex(t => new { t.StudyId, t.EndOrder }).IsUnique();
            trial.HasOne<StudyRow>().WithMany().HasForeignKey(t => t.StudyId).OnDelete(DeleteBehavior.Cascade);
            trial.HasOne<BlobRow>().WithMany().HasForeignKey(t => t.Samples).OnDelete(DeleteBehavior.Restrict);
            trial.HasIndex(t => t.Samples).HasFilter("samples IS NOT NULL");
        });
        modelBuilder.Entity<AttemptRow>(attempt =>
        {
            attempt.HasKey(a => a.Id);
            attempt.HasIndex(a => new { a.TrialId, a.Number }).IsUnique();
            attempt.HasIndex(a => new { a.StudyId, a.State });
            attempt.HasIndex(a => new { a.Queue, a.AvailableAt }).HasFilter(Queued).HasDatabaseName("ix_attempts_queued");
            attempt.HasIndex(a => new { a.Worker, a.Slot }).HasFilter(UnderWay).HasDatabaseName("ix_attempts_under_way");
            attempt.HasOne<StudyRow>().WithMany().HasForeignKey(a => a.StudyId).OnDelete(DeleteBehavior.Cascade);
            attempt.HasOne<TrialRow>().WithMany().HasForeignKey(a => a.TrialId).OnDelete(DeleteBehavior.Cascade);
            attempt.HasOne<BlobRow>().WithMany().HasForeignKey(a => a.Samples).OnDelete(DeleteBehavior.Restrict);
            attempt.HasIndex(a => a.Samples).HasFilter("samples IS NOT NULL");
        });
        modelBuilder.Entity<AttemptValueRow>(value =>
        {
            value.HasKey(v => new { v.AttemptId, v.Step });
            value.HasOne<AttemptRow>().WithMany().HasForeignKey(v => v.AttemptId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<StudyEvent>(happened =>
        {
            happened.HasKey(e => new { e.StudyId, e.Sequence });
            happened.Property(e => e.Time).HasConversion(time => time!.Value.ToUnixTimeMilliseconds(), time => DateTimeOffset.FromUnixTimeMilliseconds(time)).IsRequired();
            happened.HasOne<StudyRow>().WithMany().HasForeignKey(e => e.StudyId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<BlobRow>().HasKey(b => b.Hash);
        modelBuilder.Entity<SurrogateRow>(surrogate =>
        {
            surrogate.HasKey(s => s.Id);
            surrogate.HasOne<StudyRow>().WithMany().HasForeignKey(s => s.StudyId).OnDelete(DeleteBehavior.Cascade);
            surrogate.HasOne<BlobRow>().WithMany().HasForeignKey(s => s.Blob).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<OutboxRow>(line =>
        {
            line.HasKey(l => l.Id);
            line.HasOne<StudyRow>().WithMany().HasForeignKey(l => l.StudyId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<WorkerRow>(worker =>
        {
            worker.HasKey(w => new { w.Tenant, w.Name });
            worker.Ignore(w => w.Running);
        });
        modelBuilder.Entity<ApiKeyRow>().HasKey(k => k.Id);
        modelBuilder.Entity<SessionRow>().HasKey(s => s.Id);
        modelBuilder.Entity<ProtectionKeyRow>().HasKey(k => k.Name);
        modelBuilder.Entity<ProcessRow>().HasKey(p => p.Name);
        modelBuilder.Entity<WebhookRow>(hook =>
        {
            hook.HasKey(h => h.Id);
            hook.HasIndex(h => h.Tenant);
        });
        modelBuilder.Entity<WebhookCallRow>(call =>
        {
            call.HasKey(c => c.Id);
            call.HasIndex(c => c.NextAt);
            call.HasOne<WebhookRow>().WithMany().HasForeignKey(c => c.WebhookId).OnDelete(DeleteBehavior.Cascade);
        });
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            entity.SetTableName(RowMap.Tables[entity.ClrType]);
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(RowMap.Column(property.Name));
            }
        }
    }
}

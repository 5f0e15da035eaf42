namespace HtiTune.Hosting;

/// <summary>Finds what a tenant may see: another tenant's is as if it were not there; null stands for the host itself, which sees all.</summary>
internal sealed class TenantFinder(StudyStore store)
{
    /// <exception cref="StudyServiceException">There is none.</exception>
    public async Task<StudyRow> RowAsync(string? tenant, Guid study, CancellationToken cancellation) =>
        await store.FindAsync(study, cancellation).ConfigureAwait(false) is { } row && (tenant is null || row.Tenant == tenant)
            ? row
            : throw new StudyServiceException(StudyServiceError.NotFound, "There is no such study.");

    /// <exception cref="StudyServiceException">There is none.</exception>
    public async Task<AttemptRow> FindAsync(string? tenant, Guid? study, Guid attempt, CancellationToken cancellation) =>
        await store.FindAttemptAsync(attempt, cancellation).ConfigureAwait(false) is { } found && (tenant is null || found.Study.Tenant == tenant) && (study is null || found.Study.Id == study)
            ? found
            : throw new StudyServiceException(StudyServiceError.NotFound, "There is no such attempt.");
}

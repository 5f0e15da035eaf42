using HtiTune.Data;
using HtiTune.Hosting;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Browser;

/// <summary>Studies that have ended, written into a store as they would lie there: as many as no test could train.</summary>
internal static class StoredStudies
{
    private const long Begun = 1_790_000_000_000;

    /// <summary>Studies that have ended, of tenants t0, t1 and t2 in turn: the k-th was begun k seconds after the first and used k mod 40 trainings.</summary>
    internal static Task AddAsync(ApiServer server, int count, string name = "study") => server.Services.GetRequiredService<StoreDialect>().WriteAsync(
        async session =>
        {
            for (var k = 0; k < count; k++)
            {
                await session.InsertAsync(Study(Guid.CreateVersion7(), $"{name} {k:0000}", $"t{k % 3}", k));
            }

            return true;
        }, CancellationToken.None);

    /// <summary>A study of which a worker has told some trainings.</summary>
    internal static async Task<StudyView> TrainedAsync(IStudyService service, string tenant, StudyDefinition definition, int trainings, Func<Configuration, double> objective)
    {
        var study = await service.CreateAsync(tenant, definition);
        var asked = await service.ClaimAsync(tenant, new WorkRequest(definition.Name, Study: study.Id));
        for (var i = 0; asked is not null && i < trainings; i++)
        {
            asked = (await service.TellAsync(
                tenant, asked.Attempt, new WorkResult { Lease = asked.Lease, Value = objective(asked.Configuration), Next = new WorkRequest(definition.Name, Study: study.Id) })).Next;
        }

        return study;
    }

    /// <summary>A study that has ended after so many trials: the k-th at λ = k/count, its value (λ − 0.3)², its worker one of three; each tenth failed, at its second attempt.</summary>
    internal static async Task<Guid> AddWithTrialsAsync(ApiServer server, int count)
    {
        var id = Guid.CreateVersion7();
        await server.Services.GetRequiredService<StoreDialect>().WriteAsync(
            async session =>
            {
                await session.InsertAsync(Study(id, "many trials", "t0", 0));
                for (var k = 1; k <= count; k++)
                {
                    var (trial, hasFailed) = (Guid.CreateVersion7(), k % 10 == 0);
                    await session.InsertAsync(new TrialRow
                    {
                        Id = trial, StudyId = id, Number = k, Lambda = (double)k / count, Seed = 1000 + k, Reason = "=HYPERLINK(\"x\"), for the test", PredictedLow = 0, PredictedHigh = 1, Predicted = 0.5,
                        Status = hasFailed ? TrialStatus.Failed : TrialStatus.Completed, MaxAttempts = 2, AttemptsUsed = hasFailed ? 2 : 0, EndOrder = k,
                        Value = hasFailed ? null : Value(k, count), Reported = hasFailed ? null : Value(k, count), Error = hasFailed ? "exit code 3" : null,
                        QueuedAt = Begun + 1000 * k, StartedAt = Begun + 1000 * k + 100, EndedAt = Begun + 1000 * k + 100 + 60_000 * (k % 7),
                    });
                    for (var attempt = 1; attempt <= (hasFailed ? 2 : 1); attempt++)
                    {
                        await session.InsertAsync(new AttemptRow
                        {
                            Id = Guid.CreateVersion7(), StudyId = id, TrialId = trial, Tenant = "t0", Number = attempt, Queue = "default", State = hasFailed ? AttemptState.Failed : AttemptState.Done,
                            Reason = hasFailed ? "exit code 3" : null, Worker = $"worker-{k % 3}", QueuedAt = Begun, AvailableAt = Begun, EndedAt = Begun + 1000 * k, ExitCode = hasFailed ? 3 : 0,
                        });
                    }
                }

                return true;
            }, CancellationToken.None);
        return id;
    }

    /// <summary>The value of the k-th trial.</summary>
    internal static double Value(int k, int count) => ((double)k / count - 0.3) * ((double)k / count - 0.3);

    private static StudyRow Study(Guid id, string name, string tenant, int k) => new()
    {
        Id = id, Tenant = tenant, Name = name, Definition = StudyJson.Write(new StudyDefinition { Name = name, Minimum = 0, Maximum = 1, MaxTrainings = 1000 }), Queue = "default", Parallelism = 1,
        State = k % 5 == 0 ? StudyState.Cancelled : StudyState.Finished, LastSequence = 0, TrainingsUsed = k % 40, CreatedAt = Begun + 1000L * k, UpdatedAt = Begun + 1000L * k, EndedAt = Begun + 1000L * k,
    };
}

namespace HtiTune.Server.Tests.Services;

/// <summary>
/// The service's events of eight studies are kept as a fixture, and a database of the same studies half way. A change that is none of the algorithm
/// makes the same events from the beginning and from there: bit for bit.
/// </summary>
public sealed class GoldenServiceTests : IDisposable
{
    private const int Half = 4;
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-golden").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_same_studies_make_the_same_events()
    {
        var file = Path.Combine(_folder, "studies.db");
        await TrainAsync(file, Half);

        // Fixtures are recorded by setting this variable to the folder Fixtures/Golden of the sources.
        var record = Environment.GetEnvironmentVariable("HTITUNE_RECORD_GOLDEN");
        if (record is not null)
        {
            File.Copy(file, Path.Combine(record, "service-half.db"), overwrite: true);
        }

        var lines = await TrainAsync(file, int.MaxValue);
        if (record is not null)
        {
            await File.WriteAllLinesAsync(Path.Combine(record, "service.jsonl"), lines);
        }

        Assert.Equal(Golden, lines);
    }

    [Fact]
    public async Task Studies_that_are_taken_up_half_way_make_the_same_events()
    {
        var file = Path.Combine(_folder, "studies.db");
        File.Copy(Fixture("service-half.db"), file);
        Assert.Equal(Golden, await TrainAsync(file, int.MaxValue));
    }

    private static string[] Golden => File.ReadAllLines(Fixture("service.jsonl"));

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "Golden", name);

    private static async Task<List<string>> TrainAsync(string file, int limit)
    {
        await using var host = await ServiceHost.StartAsync(file);
        var lines = new List<string>();
        foreach (var study in GoldenService.All)
        {
            await study.RunAsync(host, limit);
            lines.AddRange(await study.LinesAsync(host));
        }

        return lines;
    }
}

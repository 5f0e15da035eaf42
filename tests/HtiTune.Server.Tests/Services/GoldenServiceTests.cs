using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HtiTune.Server.Tests.Services;

/// <summary>
/// The service's events of eight studies of one hyperparameter and two of several are kept as fixtures, and databases of the same studies half way. A change that is
/// none of the algorithm makes the same events from the beginning and from there: bit for bit.
/// </summary>
public sealed class GoldenServiceTests : IDisposable
{
    private const int Half = 4;
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-golden").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("service")]
    [InlineData("spaces")]
    public async Task The_same_studies_make_the_same_events(string name)
    {
        var file = Path.Combine(_folder, "studies.db");
        await TrainAsync(name, file, Half);

        // Fixtures are recorded by setting this variable to the folder Fixtures/Golden of the sources.
        var record = Environment.GetEnvironmentVariable("HTITUNE_RECORD_GOLDEN");
        if (record is not null)
        {
            File.Copy(file, Path.Combine(record, $"{name}-half.db"), overwrite: true);
        }

        var lines = await TrainAsync(name, file, int.MaxValue);
        if (record is not null)
        {
            // How long a training took is another time each time.
            await File.WriteAllLinesAsync(Path.Combine(record, $"{name}.jsonl"), lines.Select(line => Regex.Replace(line, ",\"duration\":\"[^\"]*\"", "")));
        }

        Assert.Equal(Golden(name), Known(name, lines));
    }

    [Theory]
    [InlineData("service")]
    [InlineData("spaces")]
    public async Task Studies_that_are_taken_up_half_way_make_the_same_events(string name)
    {
        var file = Path.Combine(_folder, "studies.db");
        File.Copy(Fixture($"{name}-half.db"), file);
        Assert.Equal(Golden(name), Known(name, await TrainAsync(name, file, int.MaxValue)));
    }

    private static string[] Golden(string name) => File.ReadAllLines(Fixture($"{name}.jsonl"));

    // Events may learn further members; those that the fixtures know stay as they are.
    private static IEnumerable<string> Known(string name, List<string> lines)
    {
        var golden = Golden(name);
        Assert.Equal(golden.Length, lines.Count);
        return lines.Zip(golden, (line, known) => Known(JsonNode.Parse(line)!, JsonNode.Parse(known)!).ToJsonString());
    }

    private static JsonNode Known(JsonNode actual, JsonNode golden)
    {
        if (actual is not JsonObject members || golden is not JsonObject known)
        {
            return actual;
        }

        foreach (var name in members.Select(member => member.Key).Where(name => !known.ContainsKey(name)).ToList())
        {
            members.Remove(name);
        }

        foreach (var (name, value) in members.Where(member => member.Value is not null && known[member.Key] is not null))
        {
            Known(value!, known[name]!);
        }

        return members;
    }

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "Golden", name);

    private static async Task<List<string>> TrainAsync(string name, string file, int limit)
    {
        await using var host = await ServiceHost.StartAsync(file);
        var lines = new List<string>();
        foreach (var study in name == "spaces" ? GoldenService.Spaces : GoldenService.All)
        {
            await study.RunAsync(host, limit);
            lines.AddRange(await study.LinesAsync(host));
        }

        return lines;
    }
}

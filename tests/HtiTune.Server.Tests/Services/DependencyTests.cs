using System.Text.Json;

namespace HtiTune.Server.Tests.Services;

/// <summary>What a library's user pays for: the closure of its packages, as this build's list of dependencies has it.</summary>
public sealed class DependencyTests
{
    private static readonly string[] s_heavy =
        ["Microsoft.AspNetCore", "Npgsql", "Microsoft.EntityFrameworkCore.Sqlite", "Microsoft.Data.Sqlite", "SQLitePCLRaw", "Hangfire.PostgreSql", "Hangfire.AspNetCore", "ScottPlot", "MudBlazor"];

    [Theory]
    [InlineData("HtiTune")]
    [InlineData("HtiTune.Hosting")]
    [InlineData("HtiTune.Client")]
    public void A_library_brings_no_server_and_no_provider(string library)
    {
        var closure = Closure(library);
        Assert.DoesNotContain(closure, package => s_heavy.Any(heavy => package.StartsWith(heavy, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("HtiTune")]
    [InlineData("HtiTune.Surrogates")]
    public void The_tuner_brings_no_libtorch_and_nothing_that_draws_zips_or_writes_protobuf(string library)
    {
        string[] foreign = ["TorchSharp", "libtorch", "SkiaSharp", "SharpZipLib", "Google.Protobuf", "HtiTune.Surrogates.Baselines"];
        Assert.DoesNotContain(Closure(library), package => foreign.Any(name => package.StartsWith(name, StringComparison.Ordinal)));
        Assert.Subset(new HashSet<string> { "HtiTune", "HtiTune.Data", "HtiTune.Surrogates", "HtiTune.Acquisition", "MathNet.Numerics", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.DependencyInjection.Abstractions" }, Closure(library));
        Assert.Contains("TorchSharp", Closure("HtiTune.Surrogates.Torch"));
        Assert.Contains("Google.Protobuf", Closure("HtiTune.Surrogates.Onnx"));
    }

    [Fact]
    public void A_provider_brings_its_own_database_and_no_other()
    {
        Assert.Contains(Closure("HtiTune.Hosting.Sqlite"), package => package.StartsWith("Microsoft.Data.Sqlite", StringComparison.Ordinal));
        Assert.DoesNotContain(Closure("HtiTune.Hosting.Sqlite"), package => package.StartsWith("Npgsql", StringComparison.Ordinal));
        Assert.Contains("Hangfire.PostgreSql", Closure("HtiTune.Hosting.PostgreSql"));
        Assert.DoesNotContain(Closure("HtiTune.Hosting.PostgreSql"), package => package.StartsWith("Microsoft.Data.Sqlite", StringComparison.Ordinal));
    }

    private static HashSet<string> Closure(string library)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "HtiTune.Server.Tests.deps.json")));
        var needs = file.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject().ToDictionary(
            package => package.Name[..package.Name.IndexOf('/', StringComparison.Ordinal)],
            package => package.Value.TryGetProperty("dependencies", out var own) ? own.EnumerateObject().Select(one => one.Name).ToList() : []);
        Assert.Contains(library, needs.Keys);
        var closure = new HashSet<string>();
        var open = new Stack<string>([library]);
        while (open.TryPop(out var next))
        {
            if (closure.Add(next) && needs.TryGetValue(next, out var further))
            {
                further.ForEach(open.Push);
            }
        }

        return closure;
    }
}

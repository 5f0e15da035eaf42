using System.Globalization;
using System.Text.RegularExpressions;

namespace HtiTune.Packages.Tests;

/// <summary>From an empty folder to a result, with the packages alone.</summary>
[Collection(Packed.Name)]
public class ConsumerTests(Packed packed)
{
    [Fact]
    public void The_readmes_quick_start_runs_in_a_new_program()
    {
        var readme = File.ReadAllText(Path.Combine(Packed.Root, "README.md")).ReplaceLineEndings("\n");
        var block = Regex.Match(readme, "<!-- quick start -->\n```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var folder = Program("library", "HtiTune", $$"""
            {{block}}
            static double TrainAndValidate(double dropout, long seed) => 0.1 + (dropout - 0.3) * (dropout - 0.3) + 0 * seed;
            static Forecaster Train(double quantile) => new(quantile);
            static double Cost(HtiTune.Data.Matrix stock, double shortage) => Enumerable.Range(0, 99).Average(i => Error((i + 0.5) / 99 - stock[i, 0], shortage));
            static double Error(double missing, double shortage) => missing > 0 ? shortage * missing : -missing;
            record Forecaster(double Quantile)
            {
                public HtiTune.Data.Matrix Predict() => HtiTune.Data.Matrix.FromDoubles(99, 1, [.. Enumerable.Repeat(Quantile, 99)]);
            }
            """);
        var (code, printed) = packed.Run("dotnet", folder, ["run", "-c", "Release"]);
        Assert.True(code == 0, printed);

        // Demand is even between 0 and 1: at s : 1 the best stock is the quantile s / (s + 1).
        var found = Quantiles(printed);
        Assert.Equal(2, found.Length);
        Assert.Equal(0.8, found[0], 0.03);
        Assert.Equal(0.9, found[1], 0.05);
        Assert.Contains("dropout = 0.", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void The_template_makes_a_program_that_tunes()
    {
        var (folder, hive) = (packed.Empty("template"), packed.Empty("hive"));
        foreach (var arguments in (string[][])
            [
                ["new", "install", Path.Combine(packed.Feed, $"HtiTune.Templates.{packed.Version}.nupkg"), "--debug:custom-hive", hive],
                ["new", "htitune-study", "-n", "Demand", "-o", "Demand", "--debug:custom-hive", hive],
            ])
        {
            var (made, said) = packed.Run("dotnet", folder, arguments);
            Assert.True(made == 0, said);
        }

        Assert.True(File.Exists(Path.Combine(folder, "Demand", "Demand.csproj")));
        var (code, printed) = packed.Run("dotnet", Path.Combine(folder, "Demand"), ["run", "-c", "Release"]);
        Assert.True(code == 0, printed);
        var found = Quantiles(printed);
        Assert.Equal(2, found.Length);
        Assert.InRange(found[0], 0.7, 0.9);
        Assert.InRange(found[1], 0.8, 0.95);
    }

    [Fact]
    public void The_tool_installs_and_tunes_what_a_command_trains()
    {
        var (tools, folder) = (packed.Empty("tools"), packed.Empty("tool"));
        var (installed, said) = packed.Run(
            "dotnet", folder, ["tool", "install", "HtiTune.CommandLine", "--version", packed.Version, "--tool-path", tools, "--add-source", packed.Feed]);
        Assert.True(installed == 0, said);
        File.WriteAllText(Path.Combine(folder, "train.cs"), """
            #:property PublishAot=false
            var price = double.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture);
            File.WriteAllText(args[1], FormattableString.Invariant($"cost\n{Math.Pow(Math.Log10(price) - 0.5, 2) + 1}\n"));
            """);
        var (built, words) = packed.Run("dotnet", folder, ["publish", "train.cs", "-o", "trainer"]);
        Assert.True(built == 0, words);
        var program = Path.Combine(folder, "trainer", OperatingSystem.IsWindows() ? "train.exe" : "train");
        var (code, printed) = packed.Run(
            Path.Combine(tools, OperatingSystem.IsWindows() ? "htitune.exe" : "htitune"), folder,
            ["run", "-P", "price=0.1..100:log", "--objective", "column:cost", "--columns", "cost", "--format", ".csv", "--", program, "{price}", "{out}"]);
        Assert.True(code is 0 or 2, printed);
        var price = Regex.Match(printed, @"price = ([0-9.]+)");
        Assert.True(price.Success, printed);
        Assert.Equal(0.5, Math.Log10(double.Parse(price.Groups[1].Value, CultureInfo.InvariantCulture)), 0.1);
    }

    [Fact]
    public void A_host_takes_the_service_in()
    {
        var folder = Program("host", "HtiTune.Hosting.Sqlite", """
            using HtiTune;
            using HtiTune.Hosting;
            using Microsoft.Extensions.DependencyInjection;
            using Microsoft.Extensions.Hosting;

            var builder = Host.CreateApplicationBuilder(args);
            builder.Services.AddHtiTune().UseSqlite("studies.db");
            using var host = builder.Build();
            await host.StartAsync();
            Console.WriteLine($"started with {host.Services.GetServices<IHostedService>().Count()} services");
            await host.StopAsync();
            """, "Microsoft.Extensions.Hosting");
        var (code, printed) = packed.Run("dotnet", folder, ["run", "-c", "Release"]);
        Assert.True(code == 0, printed);
        Assert.Matches("started with [1-9]", printed);
        Assert.True(File.Exists(Path.Combine(folder, "studies.db")), printed);
    }

    private static double[] Quantiles(string printed) =>
        [.. Regex.Matches(printed, @"(?m)^quantile = ([0-9.]+)").Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    // A console program that references one of ours, and what else it names.
    private string Program(string name, string package, string code, params string[] others)
    {
        var folder = packed.Empty(name);
        File.WriteAllText(Path.Combine(folder, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="{packed.Version}" />
                {string.Concat(others.Select(other => $"<PackageReference Include=\"{other}\" Version=\"10.0.*\" />"))}
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), code);
        return folder;
    }
}

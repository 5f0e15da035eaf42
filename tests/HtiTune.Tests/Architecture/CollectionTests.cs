using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace HtiTune.Tests.Architecture;

/// <summary>Which tests may run beside others.</summary>
public partial class CollectionTests
{
    [Fact]
    public void Tests_that_use_libtorch_or_listen_to_the_process_run_alone()
    {
        var users = Directory.EnumerateFiles(Folder(), "*Tests.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}Architecture{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && NotBeside().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetFileNameWithoutExtension(file)).Except(["TorchForTests", "ElfVersionNeedsTests"]).ToList();
        Assert.True(users.Count > 8, $"only {users.Count} such classes were found under {Folder()}");
        var alone = typeof(CollectionTests).Assembly.GetTypes()
            .Where(type => type.GetCustomAttributesData().Any(a => a.AttributeType == typeof(CollectionAttribute) && a.ConstructorArguments[0].Value is Alone.Name))
            .Select(type => type.Name);
        Assert.Empty(users.Except(alone));
    }

    [Fact]
    public void Tests_of_the_command_line_run_one_at_a_time()
    {
        // They take the console and the current folder of the process, and the processes that they start are told apart by what starts them.
        var apart = typeof(CollectionTests).Assembly.GetTypes()
            .Where(type => type.Namespace == "HtiTune.Tests.Cli" && type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), true)))
            .Where(type => !type.GetCustomAttributesData().Any(a => a.AttributeType == typeof(CollectionAttribute) && a.ConstructorArguments[0].Value is Alone.Name or "console"));
        Assert.Empty(apart.Select(type => type.Name));
    }

    // TorchForTests registers, and the tests of ELF files load nothing. A fit with a metric or a dual coupling loads libtorch; refusing one does not.
    [GeneratedRegex(@"using TorchSharp|TorchSurrogates\.|TorchRuntime\.|MetricKind\.(Fixed|Learned)|Method\.Nlot|""--metric""|MeterListener|ActivityListener")]
    private static partial Regex NotBeside();

    private static string Folder([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, ".."));
}

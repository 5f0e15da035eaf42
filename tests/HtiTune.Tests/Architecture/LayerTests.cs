using System.Reflection;
using System.Xml.Linq;

namespace HtiTune.Tests.Architecture;

/// <summary>The one-way flow of data between the projects, as the compiled assemblies show it.</summary>
public class LayerTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["HtiTune.Data"] = [],
        ["HtiTune.Surrogates"] = ["HtiTune.Data"],
        ["HtiTune.Surrogates.Baselines"] = ["HtiTune.Data", "HtiTune.Surrogates"],
        ["HtiTune.Surrogates.Torch"] = ["HtiTune.Data", "HtiTune.Surrogates", "TorchSharp"],
        ["HtiTune.Surrogates.Onnx"] = ["HtiTune.Data", "HtiTune.Surrogates", "Google.Protobuf"],
        ["HtiTune.Acquisition"] = ["HtiTune.Data", "MathNet.Numerics"],
        ["HtiTune.Tuner"] = ["HtiTune.Data", "HtiTune.Surrogates", "HtiTune.Acquisition", "Microsoft.Extensions.Logging.Abstractions"],
        ["HtiTune.Plotting"] = ["HtiTune.Data", "HtiTune.Surrogates", "HtiTune.Tuner", "ScottPlot", "SkiaSharp"],
        ["HtiTune.External"] = ["HtiTune.Data"],
        ["htitune"] =
            [
                "HtiTune.Data", "HtiTune.External", "HtiTune.Surrogates", "HtiTune.Surrogates.Baselines", "HtiTune.Surrogates.Torch", "HtiTune.Surrogates.Onnx", "HtiTune.Acquisition", "HtiTune.Tuner", "HtiTune.Plotting", "HtiTune.Client", "System.CommandLine", "Spectre.Console",
                "Spectre.Console.Ansi", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.DependencyInjection.Abstractions",
            ],
    };

    public static TheoryData<string> Layers => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_references_only_what_stands_before_it(string layer)
    {
        var foreign = Load(layer).GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => !name.StartsWith("System", StringComparison.Ordinal) || name == "System.CommandLine")
            .Where(name => name is not ("netstandard" or "mscorlib" or "Microsoft.Win32.Primitives"));
        Assert.Empty(foreign.Except(Allowed[layer]));
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Every_public_type_and_member_is_documented(string layer)
    {
        var assembly = Load(layer);
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        var documented = XDocument.Load(file).Descendants("member").Select(member => member.Attribute("name")!.Value).ToHashSet();
        var missing = assembly.GetExportedTypes().Where(type => !documented.Contains($"T:{type.FullName!.Replace('+', '.')}"));
        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("HtiTune.Surrogates")]
    [InlineData("HtiTune.Acquisition")]
    public void Numerical_layers_are_synchronous(string layer)
    {
        var asynchronous = Load(layer).GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => typeof(Task).IsAssignableFrom(method.ReturnType));
        Assert.Empty(asynchronous);
    }

    [Fact]
    public void No_public_type_hides_what_it_is_behind_a_vague_name()
    {
        var vague = Allowed.Keys.SelectMany(layer => Load(layer).GetTypes()).Select(type => type.Name)
            .Where(name => name.EndsWith("Utils", StringComparison.Ordinal) || name.EndsWith("Helper", StringComparison.Ordinal) || name.EndsWith("Manager", StringComparison.Ordinal));
        Assert.Empty(vague);
    }

    private static Assembly Load(string name) => Assembly.Load(name);
}

using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HtiTune.Benchmarks.House;

/// <summary>
/// The walk that <c>ARCHITECTURE.md</c> describes, from a request that begins a study to a command that trains: its rooms, each a class in which a reader stops to understand
/// where the call goes next.
/// </summary>
internal static partial class HouseWalk
{
    private const string Heading = "## One training through the service";

    /// <summary>The rooms in the walk's order: the class, and the method by which it is entered.</summary>
    /// <param name="source">The folder of the product's projects.</param>
    internal static IReadOnlyList<(string Class, string Method)> Rooms(string source)
    {
        var text = File.ReadAllText(Path.Combine(source, "ARCHITECTURE.md"));
        var begin = text.IndexOf(Heading, StringComparison.Ordinal);
        var section = begin < 0 ? "" : text[begin..].Split("\n## ")[0];
        return [.. Room().Matches(section).Select(room => (room.Groups[1].Value, room.Groups[2].Value))];
    }

    /// <summary>What is not as the walk says: a class or a method that there is not, or one that none of the rooms before it names.</summary>
    /// <param name="source">The folder of the product's projects.</param>
    /// <param name="rooms">The walk.</param>
    internal static IEnumerable<string> Faults(string source, IReadOnlyList<(string Class, string Method)> rooms)
    {
        var classes = rooms.Select(room => room.Class).ToHashSet(StringComparer.Ordinal);
        var parts = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Where(HouseCommand.IsCounted)
            .SelectMany(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetCompilationUnitRoot().DescendantNodes().OfType<TypeDeclarationSyntax>())
            .Where(type => classes.Contains(type.Identifier.Text)).ToLookup(type => type.Identifier.Text, StringComparer.Ordinal);
        for (var i = 0; i < rooms.Count; i++)
        {
            var (name, method) = rooms[i];
            if (!parts[name].SelectMany(type => type.Members).OfType<MethodDeclarationSyntax>().Any(member => member.Identifier.Text == method))
            {
                yield return $"room {i + 1}: there is no {name}.{method}";
            }
            else if (i > 0 && !rooms.Take(i).SelectMany(room => parts[room.Class]).SelectMany(type => type.DescendantNodes().OfType<SimpleNameSyntax>()).Any(word => word.Identifier.Text == method))
            {
                yield return $"room {i + 1}: none of the rooms before it names {method} of {name}";
            }
        }
    }

    [GeneratedRegex(@"^\d+\. `(\w+)\.(\w+)`", RegexOptions.Multiline)]
    private static partial Regex Room();
}

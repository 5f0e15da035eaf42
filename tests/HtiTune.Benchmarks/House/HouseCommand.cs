using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HtiTune.Benchmarks.House;

/// <summary>
/// The verb <c>house</c>: how large the product's source is, counted so that two commits can be compared: lines wrapped at 140 columns, the
/// largest classes over all their files, types that a user of the front namespace meets, records by project and by the thing that they stand for, and the rooms of the walk
/// from a request to a running command.
/// </summary>
internal static class HouseCommand
{
    internal const string Help =
        """
          house [--root FOLDER] [--classes N]  counts of the source under src: lines, largest classes, types of the front namespace
            --root FOLDER       the repository's root; default the one of this build
            --classes N         how many of the largest classes are listed; default 10
        """;

    // A longer line counts as as many lines as it would fill.
    private const int Width = 140;

    /// <summary>Runs the count.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 2 for wrong arguments.</returns>
    internal static int Run(string[] arguments)
    {
        var (root, classes) = (Surroundings.Root(), 10);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 < arguments.Length && arguments[i] == "--root")
            {
                root = arguments[i + 1];
            }
            else if (i + 1 < arguments.Length && arguments[i] == "--classes" && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out classes))
            {
            }
            else
            {
                Console.Error.WriteLine($"error: {arguments[i]} is no option with a value; expected --root FOLDER or --classes N");
                return 2;
            }
        }

        if (root is null || !Directory.Exists(Path.Combine(root, "src")))
        {
            Console.Error.WriteLine($"error: there is no folder src under {root ?? "this program"}; give --root FOLDER");
            return 2;
        }

        Print(Path.Combine(root, "src"), classes);
        return 0;
    }

    /// <summary>Lines of each type of the product, over all its files.</summary>
    /// <param name="source">The folder of the product's projects.</param>
    internal static Dictionary<string, int> ClassLines(string source) => Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Where(IsCounted)
        .SelectMany(file => Declarations(File.ReadAllText(file))).GroupBy(type => type.Name, StringComparer.Ordinal)
        .ToDictionary(type => type.Key, type => type.Sum(part => part.Lines), StringComparer.Ordinal);

    /// <summary>Public types that <c>using HtiTune;</c> shows, by full name.</summary>
    /// <param name="source">The folder of the product's projects.</param>
    internal static IReadOnlyCollection<string> FrontTypes(string source) => Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories).Where(IsCounted)
        .SelectMany(file => Declarations(File.ReadAllText(file))).Where(type => type.IsFront).Select(type => type.Name).ToHashSet(StringComparer.Ordinal);

    private static void Print(string source, int classes)
    {
        var projects = new SortedDictionary<string, (int Files, int Lines, int Types, int Records)>(StringComparer.Ordinal);
        var types = new Dictionary<string, int>(StringComparer.Ordinal);
        var front = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(source, "*.*", SearchOption.AllDirectories).Where(IsCounted).Order(StringComparer.Ordinal))
        {
            var text = File.ReadAllText(file);
            var lines = text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).Sum(line => (line.Length + Width - 1) / Width);
            var declared = file.EndsWith(".cs", StringComparison.Ordinal) ? Declarations(text) : [];
            foreach (var (name, length, isFront, _) in declared)
            {
                types[name] = types.GetValueOrDefault(name) + length;
                if (isFront)
                {
                    front.Add(name);
                }
            }

            var project = Path.GetRelativePath(source, file).Split(Path.DirectorySeparatorChar)[0];
            var (files, sum, count, records) = projects.GetValueOrDefault(project);
            projects[project] = (files + 1, sum + lines, count + declared.Count, records + declared.Count(type => type.IsRecord));
        }

        Console.WriteLine("| project | files | lines | types | records |\n|---|---|---|---|---|");
        foreach (var (project, (files, lines, count, records)) in projects)
        {
            Console.WriteLine($"| {project} | {files} | {lines} | {count} | {records} |");
        }

        Console.WriteLine($"| all | {projects.Values.Sum(p => p.Files)} | {projects.Values.Sum(p => p.Lines)} | {projects.Values.Sum(p => p.Types)} | {projects.Values.Sum(p => p.Records)} |\n");
        Console.WriteLine($"Public types of namespace HtiTune: {front.Count} ({string.Join(", ", front.Select(name => name[(name.LastIndexOf('.') + 1)..]))})\n");
        var things = SevenThings.In(types.Keys);
        Console.WriteLine("| thing | types | which |\n|---|---|---|");
        foreach (var (thing, names) in things)
        {
            Console.WriteLine($"| {thing} | {names.Count} | {string.Join(", ", names)} |");
        }

        Console.WriteLine($"| all | {things.Sum(thing => thing.Types.Count)} | |\n");
        var rooms = HouseWalk.Rooms(source);
        Console.WriteLine($"Rooms from a request to a running command: {rooms.Count} in {rooms.Select(room => room.Class).Distinct().Count()} classes; {string.Join("; ", HouseWalk.Faults(source, rooms).DefaultIfEmpty("all as written"))}\n");
        Console.WriteLine("| class, over all its files | lines |\n|---|---|");
        foreach (var (name, lines) in types.OrderByDescending(type => type.Value).Take(classes))
        {
            Console.WriteLine($"| {name} | {lines} |");
        }
    }

    private static List<(string Name, int Lines, bool IsFront, bool IsRecord)> Declarations(string text)
    {
        var root = CSharpSyntaxTree.ParseText(text).GetCompilationUnitRoot();
        return [.. root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(type =>
        {
            var space = type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";
            var outer = type.Ancestors().OfType<BaseTypeDeclarationSyntax>().Reverse().Select(parent => parent.Identifier.Text);
            var arity = type is TypeDeclarationSyntax { TypeParameterList.Parameters.Count: var count and > 0 } ? $"`{count}" : "";
            var span = type.GetLocation().GetLineSpan();
            return (
                string.Join('.', [space, .. outer, type.Identifier.Text + arity]),
                span.EndLinePosition.Line - span.StartLinePosition.Line + 1,
                space == "HtiTune" && type.Parent is BaseNamespaceDeclarationSyntax && type.Modifiers.Any(word => word.IsKind(SyntaxKind.PublicKeyword)),
                type is RecordDeclarationSyntax);
        })];
    }

    // What a tool of the database writes is not the house's.
    internal static bool IsCounted(string file) =>
        (file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal))
        && !Path.GetFullPath(file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "Migrations");
}

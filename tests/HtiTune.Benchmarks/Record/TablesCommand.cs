namespace HtiTune.Benchmarks.Record;

/// <summary>The verb <c>tables</c>: makes the tables of all Markdown files anew from the results.</summary>
internal static class TablesCommand
{
    internal const string Help =
        """
          tables [--check]                    makes the tables in Markdown files anew from results/*.jsonl; with --check says which differ, exit code 1
        """;

    /// <summary>Writes or checks.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <returns>0; 1 where files differ; 2 for wrong arguments; 3 where results or tables are faulty.</returns>
    internal static int Run(string[] arguments)
    {
        if (arguments is not ([] or ["--check"]) || Surroundings.Root() is not { } root)
        {
            Console.Error.WriteLine("error: tables takes --check alone, and needs the repository about it.");
            return 2;
        }

        try
        {
            var results = ResultTable.All(ResultTable.Folder(root));
            var stale = 0;
            foreach (var file in Files(root))
            {
                var text = File.ReadAllText(file);
                var made = ResultTable.Rewrite(text, results);
                if (made != text)
                {
                    stale++;
                    Console.WriteLine($"{Path.GetRelativePath(root, file)} {(arguments.Length > 0 ? "differs from the results" : "written")}");
                    if (arguments.Length == 0)
                    {
                        File.WriteAllText(file, made);
                    }
                }
            }

            return arguments.Length > 0 && stale > 0 ? 1 : 0;
        }
        catch (InvalidDataException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 3;
        }
    }

    /// <summary>All Markdown files of the repository.</summary>
    /// <param name="root">The repository.</param>
    internal static IEnumerable<string> Files(string root) =>
        new[] { Path.Combine(root, "README.md") }.Concat(new[] { "src", "tests", "examples" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.md", SearchOption.AllDirectories)))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules"));
}

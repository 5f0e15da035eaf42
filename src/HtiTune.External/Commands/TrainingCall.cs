using System.Text.Json;

namespace HtiTune.External;

/// <summary>One run of a command that trains: what its placeholders and its environment are filled with, wherever it runs.</summary>
/// <param name="Space">The hyperparameters, whose names stand for their values; the name of a single one stands beside <c>{lambda}</c>.</param>
/// <param name="Configuration">The values of the hyperparameters, in their own units.</param>
/// <param name="Seed">Seed of all chance in the training.</param>
/// <param name="Contexts">File of the contexts; empty where there is none.</param>
/// <param name="Output">File that the command is to write.</param>
internal sealed record TrainingCall(SearchSpace Space, Configuration Configuration, long Seed, string Contexts, string Output)
{
    /// <summary>
    /// The program and its arguments. An argument that names a hyperparameter which is not active is left out, with the option before it where it stands alone:
    /// of <c>--slope {slope}</c> both.
    /// </summary>
    /// <param name="command">The command with its placeholders.</param>
    /// <exception cref="FormatException">A placeholder is unknown.</exception>
    internal List<string> Words(IEnumerable<string> command)
    {
        var words = new List<string>();
        var before = "";
        foreach (var word in command)
        {
            var isActive = true;
            var filled = Placeholders.Fill(word, name =>
            {
                var value = ValueOf(name);
                isActive &= value is not null;
                return value ?? "";
            });
            if (isActive)
            {
                words.Add(filled);
            }
            else if (word[0] == '{' && words.Count > 1 && before.StartsWith('-') && !before.Contains('{'))
            {
                words.RemoveAt(words.Count - 1);
            }

            before = word;
        }

        return words;
    }

    /// <summary>The environment beside that of this process: the same values by name, over what the command is given by its owner.</summary>
    /// <param name="own">Variables that its owner gives it.</param>
    /// <param name="folder">The attempt's folder, by which all processes of the attempt are known.</param>
    internal Dictionary<string, string> Environment(IEnumerable<KeyValuePair<string, string>> own, string folder)
    {
        var variables = new Dictionary<string, string>(own)
        {
            ["HTITUNE_SEED"] = Placeholders.SeedOf(Seed),
            ["HTITUNE_CONTEXTS"] = Contexts,
            ["HTITUNE_OUT"] = Output,
            ["HTITUNE_CONFIGURATION"] = Json(),
            [ProcessTree.AttemptMark] = folder,
        };
        if (Space.Count == 1)
        {
            variables["HTITUNE_LAMBDA"] = Text(Configuration[Space[0].Name]);

            // A script that reads its own name goes on where another hyperparameter joins; what stands there already comes first.
            variables.TryAdd(VariableOf(Space[0].Name), Text(Configuration[Space[0].Name]));
            return variables;
        }

        foreach (var (name, value) in Configuration.Pairs)
        {
            variables[VariableOf(name)] = Text(value);
        }

        return variables;
    }

    // Null of a hyperparameter that is not active.
    private string? ValueOf(string name) => name switch
    {
        // A hyperparameter of one of these names does not hide them.
        Placeholders.Seed => Placeholders.SeedOf(Seed),
        Placeholders.Contexts => Contexts,
        Placeholders.Out => Output,
        Placeholders.Lambda when Space.Count == 1 => Text(Configuration[Space[0].Name]),
        _ when Configuration.TryGet(name, out var value) => Text(value),
        _ when Space.Any(one => one.Name == name) => null,
        _ => throw Placeholders.Unknown(name, Space.Count == 1 ? Placeholders.Allowed(Space[0].Name) : [.. Space.Select(one => one.Name), Placeholders.Seed, Placeholders.Contexts, Placeholders.Out]),
    };

    private static string Text(HyperparameterValue value) => value.IsNumber ? Placeholders.Number(value.Number) : value.Word;

    /// <summary>The variable that holds a hyperparameter's value.</summary>
    internal static string VariableOf(string name) => "HTITUNE_" + new string([.. name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : '_')]);

    private string Json()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            new ConfigurationConverter().Write(writer, Configuration, JsonSerializerOptions.Default);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}

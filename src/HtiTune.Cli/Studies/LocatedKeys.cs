using HtiTune.External;

namespace HtiTune.Cli;

/// <summary>Single keys of a file: each method asks for what it expects, and notes a fault where something else stands.</summary>
internal abstract class LocatedKeys
{
    /// <summary>What is wrong, with its line.</summary>
    protected List<(int Line, string Message)> Faults { get; } = [];

    /// <summary>The objects that were read, and the keys that each may have.</summary>
    protected List<(LocatedJson Node, List<string> Known)> Objects { get; } = [];

    protected LocatedJson? Object(LocatedJson parent, string key, bool isOpen = false) =>
        Take(parent, key) is { Kind: not JsonTokenType.Null } node && (isOpen ? node.Kind == JsonTokenType.StartObject || Wrong(node, key, "an object { … }") : IsObject(node, key)) ? node : null;

    protected bool IsObject(LocatedJson node, string key)
    {
        if (node.Kind != JsonTokenType.StartObject)
        {
            return Wrong(node, key, "an object { … }");
        }

        if (!Objects.Exists(pair => ReferenceEquals(pair.Node, node)))
        {
            Objects.Add((node, []));
        }

        return true;
    }

    /// <summary>What stands at a key; nothing where the object is left out.</summary>
    protected LocatedJson? Take(LocatedJson? parent, string key)
    {
        if (parent is null)
        {
            return null;
        }

        var known = Objects.Find(pair => ReferenceEquals(pair.Node, parent)).Known;
        if (known is null)
        {
            Objects.Add((parent, known = []));
        }

        if (!known.Contains(key))
        {
            known.Add(key);
        }

        return parent.Members.FindLast(member => member.Name == key).Value;
    }

    protected LocatedJson? Require(LocatedJson parent, string key, string expected)
    {
        if (Take(parent, key) is { Kind: not JsonTokenType.Null } node)
        {
            return node;
        }

        Fault(parent.Line, $"\"{key}\" is missing; expected {expected}");
        return null;
    }

    protected string? Text(LocatedJson? parent, string key) => Take(parent, key) switch
    {
        null or { Kind: JsonTokenType.Null } => null,
        { Kind: JsonTokenType.String, Text.Length: > 0 } node when !node.Text.Contains('\0') => node.Text,
        var node => Wrong<string>(node, key, "a text"),
    };

    protected List<string>? Strings(LocatedJson? parent, string key)
    {
        if (Take(parent, key) is not { Kind: not JsonTokenType.Null } node)
        {
            return null;
        }

        var texts = node.Elements.ConvertAll(element => element.Text);
        return node.Kind == JsonTokenType.StartArray && texts.Count > 0 && node.Elements.TrueForAll(element => element.Kind == JsonTokenType.String)
            && texts.TrueForAll(text => text.Length > 0) && texts.Distinct().Count() == texts.Count
            ? texts
            : Wrong<List<string>>(node, key, node.Kind == JsonTokenType.StartArray && texts.Count == 0 ? "one name at least, or no such key" : "a list of different names");
    }

    protected string? Choice(LocatedJson? parent, string key, string[] allowed)
    {
        if (Text(parent, key) is not { } text || allowed.Contains(text))
        {
            return Text(parent, key);
        }

        Fault(Take(parent, key)!.Line, $"\"{key}\" is \"{text}\"; expected one of {string.Join(", ", allowed)}{Nearest.Question(text, allowed)}");
        return null;
    }

    protected double? Number(LocatedJson? parent, string key, Func<double, bool> isRight, string expected)
    {
        if (Take(parent, key) is not { Kind: not JsonTokenType.Null } node)
        {
            return null;
        }

        return isRight(node.Number) ? node.Number : Wrong<double?>(node, key, expected);
    }

    protected List<double>? Numbers(LocatedJson? parent, string key)
    {
        if (Take(parent, key) is not { Kind: not JsonTokenType.Null } node)
        {
            return null;
        }

        return node.Kind == JsonTokenType.StartArray && node.Elements.Count > 0 && node.Elements.TrueForAll(element => element.Kind == JsonTokenType.Number && double.IsFinite(element.Number))
            ? node.Elements.ConvertAll(element => element.Number)
            : Wrong<List<double>>(node, key, "a list of numbers");
    }

    protected long? Whole(LocatedJson? parent, string key, long least, long most) =>
        (long?)Number(parent, key, value => value >= least && value <= most && value == Math.Floor(value) && value < 1L << 53, $"a whole number, {least} to {Math.Min(most, 1L << 53)}");

    protected bool? Flag(LocatedJson? parent, string key) => Take(parent, key) switch
    {
        null or { Kind: JsonTokenType.Null } => null,
        { Kind: JsonTokenType.True } => true,
        { Kind: JsonTokenType.False } => false,
        var node => Wrong<bool?>(node, key, "true or false"),
    };

    protected TimeSpan? Time(LocatedJson? parent, string key, TimeSpan least) => Take(parent, key) switch
    {
        null or { Kind: JsonTokenType.Null } => null,
        { Kind: JsonTokenType.String or JsonTokenType.Number } node when Duration.TryParse(node.Text, out var value) && value >= least => value,
        var node => Wrong<TimeSpan?>(node, key, Duration.Expected),
    };

    protected bool Wrong(LocatedJson node, string key, string expected)
    {
        Fault(node.Line, $"\"{key}\" is {node.Shown}; expected {expected}");
        return false;
    }

    // Nothing, in the place of a value that is wrong.
    private T? Wrong<T>(LocatedJson node, string key, string expected)
    {
        Wrong(node, key, expected);
        return default;
    }

    protected void Fault(int line, string message) => Faults.Add((line, message));

    /// <summary>Notes the fault of a value, as what took it said it.</summary>
    protected void Fault(int line, ArgumentException problem, string before = "") => Fault(line, before + TextOf(problem));

    /// <summary>What an argument's fault says, without the parameter's name and the full stop.</summary>
    protected static string TextOf(ArgumentException problem) => problem.Message.Split(" (Parameter")[0].TrimEnd('.');

    /// <summary>A command: a text that is split as a shell would, or its words.</summary>
    /// <exception cref="FormatException">It is neither, or empty.</exception>
    protected static IReadOnlyList<string> Words(LocatedJson node)
    {
        IReadOnlyList<string> words = node.Kind switch
        {
            JsonTokenType.String => CommandText.Split(node.Text),
            JsonTokenType.StartArray when node.Elements.TrueForAll(element => element.Kind == JsonTokenType.String) => [.. node.Elements.Select(element => element.Text)],
            _ => throw new FormatException($"\"command\" is {node.Shown}; expected a text, or a list of texts: the program and its arguments"),
        };
        return words.Count > 0 && words[0].Length > 0 ? words : throw new FormatException("\"command\" is empty; expected the program that trains, and its arguments");
    }
}

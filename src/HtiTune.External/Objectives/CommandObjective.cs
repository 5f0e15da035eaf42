using System.Globalization;
using System.Security.Cryptography;
using HtiTune.Data;

namespace HtiTune.External;

/// <summary>
/// <c>command: python score.py {outputs}</c>: a program that prints one number for a .npy file of outputs. It is run for the real outputs and
/// for those of the surrogate at many λ, so it should be quick; what it has said of the same outputs it is not asked again.
/// </summary>
internal sealed class CommandObjective : IObjective
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private readonly string _text;
    private readonly List<string> _words;
    private readonly ObjectiveScope _scope;
    private readonly Dictionary<string, double> _known = [];

    internal CommandObjective(string text, ObjectiveScope scope)
    {
        if (scope.Files is null)
        {
            throw new FormatException("the objective is a program, and none is run here; expected an expression, e.g. mean(cost)");
        }

        (_text, _scope) = (text, scope);
        _words = CommandText.Split(text);
        string[] allowed = [Placeholders.Outputs, Placeholders.Lambda];
        var used = new List<string>();
        _words.ForEach(word => Placeholders.Fill(word, name =>
        {
            used.Add(name);
            return allowed.Contains(name) ? "" : throw new FormatException($"{{{name}}} in the objective is unknown; expected {{outputs}} or {{lambda}}");
        }));
        if (_words.Count == 0 || !used.Contains(Placeholders.Outputs))
        {
            throw new FormatException("the objective's command does not use {outputs}; expected e.g. command: python score.py {outputs}");
        }
    }

    public string Text => $"command: {_text}";

    public double Value(Samples samples, double lambda)
    {
        var key = Convert.ToHexString(SHA256.HashData(NpyFile.ToBytes(samples.Outputs)))
            + (_words.Any(word => word.Contains("{lambda}", StringComparison.Ordinal)) ? Placeholders.Number(lambda) : "");
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        Directory.CreateDirectory(_scope.WorkFolder);
        var (outputs, log) = (Path.Combine(_scope.WorkFolder, "score.npy"), Path.Combine(_scope.WorkFolder, "score.txt"));
        NpyFile.Write(outputs, samples.Outputs);
        File.WriteAllText(log, "");
        List<string> words = [.. _words.Select(word => Placeholders.Fill(word, name => name == Placeholders.Outputs ? outputs : Placeholders.Number(lambda)))];
        words[0] = CommandText.Find(words[0], _scope.Folder) ?? throw new InvalidOperationException($"there is no program '{words[0]}' that can be run; expected one on the PATH");
        var environment = new Dictionary<string, string> { [ProcessTree.AttemptMark] = outputs };
        var result = ChildProcess.Run(new ChildRequest(words, _scope.Folder, environment, log, outputs, s_limit, TimeSpan.FromSeconds(2)), TimeProvider.System, () => { }, default, default);
        var said = TrainingLog.Tail(log, 5);
        if (result is not { End: ChildEnd.Exited, ExitCode: 0 })
        {
            throw new InvalidOperationException($"the scoring command ended with exit code {result.ExitCode}: {string.Join(" | ", said)}");
        }

        return _known[key] = said.Count > 0 && double.TryParse(said[^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new InvalidOperationException($"the scoring command printed '{(said.Count > 0 ? said[^1] : "")}'; expected one number on its last line");
    }
}

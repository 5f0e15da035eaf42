namespace HtiTune.External;

/// <summary>
/// <c>command: python score.py {outputs}</c>: a program that prints one number for a .npy file of outputs; or <c>command: python score.py {list}</c>, which
/// prints a number a line for the files that a text file names. It judges the real outputs and those of the surrogate at many λ; what it has said of the
/// same outputs it is not asked again, in later processes neither.
/// </summary>
internal sealed class CommandObjective : IObjective
{
    // For one file, and for each that is judged with it.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_limitEach = TimeSpan.FromSeconds(10);
    private readonly string _text;
    private readonly List<string> _words;
    private readonly ObjectiveScope _scope;
    private readonly ScoreCache _known;
    private readonly bool _usesLambda;

    internal CommandObjective(string text, ObjectiveScope scope)
    {
        if (scope.Files is null)
        {
            throw new FormatException("the objective is a program, and none is run here; expected an expression, e.g. mean(cost)");
        }

        (_text, _scope) = (text, scope);
        _words = CommandText.Split(text);
        string[] allowed = [Placeholders.Outputs, Placeholders.List, Placeholders.Lambda];
        var used = new HashSet<string>();
        _words.ForEach(word => Placeholders.Fill(word, name =>
        {
            used.Add(name);
            return allowed.Contains(name) ? "" : throw new FormatException($"{{{name}}} in the objective is unknown; expected {{outputs}}, {{list}} or {{lambda}}{Nearest.Question(name, allowed)}");
        }));
        (IsBatched, _usesLambda) = (used.Contains(Placeholders.List), used.Contains(Placeholders.Lambda));
        if (_words.Count == 0 || used.Contains(Placeholders.Outputs) == IsBatched)
        {
            throw new FormatException(IsBatched
                ? "the objective's command uses both {outputs} and {list}; expected one of them: a file of outputs, or a file that names many"
                : "the objective's command does not use {outputs}; expected e.g. command: python score.py {outputs}");
        }

        if (IsBatched && _usesLambda)
        {
            throw new FormatException("the objective's command uses {lambda} beside {list}, which names outputs of many λ; expected {list} alone: each line is a file, a tab and its λ");
        }

        _known = new ScoreCache(scope.WorkFolder, _words, scope.Folder);
    }

    public string Text => $"command: {_text}";

    /// <summary>Whether one process judges outputs of many λ.</summary>
    internal bool IsBatched { get; }

    public IReadOnlyList<string> Faults(KnownColumns columns) =>
        CommandText.Find(_words[0], _scope.Folder) is null ? [$"the objective's command: there is no program '{_words[0]}' that can be run; expected one on the PATH"]
        : CommandText.MissingScript(_words, _scope.Folder) is { } script ? [$"the objective's command runs {script}, and there is no such file in {_scope.Folder}; expected a script that exists"]
        : [];

    /// <summary>Judges outputs of many λ in one process, where the command can; their values are known afterwards.</summary>
    /// <param name="many">Outputs with their λ.</param>
    /// <exception cref="InvalidOperationException">The command failed, or printed something else than a number for each.</exception>
    internal void Prepare(IEnumerable<(Samples Samples, double Lambda)> many)
    {
        if (!IsBatched)
        {
            return;
        }

        var unknown = many.Select(one => (Key: Key(one.Samples, one.Lambda), one.Samples, one.Lambda)).DistinctBy(one => one.Key).Where(one => _known.Find(one.Key) is null).ToList();
        if (unknown.Count == 0)
        {
            return;
        }

        var values = Run([.. unknown.Select(one => (one.Samples, one.Lambda))]);
        _known.Add(unknown.Zip(values, (one, value) => (one.Key, value)));
    }

    public double Value(Samples samples, double lambda)
    {
        var key = Key(samples, lambda);
        if (_known.Find(key) is { } known)
        {
            return known;
        }

        var value = Run([(samples, lambda)])[0];
        _known.Add([(key, value)]);
        return value;
    }

    /// <summary>What the command has said of outputs before; null where it has not been asked.</summary>
    internal double? Known(Samples samples, double lambda) => _known.Find(Key(samples, lambda));

    private string Key(Samples samples, double lambda) => _known.Key(samples.Outputs, _usesLambda || IsBatched ? lambda : null);

    private double[] Run(IReadOnlyList<(Samples Samples, double Lambda)> many)
    {
        Directory.CreateDirectory(_scope.WorkFolder);
        var (single, list, log) = (Path.Combine(_scope.WorkFolder, "score.npy"), Path.Combine(_scope.WorkFolder, "scores.txt"), Path.Combine(_scope.WorkFolder, "score.txt"));
        List<string> files = IsBatched ? [.. many.Select((_, i) => Path.Combine(_scope.WorkFolder, string.Create(CultureInfo.InvariantCulture, $"score-{i + 1}.npy")))] : [single];
        for (var i = 0; i < many.Count; i++)
        {
            NpyFile.Write(files[i], many[i].Samples.Outputs);
        }

        if (IsBatched)
        {
            File.WriteAllLines(list, files.Zip(many, (file, one) => $"{file}\t{Placeholders.Number(one.Lambda)}"));
        }

        File.WriteAllText(log, "");
        List<string> words = [.. _words.Select(word => Placeholders.Fill(word, name => name switch
        {
            Placeholders.Outputs => single,
            Placeholders.List => list,
            _ => Placeholders.Number(many[0].Lambda),
        }))];
        words[0] = CommandText.Find(words[0], _scope.Folder) ?? throw new InvalidOperationException($"there is no program '{words[0]}' that can be run; expected one on the PATH");
        var environment = new Dictionary<string, string> { [ProcessTree.AttemptMark] = single };
        var limit = s_limit + s_limitEach * (many.Count - 1);
        var result = ChildProcess.Run(new ChildRequest(words, _scope.Folder, environment, log, single, limit, TimeSpan.FromSeconds(2)), TimeProvider.System, () => { }, default, default);
        var said = TrainingLog.Tail(log, Math.Max(5, many.Count));
        if (result is not { End: ChildEnd.Exited, ExitCode: 0 })
        {
            throw new InvalidOperationException($"the scoring command ended with exit code {result.ExitCode}: {string.Join(" | ", said.TakeLast(5))}");
        }

        var numbers = said.TakeLast(many.Count).Select(line => double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : (double?)null).ToList();
        if (numbers.Count < many.Count || numbers.Contains(null))
        {
            var last = said.Count > 0 ? said[^1] : "";
            throw new InvalidOperationException(IsBatched
                ? $"the scoring command was given {many.Count} files, and its last lines are {numbers.Count(number => number is not null)} numbers (the last: '{last}'); expected a number a line for each file, in their order"
                : $"the scoring command printed '{last}'; expected one number on its last line");
        }

        files.Where(file => file != single).ToList().ForEach(File.Delete);
        return [.. numbers.Select(number => number!.Value)];
    }
}

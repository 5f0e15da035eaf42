using System.CommandLine.Parsing;
using System.Text;

namespace HtiTune.Cli;

/// <summary><c>htitune run</c>: a study in one line.</summary>
internal sealed class RunCommand
{
    private readonly Option<string[]> _parameters = new("--parameter", "-P")
    {
        Description = $"What is tuned, once for each: NAME=FROM..TO, then :SCALE for another scale than linear: {string.Join(", ", Scale.Names.Skip(1))} (symlog holds 0; symlog=1e-5 is linear below 1e-5); "
            + "NAME=FROM..TO:int for whole numbers, :int:step=16 for every sixteenth; "
            + "NAME=word,word for words, :ordered behind them if their order counts; ' if NAME=value' in the end for one that is active only then.",
        Required = true, HelpName = "NAME=FROM..TO[:SCALE]", Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string> _objective = new("--objective") { Description = "What is optimised; see `htitune help objectives`.", DefaultValueFactory = _ => "column:0", HelpName = "OBJECTIVE" };
    private readonly Option<string> _goal = new("--goal") { Description = "Whether less or more of it is better.", DefaultValueFactory = _ => "minimize", HelpName = "minimize|maximize" };
    private readonly Option<string[]> _front = new("--front")
    {
        Description = "Another objective, once for each, 'maximize' before it where more is better: of all together the Pareto front is looked for.", HelpName = "'[maximize] OBJECTIVE'",
    };
    private readonly Option<string[]> _constraints = new("--constraint", "-C")
    {
        Description = "What must hold, once for each: an objective, <= or >=, and a number; or sums of hyperparameters, as in 'x + 2*y <= 1' or 'shortest < longest'.",
        HelpName = "'OBJECTIVE <= NUMBER'",
    };
    private readonly Option<string?> _contexts = new("--contexts") { Description = "A file of conditions, one row for each question that every network is asked.", HelpName = "FILE" };
    private readonly Option<string?> _format = new("--format")
    {
        Description = $"The outputs' file: {ArrayFile.Endings}. Left out, {{out}} ends in .npy and may hold text all the same; the first training then tells its columns' names.", HelpName = "ENDING",
    };
    private readonly Option<string?> _columns = new("--columns") { Description = "Names of the outputs' columns.", HelpName = "a,b,…" };
    private readonly Option<int?> _trainings = CommonOptions.Trainings();
    private readonly Option<int?> _parallel = CommonOptions.Parallel();
    private readonly Option<TimeSpan?> _allowed = CommonOptions.Time();
    private readonly Option<bool> _replicate = CommonOptions.Replicate();
    private readonly Option<bool> _onward = CommonOptions.GoOn();
    private readonly Option<string?> _limit = new("--time-limit") { Description = "Time limit of a training, e.g. 1h.", HelpName = "TIME" };
    private readonly Option<long> _seed = new("--seed") { Description = "Seed of all chance.", DefaultValueFactory = _ => 1, HelpName = "s" };
    private readonly Option<string> _output = new("--out", "-o") { Description = "The folder that keeps the study.", DefaultValueFactory = _ => StudyLocator.RunFolder, HelpName = "FOLDER" };
    private readonly Option<bool> _force = StudyFolders.Force();
    private readonly Option<bool> _dry = new("--dry-run", "-n") { Description = "Show the next trainings' exact commands and start nothing." };
    private readonly Option<bool> _json = CommonOptions.Json("the result");
    private readonly Option<string?> _events = CommonOptions.Events();
    private readonly Option<bool> _quiet = CommonOptions.Quiet();
    private readonly Argument<string[]> _words = new("command") { Description = "After --, your command, with {lambda} and {out}.", Arity = ArgumentArity.OneOrMore, HelpName = "-- COMMAND" };

    internal static Command Create() => new RunCommand().ToCommand();

    private Command ToCommand()
    {
        _goal.AcceptOnlyFromAmong("minimize", "maximize");
        _format.AcceptOnlyFromAmong(ArrayFile.Formats);
        var command = new Command(
            "run",
            "Tune with one line. Your command trains at {lambda}, and leaves its outputs in {out}; no shell reads it.\n"
            + "The study is kept in a folder, and the same line goes on where it was broken off.\n\n"
            + "Examples:\n  htitune run -P lambda=0.01..10:log -- python train.py --lambda {lambda} --out {out}\n"
            + "  htitune run -P lr=1e-5..1e-1:log -P layers=1..4:int -P act=relu,gelu -- python train.py --lr {lr} --layers {layers} --act {act} --out {out}\n"
            + "  htitune run -P dropout=0..0.9 --objective column:loss --columns loss,accuracy -n -- python train.py --dropout {dropout} --out {out}")
        {
            _parameters, _objective, _goal, _front, _constraints,
            _contexts, _format, _columns, _trainings, _allowed, _parallel, _limit, _replicate, _onward, _seed, _output, _force, _dry, _json, _events, _quiet, _words,
        };
        command.Do(Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        Terminal.IsQuiet = result.GetValue(_quiet);
        var folder = Path.GetFullPath(result.GetRequiredValue(_output));
        var text = Text(writer => WriteStudy(writer, result));
        var isDry = result.GetValue(_dry);
        var study = Placed(folder, text, isDry, read => StudyChanges.Notice(read, CommonOptions.Line(result), result.GetValue(_force))) with { UseWholeBudget = result.GetValue(_onward) };
        foreach (var warning in StudyCheck.Warnings(study))
        {
            Terminal.Warn(warning);
        }

        return isDry
            ? DryRun.Show(study, result.GetValue(_json), CommonOptions.Line(result))
            : new TuningWork(study, study.Objective, null, result.GetValue(_json), result.GetValue(_events) is not null, CommonOptions.Line(result)).Run();
    }

    // The members of the study file that the line says.
    private void WriteStudy(Utf8JsonWriter writer, ParseResult result)
    {
        writer.WriteNumber("schema", 1);
        WriteParameters(writer, result.GetRequiredValue(_parameters));
        writer.WriteStartArray("command");
        result.GetRequiredValue(_words).ToList().ForEach(writer.WriteStringValue);
        writer.WriteEndArray();
        writer.WriteString("workingDirectory", Directory.GetCurrentDirectory());
        if (result.GetValue(_contexts) is { } file)
        {
            writer.WriteString("contexts", Path.GetFullPath(file));
        }

        writer.WriteStartObject("outputs");
        if (result.GetValue(_format) is { } format)
        {
            writer.WriteString("format", format);
        }

        if (result.GetValue(_columns) is { } names)
        {
            writer.WriteStartArray("columns");
            names.Split(',').ToList().ForEach(name => writer.WriteStringValue(name.Trim()));
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteString("objective", result.GetRequiredValue(_objective));
        writer.WriteString("goal", result.GetRequiredValue(_goal));
        if (result.GetValue(_front) is { Length: > 0 } front)
        {
            writer.WriteStartArray("front");
            front.ToList().ForEach(writer.WriteStringValue);
            writer.WriteEndArray();
        }

        if (result.GetValue(_constraints) is { Length: > 0 } constraints)
        {
            writer.WriteStartArray("constraints");
            constraints.ToList().ForEach(writer.WriteStringValue);
            writer.WriteEndArray();
        }

        writer.WriteStartObject("budget");
        Whole(writer, "trainings", result.GetValue(_trainings));
        Whole(writer, "parallel", result.GetValue(_parallel));
        if (result.GetValue(_allowed) is { } longest)
        {
            writer.WriteNumber("time", longest.TotalSeconds);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("training");
        if (result.GetValue(_limit) is { } time)
        {
            writer.WriteString("timeLimit", time);
        }

        writer.WriteEndObject();
        writer.WriteNumber("seed", result.GetValue(_seed));
        if (result.GetValue(_replicate))
        {
            writer.WriteBoolean("replicate", true);
        }
    }

    /// <summary>Writes the study file and reads it back, so that both ways into a study are one; a file that has faults is not left.</summary>
    private static StudySpecification Placed(string folder, string text, bool isDry, Action<StudySpecification> notice)
    {
        var file = Path.Combine(folder, StudyLocator.FileName);
        var before = File.Exists(file) ? File.ReadAllText(file) : null;
        var existed = Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        var isKept = false;
        try
        {
            var study = Checked(file);
            if (!isDry)
            {
                notice(study);
            }

            isKept = !isDry;
            return study;
        }
        finally
        {
            if (!isKept && before is not null)
            {
                File.WriteAllText(file, before);
            }
            else if (!isKept)
            {
                File.Delete(file);
                if (!existed)
                {
                    Directory.Delete(folder);
                }
            }
        }
    }

    // Nobody wrote this file, and with a fault it does not stay: its lines would lead nowhere.
    private static StudySpecification Checked(string file)
    {
        try
        {
            return StudyCheck.Read(file, Settings.Find(Directory.GetCurrentDirectory()));
        }
        catch (CliException fault) when (fault.Message.StartsWith(file, StringComparison.Ordinal))
        {
            throw new CliException(fault.Code, Typed(fault.Message), fault.Help) { MoreHelp = fault.MoreHelp, Faults = [.. fault.Faults.Select(Typed)] };
        }

        string Typed(string text) => !text.StartsWith(file, StringComparison.Ordinal) ? text
            : text[file.Length] == ':' ? text[(text.IndexOf(": ", file.Length, StringComparison.Ordinal) + 2)..]
            : $"the command line{text[file.Length..]}";
    }

    private static string Text(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Whole(Utf8JsonWriter writer, string name, int? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void WriteParameters(Utf8JsonWriter writer, string[] texts)
    {
        if (texts is [var only] && IsRange(only))
        {
            WriteParameter(writer, only);
            return;
        }

        writer.WriteStartArray("hyperparameters");
        texts.ToList().ForEach(writer.WriteStringValue);
        writer.WriteEndArray();
    }

    // One range of numbers, or what is not understood and is told as one.
    private static bool IsRange(string text)
    {
        try
        {
            return Hyperparameter.Parse(text) is ContinuousHyperparameter { Condition: null };
        }
        catch (ArgumentException)
        {
            return (text.Contains("..", StringComparison.Ordinal) || !text.Contains(','))
                && !text.Split(':').Skip(1).Any(word => word.StartsWith("int", StringComparison.Ordinal) || word.StartsWith("step=", StringComparison.Ordinal));
        }
    }

    private static void WriteParameter(Utf8JsonWriter writer, string text)
    {
        var equals = text.IndexOf('=');
        var colon = text.LastIndexOf(':');
        var ends = equals < 1 ? [] : text[(equals + 1)..(colon > equals ? colon : text.Length)].Split("..");
        if (ends.Length != 2
            || !double.TryParse(ends[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var from)
            || !double.TryParse(ends[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var to)
            || !double.IsFinite(from) || !double.IsFinite(to))
        {
            var meant = HyperparameterText.Foreign(text) ?? "expected NAME=FROM..TO, NAME=FROM..TO:SCALE, NAME=FROM..TO:int or NAME=word,word, e.g. lambda=0.01..10:log";
            throw new CliException("H001", $"'{text}' is not what -P takes; {meant}.", Advice.Help.For("run"));
        }

        writer.WriteStartObject("hyperparameter");
        writer.WriteString("name", text[..equals]);
        writer.WriteNumber("from", from);
        writer.WriteNumber("to", to);
        writer.WriteString("scale", colon > equals ? text[(colon + 1)..] : "linear");
        writer.WriteEndObject();
    }
}

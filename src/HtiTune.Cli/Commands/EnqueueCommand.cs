using HtiTune.External;

namespace HtiTune.Cli;

/// <summary><c>htitune enqueue</c>: values of one's own choice, trained next.</summary>
internal static class EnqueueCommand
{
    internal static Command Create()
    {
        var values = new Argument<string[]>("values") { Description = "Values to train, in this order.", Arity = ArgumentArity.ZeroOrMore, HelpName = "VALUE…" };
        var study = new Option<string?>("--study") { Description = "The study file, or a folder with one. Default: as for the other verbs.", HelpName = "STUDY" };
        var clear = new Option<bool>("--clear") { Description = "Take what waits out first; alone, nothing waits afterwards." };
        var wait = CommonOptions.Wait("Wait until whoever has the study open lets go of it: for ever, or so long, e.g. 30m. Without it, a minute at most.");
        var json = CommonOptions.Json("what waits");
        var command = new Command(
            "enqueue",
            "Have values of your own choice trained next, before what htitune would choose. They count against the budget; a value that is trained already\n"
            + "or waits is left out.\n\nExamples:\n  htitune enqueue 0.3 0.5\n  htitune enqueue lr=0.003,layers=2,act=gelu\n  htitune enqueue --clear\n  htitune enqueue --clear 0.4")
        {
            values, study, clear, wait, json,
        };
        var served = ServerOptions.AddTo(command);
        command.Do(result =>
        {
            var (texts, isClear) = (result.GetValue(values) ?? [], result.GetValue(clear));
            CliException.ThrowIf(texts.Length == 0 && !isClear,
                "H001", "enqueue takes values or --clear; expected at least one value, e.g. 0.3.", Advice.Help.For("enqueue"));

            var patience = result.GetResult(wait) is null ? Patience.Steps() : Patience.Of(result.GetValue(wait)!.Value);
            using var server = served.Open(result);
            return server is not null
                ? ServedSteps.Enqueue(server, result.GetValue(study), texts, isClear, result.GetValue(json))
                : Enqueue(StudyLocator.Read(result.GetValue(study)), texts, isClear, patience, result.GetValue(json));
        });
        return command;
    }

    /// <summary>The values of texts.</summary>
    /// <exception cref="CliException">Some are wrong; all of them are named.</exception>
    private static IEnumerable<double> Parse(IReadOnlyList<string> texts, double least, double most)
    {
        var faults = new List<string>();
        var values = new List<double>();
        for (var i = 0; i < texts.Count; i++)
        {
            if (!double.TryParse(texts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            {
                faults.Add($"'{texts[i]}' is no number; expected one such as 0.3");
                continue;
            }

            if (value < least || value > most)
            {
                faults.Add($"{texts[i]} is not in the range; expected {Placeholders.Number(least)} to {Placeholders.Number(most)}");
            }
            else if (values.Contains(value))
            {
                faults.Add($"{texts[i]} comes twice; expected each value once");
            }

            values.Add(value);
        }

        return faults.Count == 0 ? values : throw new CliException("H003", faults.Count == 1 ? faults[0] + "." : $"{faults.Count} of {texts.Count} values are wrong; nothing was enqueued.", Advice.Help.For("enqueue"))
        {
            Faults = faults.Count == 1 ? [] : faults,
        };
    }

    private static int Enqueue(StudySpecification study, string[] texts, bool clear, Patience patience, bool json)
    {
        var wanted = Wanted(texts, study.Space);
        using var session = StudySession.Open(study, new TuneDisplay(), null, patience);
        if (clear)
        {
            session.Tuner.ClearWaiting();
        }

        var added = wanted.Count == 0 ? [] : session.Tuner.Enqueue(wanted);
        Tell(wanted, added, session.Tuner.Waiting, study.Space, json);
        return ExitCode.Done;
    }

    /// <summary>What texts want trained: numbers, and of several hyperparameters names and values, lr=0.003,layers=2.</summary>
    /// <exception cref="CliException">Some are wrong; all of them are named.</exception>
    internal static IReadOnlyList<Configuration> Wanted(string[] texts, SearchSpace space) =>
        space.IsLine ? [.. Parse(texts, space.Line.Minimum, space.Line.Maximum).Select(value => new Configuration(space.Label, value))] : Configurations(texts, space);

    /// <summary>The configurations of texts.</summary>
    /// <exception cref="CliException">Some are wrong; all of them are named.</exception>
    internal static IReadOnlyList<Configuration> Configurations(IReadOnlyList<string> texts, SearchSpace space, string verb = "enqueue")
    {
        var faults = new List<string>();
        var wanted = new List<Configuration>();
        foreach (var text in texts)
        {
            if (NamedTexts.Of(text) is not { } pairs)
            {
                faults.Add($"'{text}' is not understood; expected each name once with a value, e.g. {StudyPaths.Example(space)}");
                continue;
            }

            // In the order of the space, however they are typed.
            var configuration = space.Ordered(new Configuration([.. pairs.Select(pair => (pair.Name, ValueOf(space, pair.Name, pair.Text)))]));
            faults.AddRange(space.FaultsOf(configuration).Select(fault => $"'{text}': {fault}"));
            wanted.Add(configuration);
        }

        if (faults.Count > 0)
        {
            var told = faults.Count == 1 ? faults[0] + "." : $"{faults.Count} faults; nothing was {(verb == "enqueue" ? "enqueued" : "done")}.";
            throw new CliException("H003", told, Advice.Help.For(verb)) { Faults = faults.Count == 1 ? [] : faults };
        }

        return wanted;
    }

    private static HyperparameterValue ValueOf(SearchSpace space, string name, string text) =>
        space.FirstOrDefault(one => one.Name == name) is CategoricalHyperparameter || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? text : number;

    /// <summary>Says what was added, what was left out, and what waits.</summary>
    internal static void Tell(IReadOnlyList<Configuration> wanted, IReadOnlyList<Configuration> added, IReadOnlyList<Configuration> waiting, SearchSpace space, bool json)
    {
        foreach (var one in wanted.Except(added))
        {
            Terminal.Say($"{Shown(one)} is trained already, under way or enqueued: left out");
        }

        Terminal.Say(waiting.Count == 0 ? "nothing waits" : $"to be trained next: {string.Join(space.IsLine ? ", " : "; ", waiting.Select(Shown))}");
        if (json)
        {
            var converter = new ShortConfigurationConverter();
            EventWriter.Write(writer =>
            {
                writer.WriteStartArray("enqueued");
                foreach (var one in waiting)
                {
                    converter.Write(writer, one, JsonSerializerOptions.Default);
                }

                writer.WriteEndArray();
            });
        }

        string Shown(Configuration one) => space.IsLine ? Placeholders.Number(one.Lambda) : StudyPaths.Place(one);
    }
}

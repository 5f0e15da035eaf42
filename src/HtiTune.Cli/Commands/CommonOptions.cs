namespace HtiTune.Cli;

/// <summary>Options and arguments that several verbs have.</summary>
internal static class CommonOptions
{
    internal static Argument<string?> Study()
    {
        var study = StudyArgument();
        study.Validators.Add(result =>
        {
            // A slip in an option's name would be taken for a file's.
            if (result.Tokens is [var token] && token.Value.StartsWith('-'))
            {
                result.AddError($"'{token.Value}' is no option here; expected one that --help names, or a study.");
            }
        });
        return study;
    }

    private static Argument<string?> StudyArgument() => new("study")
    {
        Description = "The study file, or a folder with one. Default: study.json here, or that of `htitune run`.",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "STUDY",
        CompletionSources = { _ => Directory.EnumerateFiles(".", "*.json").Select(Path.GetFileName).OfType<string>() },
    };

    /// <summary>Completes the numbers of trainings of the study that <paramref name="study"/> names, or of the one here.</summary>
    /// <param name="context">What has been typed.</param>
    /// <param name="study">The option that names a study.</param>
    internal static IEnumerable<string> Numbers(System.CommandLine.Completions.CompletionContext context, Option<string?> study)
    {
        try
        {
            return TrialsCommand.Rows(StudyLocator.Read(context.ParseResult.GetValue(study))).ConvertAll(row => row.Number!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (Exception problem) when (problem is CliException or IOException or DataFormatException or UnauthorizedAccessException or InvalidOperationException)
        {
            return []; // Who presses the tabulator wants no error.
        }
    }

    internal static Option<bool> Json(string what) => new("--json") { Description = $"Print {what} as JSON on standard output, with a \"schema\"; `--json a,b` prints the members a and b alone." };

    /// <summary>The words that were typed, the verb first.</summary>
    internal static IReadOnlyList<string> Line(ParseResult result) => [.. result.Tokens.Select(token => token.Value)];

    /// <summary>Which values are better, where it need not be as the study has it; <see cref="StudySpecification.JudgedAs"/> takes it.</summary>
    internal static Option<string?> OtherGoal(string of = "")
    {
        var goal = new Option<string?>("--goal") { Description = of + (of.Length > 0 ? "whether" : "Whether") + " less or more of it is better. Default: the study's goal.", HelpName = "minimize|maximize" };
        goal.AcceptOnlyFromAmong("minimize", "maximize");
        return goal;
    }

    /// <summary>What is given to <see cref="OtherGoal"/>; null where nothing is.</summary>
    internal static Goal? GoalOf(string? given) => given is null ? null : given == "maximize" ? Goal.Maximize : Goal.Minimize;

    internal static Option<bool> Quiet() => new("--quiet", "-q") { Description = "Only results and errors." };

    internal static Option<string?> Events()
    {
        var events = new Option<string?>("--events") { Description = "Write what happens on standard output as it happens: one JSON object a line, with \"schema\": 2.", HelpName = "jsonl" };
        events.AcceptOnlyFromAmong("jsonl");
        return events;
    }

    internal static Option<int?> Trainings() => Whole("--trainings", "Trainings allowed over the whole study, instead of the file's.", 1, 10_000);

    internal static Option<int?> Parallel() => Whole("--parallel", "Trainings at the same time, instead of the file's. Above 1, the order in which they end decides what is proposed: a seed does not fix such a run.", 1, 64);

    internal static Option<TimeSpan?> Time()
    {
        var option = new Option<TimeSpan?>("--time")
        {
            Description = "Time that this command may take, e.g. 2h, instead of the file's. A training that is not expected to fit is not begun.",
            HelpName = "TIME",
            CustomParser = result =>
            {
                if (Duration.TryParse(result.Tokens[0].Value, out var time) && time > TimeSpan.Zero)
                {
                    return time;
                }

                result.AddError($"'{result.Tokens[0].Value}' is not what --time takes; expected {Duration.Expected}.");
                return null;
            },
        };
        return option;
    }

    internal static Option<bool> Replicate() => new("--replicate") { Description = "Where trainings scatter: a value may be trained again with another seed. As \"replicate\": true in the file." };

    internal static Option<bool> GoOn() => new("--go-on") { Description = "Make all trainings that are allowed, though none is expected to gain and though a certificate is there." };

    internal static Option<int?> Whole(string name, string description, int least, int most)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "n" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !(int.TryParse(result.Tokens[0].Value, out var value) && value >= least && value <= most))
            {
                result.AddError($"'{result.Tokens[0].Value}' is not what {name} takes; expected a whole number, {least} to {most}.");
            }
        });
        return option;
    }

    /// <summary>A training's number as an argument.</summary>
    internal static Argument<int> Number(Argument<int> argument)
    {
        argument.CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0)
            {
                return number;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no training's number; expected one as `htitune ask` said it, e.g. 3.");
            return 0;
        };
        return argument;
    }

    /// <summary>An option that takes a time.</summary>
    internal static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (Duration.TryParse(result.Tokens[0].Value, out var time) && time > TimeSpan.Zero)
            {
                return time;
            }

            result.AddError($"'{result.Tokens[0].Value}' is not what {name} takes; expected {Duration.Expected}.");
            return null;
        },
    };

    /// <summary>How long to wait; without a value, for ever.</summary>
    /// <param name="description">For what.</param>
    internal static Option<TimeSpan?> Wait(string description)
    {
        var option = new Option<TimeSpan?>("--wait")
        {
            Description = description,
            HelpName = "TIME",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = result =>
            {
                if (result.Tokens.Count == 0)
                {
                    return TimeSpan.MaxValue;
                }

                if (Duration.TryParse(result.Tokens[0].Value, out var time))
                {
                    return time;
                }

                result.AddError($"'{result.Tokens[0].Value}' is not what --wait takes; expected {Duration.Expected}, or nothing to wait for ever.");
                return null;
            },
        };
        return option;
    }

    /// <summary>Runs a command and turns what went wrong into a message and an exit code.</summary>
    internal static void Do(this Command command, Func<ParseResult, int> action) => command.SetAction(result => Terminal.Guard(() => action(result)));
}

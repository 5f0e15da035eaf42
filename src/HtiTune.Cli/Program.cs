namespace HtiTune.Cli;

/// <summary>The <c>htitune</c> command.</summary>
internal static class Program
{
    private static readonly string[] s_helps = ["--help", "-h", "-?", "help"];

    internal static Task<int> Main(string[] args)
    {
        // Messages, files and what children are told are the same on every machine, whatever its locale.
        (CultureInfo.CurrentCulture, CultureInfo.DefaultThreadCurrentCulture) = (CultureInfo.InvariantCulture, CultureInfo.InvariantCulture);
        (CultureInfo.CurrentUICulture, CultureInfo.DefaultThreadCurrentUICulture) = (CultureInfo.InvariantCulture, CultureInfo.InvariantCulture);
        if (args is [ChildLauncher.Verb, ..])
        {
            return Task.FromResult(ChildLauncher.Run(args.AsSpan(1)));
        }

        // The help is printed without the parser: it must be there at once.
        if (args.Length == 0 || args.Length == 1 && s_helps.Contains(args[0]))
        {
            Console.Out.Write(RootHelp.Text());
            return Task.FromResult(ExitCode.Done);
        }

        if (args is ["help", var topic, ..])
        {
            if (RootHelp.Topic(topic) is { } text)
            {
                Console.Out.WriteLine(text);
                return Task.FromResult(ExitCode.Done);
            }

            args = [topic, "--help"];
        }

        // Asked for the help of a verb that there is not, the parser would show the root's, as if all were well.
        if (args is [{ Length: > 0 } first, ..] && args.Any(s_helps.Contains) && char.IsLetter(first[0]) && !CommandList.All.Any(entry => entry.Name == first))
        {
            var names = CommandList.All.Select(entry => entry.Name).Concat(RootHelp.Topics);
            Terminal.Error("H001", $"'{first}' is no verb of htitune, and no page of its help; expected one of {string.Join(", ", names)}{Nearest.Question(first, names)}");
            Terminal.Help(Advice.Help.For(new AdvicePlace()));
            return Task.FromResult(ExitCode.Usage);
        }

        (Colour.Choice, Terminal.IsQuiet, EventWriter.Fields) = ("auto", false, null);
        var code = Terminal.Guard(() =>
        {
            (args, EventWriter.Fields) = ChosenFields.Split(args);
            return ExitCode.Done;
        });
        return code == ExitCode.Done ? Parsed(args) : Task.FromResult(code);
    }

    private static async Task<int> Parsed(string[] args)
    {
        TorchSurrogates.Register();
        BaselineSurrogates.Register();
        var color = new Option<string?>("--color") { Description = "Whether to colour messages: auto, always or never.", Recursive = true, HelpName = "auto|always|never" };
        color.AcceptOnlyFromAmong("auto", "always", "never");
        var root = new RootCommand("htitune") { color };
        var verb = args.FirstOrDefault(word => CommandList.All.Any(entry => entry.Name == word));
        foreach (var entry in CommandList.All.Where(entry => verb is null || entry.Name == verb))
        {
            root.Add(entry.Create());
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            if (verb is null && args.FirstOrDefault(word => !word.StartsWith('-')) is { } unknown && !unknown.StartsWith('['))
            {
                Terminal.Error("H001", $"'{unknown}' is no verb of htitune{Nearest.Question(unknown, CommandList.All.Select(entry => entry.Name))}");
            }
            else
            {
                foreach (var error in parsed.Errors)
                {
                    Terminal.Error("H001", ParseWords.Of(error));
                }
            }

            Terminal.Help(Advice.Help.For(verb ?? ""));
            return ExitCode.Usage;
        }

        return await Task.Run(() => Terminal.Guard(() =>
        {
            Colour.Choice = parsed.GetValue(color) ?? Settings.Find(Directory.GetCurrentDirectory()).Color;

            // Each command listens to Ctrl-C as befits it.
            return parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).GetAwaiter().GetResult();
        })).ConfigureAwait(false);
    }
}

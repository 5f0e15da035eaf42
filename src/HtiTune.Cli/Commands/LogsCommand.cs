using System.Text;

namespace HtiTune.Cli;

/// <summary><c>htitune logs</c>: what a training printed.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    internal static Command Create()
    {
        var number = new Argument<int?>("number") { Description = "The training's number. Default: the last.", Arity = ArgumentArity.ZeroOrOne, HelpName = "NUMBER" };
        var study = new Option<string?>("--study") { Description = "The study file, or a folder with one.", HelpName = "STUDY" };
        number.CompletionSources.Add(context => CommonOptions.Numbers(context, study).Select(text => new System.CommandLine.Completions.CompletionItem(text)));
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on showing what comes, until Ctrl-C, which ends nothing but the showing." };
        var path = new Option<bool>("--path") { Description = "Print where the log is instead." };
        var command = new Command("logs", "Show what a training printed, all attempts of it. May be used while the study is tuned.\n\nExamples:\n  htitune logs\n  htitune logs 7\n  htitune logs 7 -f")
        {
            number, study, follow, path,
        };
        command.Do(result =>
        {
            var specification = StudyLocator.Read(result.GetValue(study));
            var rows = TrialsCommand.Rows(specification);
            var wanted = result.GetValue(number) ?? rows.LastOrDefault()?.Number ?? 0;
            var row = rows.Find(one => one.Number == wanted)
                ?? throw new CliException("H003", $"there is no training {wanted}; expected {(rows.Count == 0 ? "one that is there" : $"{rows[0].Number} to {rows[^1].Number}")}.", Advice.Trials.For(specification));
            var log = row.Log ?? throw new CliException("H003", $"training {wanted} has no log: it was not made by a command.", Advice.Trials.For(specification));
            if (result.GetValue(path))
            {
                Console.Out.WriteLine(log);
                return ExitCode.Done;
            }

            var training = Path.GetDirectoryName(Path.GetDirectoryName(log)!)!;
            foreach (var attempt in StudyPaths.Attempts(training).SkipLast(1))
            {
                var earlier = Path.Combine(StudyPaths.Attempt(training, attempt), StudyPaths.LogName);
                if (File.Exists(earlier))
                {
                    Terminal.Say($"--- attempt {attempt}");
                    Console.Out.Write(File.ReadAllText(earlier));
                }
            }

            Terminal.Say($"--- {log}");
            Show(log, result.GetValue(follow));
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(string log, bool follow)
    {
        using var interrupts = Interrupts.Listen();
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8);
        do
        {
            Console.Out.Write(reader.ReadToEnd());
            Console.Out.Flush();
        }
        while (follow && !interrupts.Finish.WaitHandle.WaitOne(s_pause));
    }
}

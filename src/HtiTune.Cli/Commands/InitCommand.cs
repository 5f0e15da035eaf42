namespace HtiTune.Cli;

/// <summary><c>htitune init</c>: a commented study file.</summary>
internal static class InitCommand
{
    internal static Command Create()
    {
        var output = new Option<string>("--out", "-o") { Description = "The file to write.", DefaultValueFactory = _ => StudyLocator.FileName, HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Replace a file that is there." };
        var command = new Command("init", "Write a study.json with comments, to fill in.\n\nExample:\n  htitune init\n  htitune init --out other.json")
        {
            output, force,
        };
        command.Do(result =>
        {
            var file = Path.GetFullPath(result.GetRequiredValue(output));
            CliException.ThrowIf(File.Exists(file) && !result.GetValue(force),
                "H003", $"{file} is there already; expected a new name.", Advice.InitOther.For(""));

            AtomicFile.Write(file, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(StudyTemplate.Text)));
            Terminal.Say($"{file} is written");
            Terminal.Next(Advice.Check, new AdvicePlace { Name = Path.GetRelativePath(Directory.GetCurrentDirectory(), file) });
            return ExitCode.Done;
        });
        return command;
    }
}

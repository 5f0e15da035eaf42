using System.Runtime.InteropServices;

namespace HtiTune.Cli;

/// <summary><c>htitune config show</c>: the settings that hold here.</summary>
internal static class ConfigCommand
{
    internal static Command Create()
    {
        var origin = new Option<bool>("--origin") { Description = "Also where each value comes from." };
        var json = CommonOptions.Json("them");
        var show = new Command(
            "show",
            "Show the settings that hold in this folder. A study's own keys and the command line stand above them; then come environment variables (HTITUNE_…),\n"
            + "the nearest htitune.json in this folder or above, the user's, and the defaults. HTITUNE_NO_CONFIG=1 leaves out the project's file.\n\nExample:\n  htitune config show --origin")
        {
            origin, json,
        };
        show.Do(result =>
        {
            var settings = Settings.Find(Directory.GetCurrentDirectory());
            if (result.GetValue(json))
            {
                EventWriter.Write(writer =>
                {
                    foreach (var (name, value, from) in settings.All)
                    {
                        writer.WriteStartObject(name);
                        writer.WriteString("value", value);
                        writer.WriteString("origin", from);
                        writer.WriteEndObject();
                    }
                });
                return ExitCode.Done;
            }

            foreach (var (name, value, from) in settings.All)
            {
                Console.Out.WriteLine($"{name} = {value}" + (result.GetValue(origin) ? $"  ({from})" : ""));
            }

            return ExitCode.Done;
        });
        return new Command("config", "Show the settings and where they come from.") { show };
    }
}

/// <summary><c>htitune info</c>: versions and paths.</summary>
internal static class InfoCommand
{
    internal static Command Create()
    {
        var command = new Command("info", "Show versions and all paths that are used here.");
        command.Do(_ =>
        {
            var folder = Directory.GetCurrentDirectory();
            Console.Out.WriteLine($"htitune        {typeof(InfoCommand).Assembly.GetName().Version?.ToString(3)}");
            Console.Out.WriteLine($"runtime        {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
            Console.Out.WriteLine($"program        {AppContext.BaseDirectory}");
            Console.Out.WriteLine($"user config    {Settings.UserFile}{(File.Exists(Settings.UserFile) ? "" : " (none)")}");
            Console.Out.WriteLine($"project config {Settings.ProjectFile(folder) ?? "none in this folder or above"}");
            var study = ((string[])[StudyLocator.FileName, Path.Combine(StudyLocator.RunFolder, StudyLocator.FileName)]).FirstOrDefault(File.Exists);
            Console.Out.WriteLine($"study          {(study is null ? "none here" : Path.GetFullPath(study))}");
            return ExitCode.Done;
        });
        return command;
    }
}

/// <summary><c>htitune explain</c>: an error by its code.</summary>
internal static class ExplainCommand
{
    internal static Command Create()
    {
        var code = new Argument<string?>("code") { Description = "The code, e.g. H012. Without, all are listed.", Arity = ArgumentArity.ZeroOrOne, HelpName = "CODE" };
        var command = new Command("explain", "Explain an error by its code.\n\nExample:\n  htitune explain H012") { code };
        command.Do(result =>
        {
            if (result.GetValue(code) is not { } wanted)
            {
                foreach (var one in ErrorCatalogue.All)
                {
                    Console.Out.WriteLine($"{one.Code}  {one.Title} (exit code {one.ExitCode})");
                }

                return ExitCode.Done;
            }

            var kind = ErrorCatalogue.All.FirstOrDefault(one => one.Code.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                ?? throw new CliException("H001", $"'{wanted}' is no code of an error{Nearest.Question(wanted, ErrorCatalogue.All.Select(one => one.Code))}; expected one of {string.Join(", ", ErrorCatalogue.All.Select(one => one.Code))}.", Advice.Codes.For(""));
            Console.Out.WriteLine($"{kind.Code}: {kind.Title} (exit code {kind.ExitCode})\n\n{kind.Explanation}");
            return ExitCode.Done;
        });
        return command;
    }
}

/// <summary><c>htitune completion</c>: scripts that complete verbs and options.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> s_scripts = new()
    {
        ["bash"] =
            """
            # eval "$(htitune completion bash)"
            _htitune() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(htitune "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _htitune htitune
            """,
        ["zsh"] =
            """
            # eval "$(htitune completion zsh)"
            _htitune() {
              local -a found
              found=("${(@f)$(htitune "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
              compadd -- $found
              _files
            }
            compdef _htitune htitune
            """,
        ["fish"] =
            """
            # htitune completion fish | source
            complete -c htitune -a '(set -l line (commandline -cp); htitune "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
            """,
        ["pwsh"] =
            """
            # htitune completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName htitune -ScriptBlock {
              param($word, $line, $at)
              htitune "[suggest:$at]" "$line" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """,
    };

    internal static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh.", HelpName = "SHELL" };
        shell.AcceptOnlyFromAmong([.. s_scripts.Keys]);
        var command = new Command("completion", "Write a completion script for a shell on standard output; its first line says how to load it.\n\nExample:\n  eval \"$(htitune completion bash)\"") { shell };
        command.Do(result =>
        {
            Console.Out.WriteLine(s_scripts[result.GetRequiredValue(shell)]);
            return ExitCode.Done;
        });
        return command;
    }
}

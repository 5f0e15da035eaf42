using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>How the command behaves: what goes where, which codes, and what its errors tell.</summary>
[Collection("console")]
public class MannerTests
{
    [Fact]
    public async Task A_study_file_that_init_wrote_is_right_but_for_its_script()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("study.json");
        Assert.Equal(ExitCode.Done, (await InProcess.Run("init", "--out", file)).Code);
        var (code, output, errors) = await InProcess.Run("init", "--out", file);
        Assert.Equal((ExitCode.BadInput, ""), (code, output));
        Assert.Contains("--force", errors, StringComparison.Ordinal);
        var study = StudyFileReader.Read(file, Settings.Find(folder.File(".")));
        Assert.Equal("lambda in [0.01, 10], log", study.Hyperparameter.ToString());
        Assert.Equal(["python3", "train.py", "--lambda", "{lambda}", "--seed", "{seed}", "--out", "{out}"], study.Command);
        Assert.Equal((8, 1, TimeSpan.FromSeconds(5)), (study.Trainings, study.Retries, study.RetryDelay));
    }

    [Fact]
    public async Task All_faults_of_a_study_come_in_one_list_with_their_lines()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("study.json"),
            """
            {
              "hyperparameter": { "name": "l", "from": 0, "to": 1, "scale": "lg" },
              "comand": "x",
              "command": "python3 train.py --lambda {lamda} --out {out}",
              "objective": 3,
              "budget": { "trainings": 0, "time": "5 parsecs" },
              "contexts": "nowhere.csv",
              "seed": 1, "seed": 2,
            }
            """);
        var (code, output, errors) = await InProcess.Run("check", folder.File("study.json"));
        Assert.Equal((ExitCode.BadInput, ""), (code, output));
        foreach (var expected in (string[])
            ["error[H010]", "has 8 faults", "study.json:2: \"scale\" is \"lg\"; expected one of linear", "did you mean 'log'?\n", "json:3: \"comand\"", "did you mean 'command'?",
                "json:4: {lamda} in the command is unknown", "json:5: \"objective\" is 3", "json:6: \"trainings\" is 0; expected a whole number, 1 to 10000",
                "json:6: \"time\" is \"5 parsecs\"", "json:7: \"contexts\"", "json:8: \"seed\" stands twice", "help: htitune explain H010"])
        {
            Assert.Contains(expected, errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tnue", ExitCode.Usage, "error[H001]: 'tnue' is no verb of htitune; did you mean 'tune'?")]
    [InlineData("tune nowhere.json", ExitCode.BadInput, "error[H002]: there is no nowhere.json")]
    [InlineData("tune --trainings 0", ExitCode.Usage, "expected a whole number, 1 to 10000")]
    [InlineData("run -P lambda -- true {lambda} {out}", ExitCode.Usage, "error[H001]: 'lambda' is not what -P takes; expected NAME=FROM..TO")]
    [InlineData("explain H999", ExitCode.Usage, "'H999' is no code of an error")]
    [InlineData("completion tcsh", ExitCode.Usage, "'bash'")]
    public async Task Errors_go_to_standard_error_with_code_and_help(string line, int expected, string message)
    {
        var (code, output, errors) = await InProcess.Run(line.Split(' '));
        Assert.Equal((expected, ""), (code, output));
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.Contains("help: htitune", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_error_is_explained_and_every_verb_has_help_with_an_example()
    {
        foreach (var kind in ErrorCatalogue.All)
        {
            Assert.Contains(kind.Title, (await InProcess.Run("explain", kind.Code)).Output, StringComparison.Ordinal);
        }

        foreach (var entry in CommandList.All.Where(entry => entry.Name is not ("info" or "config")))
        {
            Assert.Contains("htitune " + entry.Name, (await InProcess.Run(entry.Name, "--help")).Output, StringComparison.Ordinal);
        }

        Assert.Equal(ExitCode.Table, (await InProcess.Run("help", "exit-codes")).Output.TrimEnd());
        Assert.Contains("\u007Bout\u007D", (await InProcess.Run("help", "files")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_come_from_the_nearest_file_and_the_environment_stands_above_it()
    {
        using var folder = new TemporaryFolder();
        var inner = Directory.CreateDirectory(folder.File("a/b")).FullName;
        File.WriteAllText(folder.File("htitune.json"), """{ "retries": 7, "grace": "3s", }""");
        var settings = Settings.Find(inner);
        Assert.Equal((7, TimeSpan.FromSeconds(3), 8), (settings.Retries, settings.Grace, settings.Trainings));
        Assert.Contains(settings.All, one => one.Name == "retries" && one.Origin.EndsWith("htitune.json:1", StringComparison.Ordinal));
        File.WriteAllText(folder.File("htitune.json"), """{ "retries": -7 }""");
        Assert.Contains("htitune.json:1: retries is '-7'; expected second attempts", Assert.Throws<CliException>(() => Settings.Find(inner)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a 'b c' \"d \\\" e\" f\\ g ''", new[] { "a", "b c", "d \" e", "f g", "" })]
    [InlineData("  x\ty\n", new[] { "x", "y" })]
    [InlineData("sh -c 'a | b > $c'", new[] { "sh", "-c", "a | b > $c" })]
    public void A_command_is_split_as_at_a_prompt(string text, string[] expected) => Assert.Equal(expected, CommandText.Split(text));

    [Theory]
    [InlineData("a | b")]
    [InlineData("a > b")]
    [InlineData("a $HOME")]
    [InlineData("a 'b")]
    public void What_only_a_shell_could_do_is_refused(string text) => Assert.Throws<FormatException>(() => CommandText.Split(text));

    [Fact]
    public void A_value_fills_one_argument_whatever_it_holds()
    {
        Assert.Equal("--out=x; rm -rf 'y z'", Placeholders.Fill("--out={out}", _ => "x; rm -rf 'y z'"));
        Assert.Equal("{\"l\": 0.5, {lambda} }", Placeholders.Fill("{\"l\": {lambda}, {{lambda}} }", _ => "0.5"));
        Assert.Equal("{lambda}", Placeholders.Fill("{out}", _ => "{lambda}")); // filled once
    }

    [Theory]
    [InlineData("htitune:progress 0.4", 0.4)]
    [InlineData("  htitune:progress 40%", 0.4)]
    [InlineData("htitune:progress 7", 1.0)]
    [InlineData("htitune:progress soon", null)]
    [InlineData("progress 0.4", null)]
    public void Progress_lines_are_read(string line, double? expected) => Assert.Equal(expected, TrainingLog.ShareOf(line));

    [Theory]
    [InlineData("htitune:value 12 0.53", 12L, 0.53)]
    [InlineData("  htitune:value  0\t-1e-3 ", 0L, -0.001)]
    [InlineData("htitune:value -1 0.5", null, null)]
    [InlineData("htitune:value 1 nan", null, null)]
    [InlineData("htitune:value 1", null, null)]
    [InlineData("value 1 2", null, null)]
    public void Value_lines_are_read(string line, long? step, double? value) =>
        Assert.Equal(step is null ? null : new HtiTune.Data.IntermediateValue(step.Value, value!.Value), TrainingLog.ValueOf(line));
}

using System.CommandLine;
using System.Globalization;
using HtiTune.Cli;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>What the command says is the same under every locale, and never names a type of the platform.</summary>
[Collection("console")]
public class WordsTests
{
    [Fact]
    public async Task Messages_have_decimal_points_whatever_the_culture()
    {
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.Equal("0,5", $"{0.5}");
            var (code, _, errors) = await InProcess.Run("run", "-P", "x=0.5..0.25", "-n", "--", "sh", "-c", "true");
            Assert.NotEqual(ExitCode.Done, code);
            Assert.Contains("0.5 to 0.25", errors, StringComparison.Ordinal);
            Assert.DoesNotContain("0,5", errors, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task The_program_itself_has_decimal_points_under_a_german_locale()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var study = new ShellStudy(trainings: 2);
        using var process = new CliProcess(study.Folder, new Dictionary<string, string> { ["LC_ALL"] = "de_DE.UTF-8", ["LANG"] = "de_DE.UTF-8" }, "tune");
        var (_, output, errors) = await process.End();
        Assert.Contains("0.09", errors, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\d,\d", output + errors);
    }

    [Fact]
    public async Task No_option_that_cannot_be_read_is_answered_with_a_type_of_the_platform()
    {
        var walked = 0;
        foreach (var entry in CommandList.All)
        {
            var command = entry.Create();
            foreach (var option in Walk(command).SelectMany(one => one.Options).Where(option => option.ValueType != typeof(string) && option.ValueType != typeof(bool)))
            {
                var (code, _, errors) = await InProcess.Run(entry.Name, option.Name, "nought");
                if (code == ExitCode.Usage)
                {
                    walked++;
                    Assert.DoesNotContain("System.", errors, StringComparison.Ordinal);
                    Assert.DoesNotContain("Nullable", errors, StringComparison.Ordinal);
                }
            }
        }

        Assert.InRange(walked, 20, int.MaxValue);

        static IEnumerable<Command> Walk(Command command) => command.Subcommands.SelectMany(Walk).Prepend(command);
    }

    [Theory]
    [InlineData("'abc' is no training's number; expected one as `htitune ask` said it, e.g. 3", "tell", "abc", "x.npy")]
    [InlineData("'1.5' is not what --seed takes; expected a whole number", "fit", "--seed", "1.5")]
    [InlineData("'many' is not what --trainings takes; expected a whole number, 1 to 10000", "tune", "--trainings", "many")]
    [InlineData("'units=1..64:step=2' is not understood: expected :int with a step", "run", "-P", "units=1..64:step=2", "--", "sh", "-c", "true")]
    [InlineData("no different numbers at its quarters", "run", "-P", "x=1..1.0000000000000002", "--", "sh", "-c", "true")]
    [InlineData("\"scale\" is \"symlog=0\"; expected a finite number above 0, e.g. symlog=1e-5", "run", "-P", "x=0..1:symlog=0", "--", "sh", "-c", "true")]
    public async Task What_is_wrong_is_said_in_words(string said, params string[] arguments)
    {
        var (code, _, errors) = await InProcess.Run(arguments);
        Assert.NotEqual(ExitCode.Done, code);
        Assert.Contains(said, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_cannot_be_opened_are_named()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("d.npy"));
        var (code, _, errors) = await InProcess.Run("inspect", folder.File("none/a.npy"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("there is no folder for", errors, StringComparison.Ordinal);
        Assert.Contains(folder.File("none/a.npy"), errors, StringComparison.Ordinal);
        (code, _, errors) = await InProcess.Run("inspect", folder.File("d.npy"));
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("is a folder; expected a file", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_are_shown_as_the_training_wrote_them()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var study = new ShellStudy(trainings: 2);
        await study.Run("tune");
        Assert.Contains("\"value\":0.09,", (await study.Run("trials", "--json")).Output.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await study.Run("export", "--out", study["t.csv"]);
        Assert.Contains(",0.09,", File.ReadAllText(study["t.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_training_that_removes_its_own_folder_has_failed_in_words()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var study = new ShellStudy("rm -r \"$(dirname \"$2\")\"; exit 0", trainings: 3);
        var (_, _, errors) = await study.Run("tune");
        Assert.Contains("where its outputs are looked for", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Could not find a part", errors, StringComparison.Ordinal);
    }
}

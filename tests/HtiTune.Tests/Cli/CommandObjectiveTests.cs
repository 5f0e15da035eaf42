using HtiTune.Data;
using HtiTune.External;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>A program that judges outputs: one process for many λ where it can, and never asked again about the same outputs.</summary>
[Collection("console")]
public class CommandObjectiveTests
{
    // Counts its processes, and says for each file of the list the λ that stands beside it, squared; single: 7.
    private const string Script =
        """
        echo x >> calls
        if [ -n "$2" ]; then echo 7; else awk -F '\t' '{ print $2 * $2 }' "$1"; fi

        """;

    [Fact]
    public void Many_lambda_are_judged_by_one_process_and_known_afterwards_in_later_processes_too()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("score.sh"), Script);
        var objective = Parse(folder, "command: sh score.sh {list}");
        Assert.True(objective.IsBatched);
        double[] lambdas = [0.5, 1, 2, 3];
        objective.Prepare(lambdas.Select(lambda => (Outputs(lambda), lambda)));
        Assert.Equal([0.25, 1, 4, 9], lambdas.Select(lambda => objective.Value(Outputs(lambda), lambda)));
        Assert.Equal(1, Calls(folder));

        // Of what is known already only the rest is asked.
        objective.Prepare(((double[])[1, 4, 5, 4]).Select(lambda => (Outputs(lambda), lambda)));
        Assert.Equal(16, objective.Value(Outputs(4), 4));
        Assert.Equal(2, Calls(folder));

        var again = Parse(folder, "command: sh score.sh {list}");
        Assert.Equal(9, again.Known(Outputs(3), 3));
        Assert.Null(again.Known(Outputs(7), 7));
        Assert.Equal(49, again.Value(Outputs(7), 7));
        Assert.Equal(3, Calls(folder));

        // A file that a killed process left half written is no harm.
        File.AppendAllText(folder.File("scores/known.txt"), "0123456789abcdef0123456789abcdef 1");
        Assert.Equal(9, Parse(folder, "command: sh score.sh {list}").Known(Outputs(3), 3));
    }

    [Fact]
    public void What_a_single_shot_command_has_said_is_known_later_unless_script_outputs_or_words_differ()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("score.sh"), Script);
        Assert.Equal(7, Parse(folder, "command: sh score.sh {outputs} one").Value(Outputs(1), 1));
        Assert.Equal(7, Parse(folder, "command: sh score.sh {outputs} one").Value(Outputs(1), 2)); // λ is not told to it.
        Assert.Equal(1, Calls(folder));
        Parse(folder, "command: sh score.sh {outputs} one").Value(Outputs(1.5), 1);
        Assert.Equal(2, Calls(folder));
        Parse(folder, "command: sh score.sh {outputs} two").Value(Outputs(1), 1);
        Assert.Equal(3, Calls(folder));
        Parse(folder, "command: sh score.sh {outputs} {lambda}").Value(Outputs(1), 1);
        Parse(folder, "command: sh score.sh {outputs} {lambda}").Value(Outputs(1), 2);
        Assert.Equal(5, Calls(folder));
        File.AppendAllText(folder.File("score.sh"), "echo 8\n");
        Assert.Equal(8, Parse(folder, "command: sh score.sh {outputs} one").Value(Outputs(1), 1));
    }

    [Theory]
    [InlineData("echo 1", "its last lines are 1 numbers")]
    [InlineData("echo one; echo two; echo three", "(the last: 'three')")]
    [InlineData("echo 1; exit 3", "exit code 3")]
    public void A_number_for_each_file_is_required(string body, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("score.sh"), body + "\n");
        var objective = Parse(folder, "command: sh score.sh {list}");
        var problem = Assert.Throws<InvalidOperationException>(() => objective.Prepare(((double[])[1, 2, 3]).Select(lambda => (Outputs(lambda), lambda))));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Null(objective.Known(Outputs(1), 1));
    }

    [Theory]
    [InlineData("command: sh score.sh {lst}", "{lst} in the objective is unknown")]
    [InlineData("command: sh score.sh {list} {lambda}", "uses {lambda} beside {list}")]
    [InlineData("command: sh score.sh", "does not use {outputs}")]
    public void What_cannot_be_filled_is_refused(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Parse(folder, text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_study_asks_a_batched_command_once_for_each_surrogate_and_another_run_of_it_never()
    {
        using var study = new ShellStudy(trainings: 3);
        File.WriteAllText(study["score.sh"], "echo x >> scored\ncat \"$1\" >> judged\nwhile read -r file; do echo 0.5; done < \"$1\"\n");
        File.WriteAllText(
            study["study.json"],
            File.ReadAllText(study["study.json"]).Replace("column:cost", "command: sh score.sh {list}", StringComparison.Ordinal).Replace("\"surrogate\": false,", "", StringComparison.Ordinal));
        await study.Run("tune", "--quiet");
        var asked = File.ReadAllLines(study["scored"]).Length;

        // Three real outputs, the whole grid of the surrogates of two and of three trainings, and what a search between the grid's places looks at.
        Assert.True(asked * 3 < File.ReadAllLines(study["judged"]).Length, $"{asked} processes");
        await study.Run("tune", "--quiet");
        Assert.Equal(asked, File.ReadAllLines(study["scored"]).Length);
    }

    private static CommandObjective Parse(TemporaryFolder folder, string text) => (CommandObjective)ObjectiveText.Parse(
        text, new ObjectiveScope(Path.GetFullPath(folder.File(".")), Path.GetFullPath(folder.File("scores")), () => null, null));

    private static Samples Outputs(double value) => new(Matrix.FromDoubles(2, 1, [value, value + 1e-12]), Contexts.None(2));

    private static int Calls(TemporaryFolder folder) => File.ReadAllLines(folder.File("calls")).Length;
}

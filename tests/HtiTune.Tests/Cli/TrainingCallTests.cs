using HtiTune.External;

namespace HtiTune.Tests.Cli;

/// <summary>What fills a command that trains, on a command line and in a service alike.</summary>
[Collection("console")]
public sealed class TrainingCallTests
{
    private static readonly TrainingCall s_call = new("dropout", -1.5e-5, (5L << 40) + 7, "contexts.npy", "out.npy");

    [Fact]
    public void Every_placeholder_is_filled_and_the_hyperparameters_own_name_is_lambda()
    {
        var words = s_call.Words(["train.py", "--p={dropout}", "{lambda}", "{seed}", "{contexts}", "{out}", "{{dropout}}", "{\"a\": 1}"]);
        Assert.Equal(words[1], "--p=" + words[2]);
        Assert.Equal(-1.5e-5, double.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(["7", "contexts.npy", "out.npy", "{dropout}", "{\"a\": 1}"], words.Skip(3));
        var environment = s_call.Environment([new("HOME", "h"), new("HTITUNE_SEED", "theirs")], "folder");
        Assert.Equal(("h", words[2], "7", "contexts.npy", "out.npy"), (environment["HOME"], environment["HTITUNE_LAMBDA"], environment["HTITUNE_SEED"], environment["HTITUNE_CONTEXTS"], environment["HTITUNE_OUT"]));
    }

    [Theory]
    [InlineData("{beta}")]
    [InlineData("--rate={lamda}")]
    [InlineData("{Dropout}")]
    [InlineData("{outputs}")]
    public void One_that_is_not_known_is_refused_alike_before_and_at_the_training(string word)
    {
        var before = Assert.Throws<FormatException>(() => Placeholders.Check(["train", "{lambda}", word, "{out}"], "dropout")).Message;
        Assert.Equal(before, Assert.Throws<FormatException>(() => s_call.Words(["train", "{lambda}", word, "{out}"])).Message);
        Assert.Contains("is unknown; expected {dropout}, {lambda}, {seed}, {contexts}, {out}", before, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{lambda}", null)]
    [InlineData("{dropout}", "dropout")]
    [InlineData("{dropout}-{lambda}", "dropout")]
    [InlineData("{{dropout}}", null)]
    public void The_own_name_in_a_command_is_the_one_that_is_no_other(string word, string? expected) =>
        Assert.Equal(expected, Placeholders.OwnName(["train", word, "{seed}", "{out}"]));

    [Theory]
    [InlineData("{lamda}")]
    [InlineData("{outs}")]
    [InlineData("{beta}{dropout}")]
    public void Two_own_names_or_a_slip_are_refused(string word) => Assert.Throws<FormatException>(() => Placeholders.OwnName(["train", word]));
}

using HtiTune.Data;
using HtiTune.External;

namespace HtiTune.Tests.Cli;

/// <summary>What fills a command that trains, on a command line and in a service alike.</summary>
[Collection("console")]
public sealed class TrainingCallTests
{
    private static readonly TrainingCall s_call = new(Hyperparameter.Continuous("dropout", -1, 1), new Configuration("dropout", -1.5e-5), (5L << 40) + 7, "contexts.npy", "out.npy");

    [Fact]
    public void Every_placeholder_is_filled_and_the_hyperparameters_own_name_is_lambda()
    {
        var words = s_call.Words(["train.py", "--p={dropout}", "{lambda}", "{seed}", "{contexts}", "{out}", "{{dropout}}", "{\"a\": 1}"]);
        Assert.Equal(words[1], "--p=" + words[2]);
        Assert.Equal(-1.5e-5, double.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(["7", "contexts.npy", "out.npy", "{dropout}", "{\"a\": 1}"], words.Skip(3));
        var environment = s_call.Environment([new("HOME", "h"), new("HTITUNE_SEED", "theirs")], "folder");
        Assert.Equal(("h", words[2], "7", "contexts.npy", "out.npy"), (environment["HOME"], environment["HTITUNE_LAMBDA"], environment["HTITUNE_SEED"], environment["HTITUNE_CONTEXTS"], environment["HTITUNE_OUT"]));

        // Its own name is one of them, as where there are several, unless it is taken.
        Assert.Equal(words[2], environment["HTITUNE_DROPOUT"]);
        Assert.Equal("7", new TrainingCall(Hyperparameter.Continuous("seed", -1, 1), new Configuration("seed", 0.5), 7, "", "out.npy").Environment([], "folder")["HTITUNE_SEED"]);
    }

    [Fact]
    public void Several_hyperparameters_are_called_by_their_names_and_one_that_is_not_active_is_left_out_with_its_option()
    {
        var space = SearchSpace.Parse("lr=1e-6..1:log", "layers=1..4:int", "act=relu,gelu", "slope-of=0..1 if act=gelu");
        TrainingCall call = new(space, new Configuration(("lr", 1e-5), ("layers", 3.0), ("act", "relu")), 7, "", "out.npy");
        string[] words = ["train", "--lr={lr}", "--layers", "{layers}", "--act", "{act}", "--slope", "{slope-of}", "--slope={slope-of}", "-v", "--out", "{out}"];
        Assert.Equal(["train", "--lr=0.00001", "--layers", "3", "--act", "relu", "-v", "--out", "out.npy"], call.Words(words));
        var active = call with { Configuration = new Configuration(("lr", 1e-5), ("layers", 3.0), ("act", "gelu"), ("slope-of", 0.5)) };
        Assert.Equal(["--slope", "0.5", "--slope=0.5"], active.Words(words)[6..9]);
        var environment = active.Environment([], "folder");
        Assert.Equal(("0.00001", "3", "gelu", "0.5"), (environment["HTITUNE_LR"], environment["HTITUNE_LAYERS"], environment["HTITUNE_ACT"], environment["HTITUNE_SLOPE_OF"]));
        Assert.Equal("{\"lr\":1E-05,\"layers\":3,\"act\":\"gelu\",\"slope-of\":0.5}", environment["HTITUNE_CONFIGURATION"]);
        Assert.DoesNotContain("HTITUNE_LAMBDA", environment.Keys);

        // A value that looks like an option stays, and so does the option of another.
        TrainingCall shifted = new(SearchSpace.Parse("shift=-1..1", "act=relu,gelu", "slope=0..1 if act=gelu", "more=0..1 if act=gelu"), new Configuration(("shift", -0.25), ("act", "relu")), 7, "", "o");
        Assert.Equal(["t", "-0.25", "--all", "--out", "o"], shifted.Words(["t", "{shift}", "{slope}", "--all", "--range", "{slope}", "{more}", "--out", "{out}"]));
        Assert.All((string[][])[["lr", "Seed"], ["a-b", "a_b"], ["configuration", "x"], ["study", "x"]], taken => Assert.Contains(
            "expected another name", Assert.Throws<FormatException>(() => Placeholders.Check(["t", .. taken.Select(name => $"{{{name}}}"), "{out}"], taken)).Message, StringComparison.Ordinal));
        string[] names = [.. space.Select(one => one.Name)];
        Placeholders.Check(words, names);
        Assert.Contains("does not use {layers}, {act}; expected e.g. --layers {layers} --act {act}", Assert.Throws<FormatException>(() => Placeholders.Check(["t", "{lr}", "{slope-of}", "{out}"], names)).Message, StringComparison.Ordinal);
        var before = Assert.Throws<FormatException>(() => Placeholders.Check(["t", "{lambda}"], names)).Message;
        Assert.Equal(before, Assert.Throws<FormatException>(() => call.Words(["{lambda}"])).Message);
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
    [InlineData("{lambda}", "")]
    [InlineData("{dropout}", "dropout")]
    [InlineData("{dropout}-{lambda}", "dropout")]
    [InlineData("{{dropout}}", "")]
    [InlineData("{dropout}{beta}", "beta dropout")]
    public void The_own_names_in_a_command_are_those_that_are_no_others(string word, string expected) =>
        Assert.Equal(expected, string.Join(' ', Placeholders.OwnNames(["train", word, "{seed}", "{out}"])));

    [Theory]
    [InlineData("{lamda}")]
    [InlineData("{outs}")]
    [InlineData("{beta}{lamda}")]
    public void A_slip_of_a_known_name_is_refused(string word) => Assert.Throws<FormatException>(() => Placeholders.OwnNames(["train", word]));
}

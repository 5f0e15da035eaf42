using HtiTune.Data;
using HtiTune.External;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>Where no files may be named, no objective touches one, whatever its functions.</summary>
[Collection("console")]
public sealed class ObjectiveScopeTests
{
    private static readonly ObjectiveScope s_closed = ObjectiveScope.WithoutFiles(() => ["a", "b"]);

    public static TheoryData<string> Functions => [.. ExpressionFunctions.All.Select(function => function.Name), ExpressionFunctions.Distance];

    [Theory]
    [MemberData(nameof(Functions))]
    public void No_function_takes_a_file_where_the_scope_has_none(string function)
    {
        using var folder = new TemporaryFolder();
        var there = folder.File("target.npy");
        NpyFile.Write(there, new Matrix(2, 1, [1, 2]));
        for (var count = 1; count <= 4; count++)
        {
            for (var place = 0; place < count; place++)
            {
                string Faults(string file) => Assert.Throws<FormatException>(() => ObjectiveText.Parse(
                    $"{function}({string.Join(", ", Enumerable.Range(0, count).Select(i => i == place ? $"'{file}'" : "a"))})", s_closed)).Message.Replace(file, "FILE", StringComparison.Ordinal);

                // Whether there is such a file cannot be told from the answer.
                Assert.Equal(Faults(there), Faults(Path.ChangeExtension(there, "npx")));
                Assert.Equal(Faults("target.npy"), Faults("target.npx"));
            }
        }
    }

    [Fact]
    public void A_file_and_a_program_are_refused_in_words_and_not_offered()
    {
        string Fault(string text) => Assert.Throws<FormatException>(() => ObjectiveText.Parse(text, s_closed)).Message;
        Assert.Contains("distance reads a file, and no file may be read here", Fault("1 + distance(outputs, 'target.npy')"), StringComparison.Ordinal);
        Assert.Contains("character 5", Fault("1 + distance(outputs, 'target.npy')"), StringComparison.Ordinal);
        Assert.Contains("none is run here", Fault("command: touch {outputs}"), StringComparison.Ordinal);
        var unknown = Fault("distanze(outputs, 'target.npy')");
        Assert.Contains("there is no function 'distanze'", unknown, StringComparison.Ordinal);
        Assert.DoesNotContain("distance", unknown.Replace("distanze", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void What_needs_no_file_is_judged_as_with_files()
    {
        var samples = new Samples(new Matrix(2, 2, [1, 2, 3, 5]), Contexts.None(2));
        foreach (var text in (string[])["mean(a) + cvar(b, 0.5)", "column:b", "mse(a, b)", "quantile(outputs['b'], 0.9)"])
        {
            Assert.Equal(
                ObjectiveText.Parse(text, new ObjectiveScope(Path.GetTempPath(), Path.GetTempPath(), () => ["a", "b"], null)).Value(samples, 0.5),
                ObjectiveText.Parse(text, s_closed).Value(samples, 0.5));
        }
    }
}

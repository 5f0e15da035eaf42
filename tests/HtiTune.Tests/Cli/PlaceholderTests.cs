using System.Globalization;
using System.Text.RegularExpressions;
using CsCheck;
using HtiTune.External;

namespace HtiTune.Tests.Cli;

/// <summary>Numbers and names as a training's command line gets them.</summary>
[Collection("console")]
public class PlaceholderTests
{
    [Theory]
    [InlineData(-1e-5, "-0.00001")]
    [InlineData(1e-5, "0.00001")]
    [InlineData(-1.25e-7, "-0.000000125")]
    [InlineData(-1.2345678901234568e-5, "-0.000012345678901234568")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(-1.5e16, "-15000000000000000")]
    [InlineData(123456789.125, "123456789.125")]
    [InlineData(0.5, "0.5")]
    [InlineData(0, "0")]
    [InlineData(1e-40, "1E-40")]
    [InlineData(1e300, "1E+300")]
    public void Numbers_are_written_without_an_exponent_where_they_are_short(double value, string text) => Assert.Equal(text, Placeholders.Number(value));

    [Fact]
    public void Every_number_reads_back_the_same_and_argparse_takes_the_short_ones()
    {
        // What argparse takes for a negative number rather than an option.
        var negative = new Regex(@"^-\d+$|^-\d*\.\d+$", RegexOptions.None, TimeSpan.FromSeconds(1));
        Gen.Double[-12, 14].Select(Gen.Double[1, 10]).Sample((power, digits) =>
        {
            var value = -digits * Math.Pow(10, Math.Floor(power));
            var text = Placeholders.Number(value);
            Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
            Assert.Matches(negative, text);
        }, iter: 5000, threads: 1);
        Gen.Double.Where(double.IsFinite).Sample(
            value => Assert.Equal(value, double.Parse(Placeholders.Number(value), CultureInfo.InvariantCulture)), iter: 5000, threads: 1);
    }

    [Theory]
    [InlineData("seed", "the seed of all chance")]
    [InlineData("contexts", "the file of contexts")]
    [InlineData("out", "where the outputs go")]
    public void A_hyperparameter_with_the_name_of_a_placeholder_is_not_taken_for_its_value(string name, string meaning)
    {
        var fault = Assert.Throws<FormatException>(() => Placeholders.Check(["train", $"{{{name}}}", "{out}"], name)).Message;
        Assert.Contains($"{{{name}}} is {meaning}", fault, StringComparison.Ordinal);
        Placeholders.Check(["train", "{lambda}", "{seed}", "{out}"], name);
        Assert.Equal(meaning, Placeholders.Shadowed(name));
        Assert.Null(Placeholders.Shadowed("lambda"));
    }
}

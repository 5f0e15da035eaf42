using System.Text.Json;
using HtiTune.Data;
using HtiTune.Diagnostics;
using HtiTune.Service;

namespace HtiTune.Tests.Data;

/// <summary>The records that service, client and command line share, as they stand on the wire.</summary>
public class ServiceRecordTests
{
    private static readonly StudyDefinition s_line = new() { Name = "n", Minimum = 0.1, Maximum = 10, Scale = "log" };

    [Fact]
    public void A_definition_tunes_one_range_or_several_hyperparameters_and_says_which_form_is_missing()
    {
        Assert.Equal(SearchSpace.Parse(["lambda=0.1..10:log"]), s_line.ToSpace());
        var several = new StudyDefinition { Name = "n", Hyperparameters = ["lr=1e-4..1e-1:log", "act=relu,gelu"] };
        Assert.Equal(["lr", "act"], several.ToSpace().Select(one => one.Name));
        Assert.Contains("minimum and maximum are not both given", Assert.Throws<ArgumentException>(() => (s_line with { Maximum = null }).ToSpace()).Message, StringComparison.Ordinal);
        Assert.Contains("not both given", Assert.Throws<ArgumentException>(() => (s_line with { Minimum = null }).ToSpace()).Message, StringComparison.Ordinal);
        foreach (var both in (StudyDefinition[])[several with { Minimum = 0 }, several with { Maximum = 0 }, several with { Scale = "log" }, several with { Hyperparameter = "x" }])
        {
            Assert.Contains("one of both forms", Assert.Throws<ArgumentException>(() => both.ToSpace()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_single_range_has_one_definition_however_it_was_given()
    {
        var given = new StudyDefinition { Name = "n", Hyperparameters = ["lambda=0.1..10:log"] };
        Assert.Equal(s_line, given.InShortForm());
        foreach (var other in (string[])["k=1..4:int", "act=relu,gelu", "wrong"])
        {
            var kept = given with { Hyperparameters = [other] };
            Assert.Same(kept, kept.InShortForm());
        }

        var several = given with { Hyperparameters = ["a=0..1", "b=0..1"] };
        Assert.Same(several, several.InShortForm());
    }

    [Fact]
    public void A_result_says_of_each_outcome_what_it_is_how_likely_and_why_it_ended()
    {
        var line = new Configuration("rate", 0.5);
        ResultRecord bare = new() { Study = "s", Hyperparameter = "rate", Objective = "column:0", Configuration = line, IsTrained = true, Value = 2, Trainings = 5 };
        Assert.Equal((0.5, null), (bare.Lambda, bare.Outcome));
        Assert.Null((bare with { Configuration = new Configuration(("a", 1), ("b", 2)) }).Lambda);
        foreach (var (outcome, name, probability) in ((Outcome, string, double)[])[
            (new Certified(0.1, 0.05, 0.99, 4), "certified", 0.99), (new NeedsTraining(line, 0.2, 0.7), "needs-training", 0.7),
            (new NotCertified(0.1, 0.6, 0.3, Unmet.RegretTooLarge, 0.05), "not-certified", 0.6)])
        {
            var told = bare.With(outcome, "Certified", "it ended");
            Assert.Equal((name, probability, outcome.Describe("rate"), "Certified", "it ended"), (told.Outcome, told.Probability, told.OutcomeText, told.StopReason, told.StopReasonText));
        }
    }

    [Fact]
    public void A_training_that_is_listed_has_one_number_where_there_is_one_hyperparameter()
    {
        TrialRecord trial = new() { Number = 3, Configuration = new Configuration("rate", 0.25), State = "completed", Value = 1, Reason = "initial" };
        Assert.Equal(0.25, trial.Lambda);
        Assert.Null((trial with { Configuration = new Configuration(("a", 1), ("b", "x")) }).Lambda);
        var text = JsonSerializer.Serialize(trial with { Value = double.NaN }, HtiTuneJson.CommandLine());
        Assert.Contains("\"value\":\"NaN\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("isFeasible", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Outputs_go_over_the_wire_as_rows_to_the_last_bit_and_come_back_in_the_precision_that_holds_them()
    {
        var text = JsonSerializer.Serialize(new WorkResult { Outputs = Matrix.From(new[,] { { 0.1, 1 }, { 3, 1e300 } }) }, HtiTuneJson.Service);
        Assert.Equal("""{"lease":"00000000-0000-0000-0000-000000000000","outputs":[[0.1,1],[3,1E+300]],"state":"done"}""", text);
        var back = JsonSerializer.Deserialize<WorkResult>(text, HtiTuneJson.Service)!.Outputs!;
        Assert.Equal((2, 2, 0.1, 1e300), (back.Rows, back.Columns, back.Exact(0, 0), back.Exact(1, 1)));
        var single = Read("[[0.5],[0.25]]")!;
        Assert.Equal([0.5f, 0.25f], single.Values.ToArray());
        Assert.Equal((0, 0), (Read("[]")!.Rows, Read("[]")!.Columns));
        Assert.Null(Read("null"));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("[3]")]
    [InlineData("[[\"a\"]]")]
    [InlineData("[[1e999]]")]
    [InlineData("[[null]]")]
    public void Outputs_that_are_no_rows_of_finite_numbers_are_refused_with_their_place(string text) =>
        Assert.StartsWith("$.outputs", Assert.Throws<JsonException>(() => Read(text)).Path, StringComparison.Ordinal);

    [Fact]
    public void A_result_without_a_lease_is_refused_and_names_it() =>
        Assert.Contains("lease", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<WorkResult>("""{"value":1}""", HtiTuneJson.Service)).Message, StringComparison.Ordinal);

    [Fact]
    public void Rows_of_other_lengths_are_refused_by_their_number() =>
        Assert.Equal("outputs, row 3: it has 1 numbers; expected 2, as in the first row.", Assert.Throws<DataFormatException>(() => Read("[[1,2],[3,4],[5]]")).Message);

    [Fact]
    public void A_result_says_null_where_there_is_no_number_and_comes_back_as_it_was()
    {
        var result = new StudyResult(
            0.5, 0.4, 0.6, 1.25, true, 1.2, double.NaN, StopReason.TrainingBudget, new NotCertified(0.1, 0.2, 0.3, Unmet.HeldOnce), 7, 0.9, 0.1, new Calibration(3, 1, 2, 0, null, -4))
        {
            Configuration = new Configuration([("a", 1.0), ("b", 2.0)]),
            Remarks = [new Remark(RemarkKind.ExtremeValues, "so it is")],
        };
        Assert.Equal((double.NaN, double.NaN, double.NaN), (result.Lambda, result.LambdaLow, result.LambdaHigh));
        var text = JsonSerializer.Serialize(result, HtiTuneJson.Service);
        Assert.StartsWith(
            """{"lambda":null,"lambdaLow":null,"lambdaHigh":null,"value":1.25,"isTrained":true,"predicted":1.2,"predictedDeviation":null,"stopReason":"trainingBudget",""", text, StringComparison.Ordinal);
        Assert.Contains("\"remarks\":[{\"kind\":\"extremeValues\"", text, StringComparison.Ordinal);
        var back = JsonSerializer.Deserialize<StudyResult>(text, HtiTuneJson.Service)!;
        Assert.Equal(result with { Remarks = [] }, back with { Remarks = [] });
        Assert.Equal(result.Remarks, back.Remarks);
        Assert.False(back.IsCertified);
        var certain = result with { Outcome = new Certified(0.1, 0.05, 0.99, 7), Configuration = new Configuration("a", 0.5), Remarks = [] };
        Assert.True(certain.IsCertified);
        Assert.DoesNotContain("remarks", JsonSerializer.Serialize(certain, HtiTuneJson.Service), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StudyState.Active, false)]
    [InlineData(StudyState.Paused, false)]
    [InlineData(StudyState.Finished, true)]
    [InlineData(StudyState.Cancelled, true)]
    [InlineData(StudyState.Failed, true)]
    public void A_study_has_ended_when_nothing_more_happens_by_itself(StudyState state, bool hasEnded)
    {
        var study = new StudyView(Guid.Empty, "t", s_line, state, null, 0, null, null, null, null, null, default, default, null, 1);
        Assert.Equal(hasEnded, study.HasEnded);
        Assert.DoesNotContain("hasEnded", JsonSerializer.Serialize(study, HtiTuneJson.Service), StringComparison.OrdinalIgnoreCase);
    }

    private static Matrix? Read(string outputs) => JsonSerializer.Deserialize<WorkResult>($$"""{"lease":"{{Guid.Empty}}","outputs":{{outputs}}}""", HtiTuneJson.Service)!.Outputs;
}

using System.Text.Json;
using HtiTune.Cli;
using HtiTune.Data;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary><c>ask</c> and <c>tell</c> by many hands: each has a training of its own for the time of a lease, and who tells twice is told.</summary>
[Collection("console")]
public sealed class HandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Study => _folder.File("study.json");

    private string Leases => _folder.File("study.htitune/leases.json");

    private void Write(int parallel, int trainings = 8, string contexts = "\"contexts\": { \"draws\": 1 },", string more = "") => File.WriteAllText(Study, $$"""
        {
          "hyperparameter": { "name": "rate", "from": 0, "to": 1 },
          "command": "true {rate} {out}", {{contexts}} {{more}}
          "outputs": { "format": ".csv" }, "objective": "column:0", "surrogate": false,
          "budget": { "trainings": {{trainings}}, "parallel": {{parallel}} },
        }
        """);

    private Task<(int Code, string Output, string Errors)> Ask(params string[] options) => InProcess.Run(["ask", Study, .. options]);

    private async Task<int> Number(params string[] options)
    {
        var (code, output, errors) = await Ask(options);
        Assert.True(code == ExitCode.Done, errors);
        return int.Parse(output.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<(int Code, string Output, string Errors)> Tell(int number, string values)
    {
        var file = _folder.File("told.csv");
        await File.WriteAllTextAsync(file, "cost\n" + values + "\n");
        return await InProcess.Run("tell", number.ToString(System.Globalization.CultureInfo.InvariantCulture), file, "--study", Study);
    }

    private Task<(int Code, string Output, string Errors)> TellFailed(int number, string why) =>
        InProcess.Run("tell", number.ToString(System.Globalization.CultureInfo.InvariantCulture), "--failed", why, "--study", Study);

    private async Task<List<(int Number, string State, string Reason)>> Trials() =>
        [.. JsonDocument.Parse((await InProcess.Run("trials", Study, "--json")).Output).RootElement.GetProperty("trials").EnumerateArray()
            .Select(one => (one.GetProperty("number").GetInt32(), one.GetProperty("state").GetString()!, one.GetProperty("reason").GetString()!))];

    // As where somebody has gone away with a training, and its time is over.
    private void RunOut(params int[] numbers)
    {
        var leases = JsonSerializer.Deserialize<List<Lease>>(File.ReadAllText(Leases), JsonSerializerOptions.Web)!;
        File.WriteAllText(Leases, JsonSerializer.Serialize(
            leases.ConvertAll(lease => numbers.Contains(lease.Number) ? lease with { Until = DateTimeOffset.UnixEpoch } : lease), JsonSerializerOptions.Web));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task Each_asker_has_a_training_of_its_own_and_then_all_are_in_hands(int parallel)
    {
        Write(parallel);
        var numbers = new List<int>();
        for (var i = 0; i < parallel; i++)
        {
            numbers.Add(await Number());
        }

        Assert.Equal(Enumerable.Range(1, parallel), numbers);
        var (code, output, errors) = await Ask();
        Assert.Equal((ExitCode.InHands, ""), (code, output));
        Assert.Contains($"error[H015]: all {parallel} trainings that may be under way are in hands: 1 until ", errors, StringComparison.Ordinal);

        // In whatever order they are told, who asks next has another.
        Assert.Equal(ExitCode.Done, (await Tell(parallel, "0.25")).Code);
        Assert.Equal(parallel + 1, await Number());
        Assert.Equal(ExitCode.InHands, (await Ask()).Code);
        Assert.Equal(parallel, (await Trials()).Count(one => one.State == "asked"));
    }

    [Fact]
    public async Task Who_has_a_name_hears_the_same_again_and_no_one_else_does()
    {
        Write(2);
        Assert.Equal(1, await Number("--worker", "a"));
        Assert.Equal(2, await Number("--worker", "b"));
        Assert.Equal(1, await Number("--worker", "a"));
        Assert.Equal(2, await Number("--worker", "b"));
        var lines = File.ReadAllLines(_folder.File("study.htitune/journal.jsonl")).Count(line => line.Contains("\"training-started\"", StringComparison.Ordinal));
        Assert.Equal(2, lines);
        var (code, _, errors) = await Ask("--worker", "c");
        Assert.Equal(ExitCode.InHands, code);
        Assert.Contains("1 of a until ", errors, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await Ask("--worker", "a", "--json")).Output);
        Assert.Equal("a", json.RootElement.GetProperty("worker").GetString());
        Assert.True(json.RootElement.GetProperty("leaseUntil").GetDateTimeOffset() > TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task One_at_a_time_is_said_again_but_not_to_another_name()
    {
        Write(1);
        Assert.Equal(1, await Number());
        Assert.Equal(1, await Number());
        Assert.Equal(ExitCode.InHands, (await Ask("--worker", "a")).Code);
        Assert.Equal(ExitCode.Done, (await Tell(1, "0.09")).Code);
        Assert.Equal(2, await Number("--worker", "a"));
        Assert.Equal(ExitCode.InHands, (await Ask()).Code);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public async Task What_ran_out_is_handed_out_again_and_who_had_it_may_tell_all_the_same(int parallel, int lost)
    {
        Write(parallel);
        for (var i = 1; i <= parallel; i++)
        {
            Assert.Equal(i, await Number("--worker", "w" + i));
        }

        Assert.Equal(ExitCode.InHands, (await Ask("--worker", "new")).Code);
        RunOut(lost);
        Assert.Equal(lost, await Number("--worker", "new"));
        Assert.Equal(ExitCode.InHands, (await Ask("--worker", "w" + lost)).Code);
        Assert.Equal(ExitCode.Done, (await Tell(lost, "0.25")).Code);
        Assert.Equal(ExitCode.Done, (await Tell(lost, "0.25")).Code);
    }

    [Fact]
    public async Task A_lease_is_made_longer_by_who_has_it()
    {
        Write(2);
        Assert.Equal(1, await Number("--worker", "a", "--lease", "1h"));
        Assert.Equal(2, await Number("--worker", "b", "--lease", "1h"));
        RunOut(1);
        var (code, _, errors) = await Ask("--renew", "1", "--worker", "a", "--lease", "3d");
        Assert.True(code == ExitCode.Done, errors);
        Assert.Equal(ExitCode.InHands, (await Ask("--worker", "c")).Code);
        (code, _, errors) = await Ask("--renew", "1", "--worker", "b");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("training 1 is in the hands of a, not of b", errors, StringComparison.Ordinal);
        (code, _, errors) = await Ask("--renew", "7");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("training 7 was not asked for; expected one of: 1, 2", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_term_a_lease_is_as_long_as_trainings_may_take()
    {
        Write(1, more: "\"training\": { \"timeLimit\": \"5h\", \"grace\": \"10s\" },");
        using var json = JsonDocument.Parse((await Ask("--json")).Output);
        var left = json.RootElement.GetProperty("leaseUntil").GetDateTimeOffset() - TimeProvider.System.GetUtcNow();
        Assert.InRange(left.TotalHours, 4.5, 5.1);
        var study = StudyLocator.Read(Study).With(all => all with { TimeLimit = null });
        Assert.Equal(TimeSpan.FromHours(2), LeaseBook.TermOf(study, []));
        Assert.Equal(TimeSpan.FromHours(2), LeaseBook.TermOf(study, [TimeSpan.FromMinutes(3)]));
        Assert.Equal(TimeSpan.FromHours(30), LeaseBook.TermOf(study, [TimeSpan.FromHours(1), TimeSpan.FromHours(10)]));
    }

    [Fact]
    public async Task Told_twice_is_told_and_changes_nothing()
    {
        Write(3);
        for (var i = 0; i < 3; i++)
        {
            await Number();
        }

        Assert.Equal(ExitCode.Done, (await Tell(1, "0.09")).Code);
        Assert.Equal(ExitCode.Done, (await TellFailed(2, "no memory")).Code);
        var before = await Trials();

        var (code, _, errors) = await Tell(1, "0.09");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("training 1 was told before, with the same outputs; nothing is changed", errors, StringComparison.Ordinal);
        (code, _, errors) = await TellFailed(2, "again");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("training 2 was told as failed before (no memory); nothing is changed", errors, StringComparison.Ordinal);

        await Refused(Tell(1, "0.16"), "training 1 was told before, and with other outputs");
        await Refused(Tell(1, "0.09\n0.09"), "training 1 was told before, and with other outputs");
        await Refused(TellFailed(1, "no"), "training 1 was told with outputs before, and now as failed");
        await Refused(Tell(2, "1"), "training 2 was told as failed before (no memory), and now with outputs");
        Assert.Equal(before, await Trials());

        async Task Refused(Task<(int Code, string Output, string Errors)> told, string words)
        {
            var (ended, _, said) = await told;
            Assert.Equal(ExitCode.BadInput, ended);
            Assert.Contains("error[H016]: " + words, said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("inf")]
    public async Task A_value_that_is_no_number_is_answered_with_what_to_do(string value)
    {
        Write(1);
        await Number();
        var (code, _, errors) = await Tell(1, value);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("help: htitune tell 1 --failed ", errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await TellFailed(1, "the loss is not a number")).Code);
        Assert.Equal("failed", (await Trials())[0].State);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    public async Task What_is_no_number_of_a_training_has_its_own_words(string number)
    {
        Write(1);
        var (code, _, errors) = await InProcess.Run("tell", "--study", Study, number, "out.npy");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains($"'{number}'", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_training_waits_for_the_others_and_the_end_is_told()
    {
        Write(2, trainings: 4);
        Assert.Equal((1, 2), (await Number(), await Number()));
        Assert.Equal(ExitCode.Done, (await Tell(2, "0.49")).Code);
        Assert.Equal(3, await Number());
        Assert.Equal(ExitCode.Done, (await Tell(1, "0.09")).Code);
        var (code, output, errors) = await Ask();
        Assert.Equal((ExitCode.InHands, ""), (code, output));
        Assert.Contains("there is nothing to train before one of those in hands is told: 3 until ", errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await Tell(3, "0.04")).Code);
        Assert.Equal(4, await Number());
        Assert.Equal(ExitCode.Done, (await Tell(4, "0.0001")).Code);
        (code, output, errors) = await Ask();
        Assert.Equal("", output);
        Assert.True(code is ExitCode.BudgetSpent or ExitCode.Done or ExitCode.GoalNotReached, errors);
        Assert.Contains("the study has ended", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_contexts_the_first_that_is_told_says_how_many_outputs_there_are()
    {
        Write(2, contexts: "");
        Assert.Equal((1, 2), (await Number(), await Number()));
        Assert.Equal(ExitCode.Done, (await TellFailed(1, "no memory")).Code);
        Assert.Equal(3, await Number());
        Assert.Equal(ExitCode.Done, (await Tell(3, "0.1\n0.2\n0.3")).Code);
        var (code, _, errors) = await Tell(2, "0.1");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("has 1 rows; expected 3, as at the λ before", errors, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await Tell(2, "0.4\n0.5\n0.6")).Code);
        Assert.Equal(["failed", "completed", "completed"], (await Trials()).Take(3).Select(one => one.State));
    }

    [Fact]
    public async Task Where_all_failed_it_says_so_and_begins_anew_when_it_is_told_to()
    {
        Write(1, trainings: 4);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i, await Number());
            Assert.Equal(ExitCode.Done, (await TellFailed(i, "no module")).Code);
        }

        var (code, output, errors) = await Ask();
        Assert.Equal((ExitCode.TrainingFailed, ""), (code, output));
        Assert.Contains("no module", errors, StringComparison.Ordinal);
        Assert.Contains(" --anew", errors, StringComparison.Ordinal);
        Assert.Equal(4, await Number("--anew"));
        Assert.Equal(4, await Number("--anew"));
        Assert.Equal(ExitCode.Done, (await Tell(4, "0.5")).Code);
        Assert.Equal(["failed", "failed", "failed", "completed"], (await Trials()).Select(one => one.State));
    }

    [Fact]
    public async Task Two_at_once_wait_for_each_other()
    {
        Write(6);
        Task<(int Code, string Output, string Errors)>[] asked = [.. Enumerable.Range(0, 3).Select(_ => CliProcess.Run(_folder.File("."), "ask"))];
        var answers = await Task.WhenAll(asked);
        Assert.All(answers, answer => Assert.True(answer.Code == ExitCode.Done, answer.Errors));
        Assert.Equal(3, answers.Select(answer => answer.Output.Split(' ')[0]).Distinct().Count());
    }

    [Fact]
    public async Task Who_waits_has_a_training_as_soon_as_one_is_told()
    {
        Write(1);
        Assert.Equal(1, await Number("--worker", "a"));
        using var waiting = new CliProcess(_folder.File("."), "ask", "--worker", "b", "--wait");

        // It waits: it has looked once, and let go of the study again.
        var journal = _folder.File("study.htitune/journal.jsonl");
        await waiting.Until(() => File.ReadLines(journal).Count(line => line.Contains("\"study-resumed\"", StringComparison.Ordinal)) > 0);
        (int Code, string Output, string Errors) told;
        do
        {
            told = await Tell(1, "0.09");
        }
        while (told.Code != ExitCode.Done);
        var (code, output, errors) = await waiting.End();
        Assert.True(code == ExitCode.Done, errors);
        Assert.StartsWith("2 ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_that_is_over_ends_as_one_that_never_was()
    {
        Write(1);
        Assert.Equal(1, await Number("--worker", "a"));
        var (code, output, errors) = await Ask("--worker", "b", "--wait", "0.3s");
        Assert.Equal((ExitCode.InHands, ""), (code, output));
        Assert.Contains("error[H015]", errors, StringComparison.Ordinal);
        (code, _, errors) = await Ask("--wait=soon");
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains("'soon' is not what --wait takes", errors, StringComparison.Ordinal);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests.Services;

/// <summary>Networks that a command of the host's configuration trains: a shell's here, where there is one.</summary>
public sealed class CommandNetworkTests : IDisposable
{
    private const string Tenant = "team";

    // y_i = (λ − 0.9)(1 + i/40): the objective mean(y0 · y0) is (λ − 0.9)² times the mean of (1 + i/40)².
    private const string Line = "awk -v l=\"$1\" 'BEGIN { print \"y\"; for (i = 0; i < 40; i++) printf \"%.9f\\n\", (l - 0.9) * (1 + i / 40) }' > \"$2\"";
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-command").FullName;

    private static StudyDefinition Definition => StudyServiceTests.Definition with { MaxTrainings = 4 };

    public static TheoryData<string, string, int> Failures => new()
    {
        { "echo half done; exit 3", "exit-code", 2 },
        { "kill -9 $$", "signal: 9", 2 },
        { "exit 0", "bad-output", 1 },
        { "printf 'y\\n1\\n2\\n' > \"$2\"", "bad-output", 1 },
        { "awk 'BEGIN { print \"y\"; for (i = 0; i < 40; i++) print \"nan\" }' > \"$2\"", "bad-output", 1 },
        { "echo '{' > \"$2\"", "bad-output", 1 },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_command_trains_and_its_log_and_durations_are_told()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var ended = new ConcurrentBag<(string? State, double Seconds)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "htitune.training.duration")
            {
                self.EnableMeasurementEvents(instrument);
            }
        }
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => ended.Add((tags[0].Value as string, seconds)));
        listener.Start();
        await using var host = await StartAsync(("line", "echo begun at $1 >&2; echo htitune:value 1 0.75; echo htitune:value 2 0.5; " + Line));
        var id = (await host.Studies.CreateAsync(Tenant, Definition with { Network = "line" })).Id;
        var study = await host.EndAsync(id);
        Assert.True(study.State == StudyState.Finished, study.Reason);
        var trials = await host.Studies.TrialsAsync(Tenant, id);
        Assert.Equal(4, trials.Count);
        var scale = Enumerable.Range(0, 40).Average(i => Math.Pow(1 + i / 40.0, 2));
        Assert.All(trials, trial => Assert.Equal(scale * Math.Pow(trial.Lambda - 0.9, 2), trial.Value!.Value, 1e-6));
        var attempt = (await host.Studies.AttemptsAsync(Tenant, id, 1))[0];
        Assert.Equal([new(1, 0.75), new(2, 0.5)], await host.Studies.ValuesAsync(Tenant, id, attempt.Id));
        Assert.Contains("begun at " + trials[0].Lambda.ToString("R", CultureInfo.InvariantCulture), await host.Studies.LogAsync(Tenant, id, attempt.Id));
        Assert.True(ended.Count(one => one is (nameof(AttemptState.Done), > 0 and < 60)) >= 4);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_command_that_fails_is_told_with_its_reason_and_tried_again_where_that_may_help(string script, string reason, int attempts)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var host = await StartAsync(("failing", script));
        var id = (await host.Studies.CreateAsync(Tenant, Definition with { Network = "failing", MaxTrainings = 9, MaxAttempts = 2 })).Id;
        var study = await host.EndAsync(id);
        Assert.Equal(StudyState.Failed, study.State);
        Assert.Equal(3, study.TrainingsUsed);
        Assert.Contains(reason, study.Reason);
        Assert.DoesNotContain(_folder, study.Reason);
        var tried = await host.Studies.AttemptsAsync(Tenant, id, 1);
        Assert.Equal(attempts, tried.Count);
        Assert.All(tried, attempt => Assert.StartsWith(reason, attempt.Reason));
        Assert.All(tried, attempt => Assert.Equal(AttemptState.Failed, attempt.State));
    }

    [Fact]
    public async Task A_program_that_is_not_there_fails_and_one_that_fails_once_is_forgiven()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var mark = Path.Combine(_folder, "mark");
        await using var host = await StartAsync(("flaky", $"if [ ! -e {mark} ]; then touch {mark}; exit 1; fi; " + Line), ("gone", null));
        var gone = (await host.Studies.CreateAsync(Tenant, Definition with { Network = "gone", MaxTrainings = 1, MaxAttempts = 2 })).Id;
        Assert.Contains("no-program", (await host.EndAsync(gone)).Reason);
        var flaky = (await host.Studies.CreateAsync(Tenant, Definition with { Network = "flaky" })).Id;
        Assert.Equal(StudyState.Finished, (await host.EndAsync(flaky)).State);
        Assert.Equal([AttemptState.Failed, AttemptState.Done], (await host.Studies.AttemptsAsync(Tenant, flaky, 1)).Select(attempt => attempt.State));
        Assert.All(await host.Studies.TrialsAsync(Tenant, flaky), trial => Assert.Equal(TrialStatus.Completed, trial.Status));
    }

    [Theory]
    [InlineData("limit")]
    [InlineData("cancel")]
    [InlineData("kill")]
    public async Task A_command_that_hangs_is_ended_with_all_its_children(string by)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // A child in the background that hears nothing of what its parent is told.
        var pids = Path.Combine(_folder, "pids");
        await using var host = await StartAsync(("hanging", $"trap '' TERM; sleep 600 & echo $! >> {pids}; wait; wait"));
        var id = (await host.Studies.CreateAsync(Tenant, Definition with
        {
            Network = "hanging",
            MaxTrainings = 1,
            MaxAttempts = 1,
            TimeLimit = by == "limit" ? TimeSpan.FromSeconds(1) : null,
        })).Id;
        await Wait.UntilAsync(() => File.Exists(pids) && File.ReadAllText(pids).EndsWith('\n'));

        var attempt = Assert.Single(await host.Studies.AttemptsAsync(Tenant, id, 1));
        switch (by)
        {
            case "limit":
                await host.EndAsync(id);
                Assert.Equal(AttemptState.TimedOut, (await host.Studies.AttemptsAsync(Tenant, id, 1))[0].State);
                break;
            case "cancel":
                await host.Studies.CancelAsync(Tenant, id);
                break;
            default:
                await host.Studies.EndAttemptAsync(Tenant, id, attempt.Id, kill: true);
                Assert.NotNull((await host.EndAsync(id)).Reason);
                Assert.StartsWith("killed", (await host.Studies.AttemptsAsync(Tenant, id, 1))[0].Reason);
                break;
        }

        var process = $"/proc/{File.ReadLines(pids).First()}/stat";
        await Wait.UntilAsync(() => !IsAlive(process), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_pause_lets_what_trains_end_and_begins_nothing_until_the_study_is_resumed()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var (begun, go) = (Path.Combine(_folder, "begun"), Path.Combine(_folder, "go"));
        await using var host = await StartAsync(("line", $"echo >> {begun}; while [ ! -e {go} ]; do sleep 0.02; done; " + Line), ("plain", Line));
        var id = (await host.Studies.CreateAsync(Tenant, Definition with { Network = "line" })).Id;
        await Wait.UntilAsync(() => File.Exists(begun));

        await host.Studies.PauseAsync(Tenant, id);
        await File.WriteAllTextAsync(go, "");
        await Wait.UntilAsync(async () => (await host.Studies.TrialsAsync(Tenant, id))[0].Status == TrialStatus.Completed);

        // Several rounds of the reconciler and of polls.
        await Task.Delay(1500);
        Assert.Single(await File.ReadAllLinesAsync(begun));
        Assert.Equal(StudyState.Paused, (await host.Studies.GetAsync(Tenant, id)).State);
        await host.Studies.ResumeAsync(Tenant, id);
        var study = await host.EndAsync(id);
        var plain = await host.EndAsync((await host.Studies.CreateAsync(Tenant, Definition with { Network = "plain" })).Id);
        Assert.Equal(plain.Result!.Lambda, study.Result!.Lambda);
        Assert.Equal(4, (await File.ReadAllLinesAsync(begun)).Length);
    }

    [Fact]
    public async Task The_hyperparameters_own_name_is_filled_as_on_the_command_line_and_another_is_refused_in_the_same_words()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var host = await StartAsync(command => (command.Command[^2], command.Environment["OWN"]) = ("{rate}", "given"), ("named", "test \"$1\" = \"$HTITUNE_LAMBDA\" -a $OWN = given && " + Line));
        var definition = Definition with { Network = "named", Hyperparameter = "rate" };
        var study = await host.EndAsync((await host.Studies.CreateAsync(Tenant, definition)).Id);
        Assert.True(study.State == StudyState.Finished, study.Reason);
        var scale = Enumerable.Range(0, 40).Average(i => Math.Pow(1 + i / 40.0, 2));
        Assert.All(await host.Studies.TrialsAsync(Tenant, study.Id), trial => Assert.Equal(scale * Math.Pow(trial.Lambda - 0.9, 2), trial.Value!.Value, 1e-6));

        var refused = await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.CreateAsync(Tenant, definition with { Hyperparameter = "dropout" }));
        Assert.Equal(StudyServiceError.Invalid, refused.Kind);
        var words = Assert.Throws<FormatException>(() => External.Placeholders.Check(["sh", "{rate}", "{out}"], "dropout")).Message;
        Assert.Contains($"network: 'named' is trained by a command, and {words}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_hyperparameters_fill_the_command_each_by_its_name()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var script = "test \"$1 $2\" = \"$HTITUNE_LR $HTITUNE_LAYERS\" && awk -v l=\"$1\" -v n=\"$2\" -v a=\"$3\" 'BEGIN { print \"y\"; for (i = 0; i < 40; i++) printf \"%.9f\\n\", (log(l) + n - (a == \"gelu\" ? 1 : 0)) * (1 + i / 40) }' > \"$4\"";
        await using var host = await StartAsync(
            command =>
            {
                command.Command.Clear();
                foreach (var word in (string[])["sh", "-c", script, "sh", "{lr}", "{layers}", "{act}", "{out}"])
                {
                    command.Command.Add(word);
                }
            },
            ("spaces", "true"));
        var definition = Definition with { Network = "spaces", Minimum = null, Maximum = null, Scale = "linear", Hyperparameters = ["lr=0.01..1:log", "layers=1..3:int", "act=relu,gelu"], MaxTrainings = 7 };
        var study = await host.EndAsync((await host.Studies.CreateAsync(Tenant, definition)).Id);
        Assert.True(study.State == StudyState.Finished, study.Reason);
        var trials = await host.Studies.TrialsAsync(Tenant, study.Id);
        var scale = Enumerable.Range(0, 40).Average(i => Math.Pow(1 + i / 40.0, 2));
        Assert.All(trials, trial => Assert.Equal(
            scale * Math.Pow(Math.Log(trial.Configuration["lr"]) + trial.Configuration["layers"] - (trial.Configuration["act"].Word == "gelu" ? 1 : 0), 2), trial.Value!.Value, 1e-5));
        var refused = await Assert.ThrowsAsync<StudyServiceException>(() => host.Studies.CreateAsync(Tenant, definition with { Hyperparameters = ["dropout=0..1", "act=relu,gelu"] }));
        Assert.Contains("network: 'spaces' is trained by a command, and {lr} in the command is unknown; expected {dropout}, {act}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{lamda}", "did you mean 'lambda'?")]
    [InlineData("{rate}{Rate}", "the variable HTITUNE_RATE would hold the value of Rate and the value of rate; expected another name")]
    [InlineData("{rate}{dropout}{lambda}", "is unknown; expected {dropout}, {rate}, {seed}, {contexts}, {out}")]
    public async Task A_command_whose_placeholders_no_study_could_fill_is_refused_at_the_start(string word, string words)
    {
        var problem = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(command => command.Command[^2] = word, ("named", "true")));
        Assert.Contains("Networks:named:Command", problem.Message, StringComparison.Ordinal);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    // One that has ended and was not buried yet (Z) is no more.
    private static bool IsAlive(string stat)
    {
        try
        {
            return File.ReadAllText(stat) is var text && text[(text.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Task<ServiceHost> StartAsync(params (string Name, string? Script)[] networks) => StartAsync(_ => { }, networks);

    private Task<ServiceHost> StartAsync(Action<CommandNetworkOptions> change, params (string Name, string? Script)[] networks) => ServiceHost.StartAsync(Path.Combine(_folder, "studies.db"), null, options =>
    {
        foreach (var (name, script) in networks)
        {
            var command = new CommandNetworkOptions { OutputFormat = ".csv" };
            foreach (var word in script is null ? ["htitune-no-such-program", "{lambda}", "{out}"] : (string[])["sh", "-c", script, "sh", "{lambda}", "{out}"])
            {
                command.Command.Add(word);
            }

            change(command);
            options.Networks.Add(name, command);
        }
    });
}

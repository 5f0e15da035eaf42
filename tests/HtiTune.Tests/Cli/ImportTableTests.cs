using HtiTune.Cli;
using HtiTune.Journal;
using HtiTune.Data;

namespace HtiTune.Tests.Cli;

/// <summary>Tables of runs as other tools export them: which lines become trainings, and what is said of the others.</summary>
[Collection("console")]
public class ImportTableTests
{
    private const string Optuna =
        """
        ,number,value,datetime_start,datetime_complete,duration,params_rate,user_attrs_note,state
        0,0,0.04,2024-05-01 10:00:00,2024-05-01 10:00:01.5,0 days 00:00:01.500000,0.1,a,TrialState.COMPLETE
        1,1,0.9,2024-05-01 10:00:00,2024-05-01 10:00:01,0 days 00:00:01,0.3,"b, c",TrialState.PRUNED
        2,2,0.25,2024-05-01 10:00:00,2024-05-02 10:00:00,1 days 00:00:00,0.8,,TrialState.COMPLETE
        3,3,,2024-05-01 10:00:00,,,0.9,,TrialState.FAIL
        4,4,nan,,,,,,TrialState.WAITING
        """;

    private const string Dashboard =
        """
        Number,State,Value,Param rate,UserAttribute note
        0,COMPLETE,0.04,0.1,
        1,RUNNING,,0.3,
        2,COMPLETE,0.25,0.8,
        """;

    private const string Wandb =
        """
        "Name","State","Notes","User","Tags","Created","Runtime","Sweep","rate","val_loss"
        "sour-2","finished","-","me","","2024-05-01T10:00:00.000Z","12","","0.1","0.04"
        "calm-3","crashed","-","me","","2024-05-01T10:00:00.000Z","3","","0.5",""
        "dry-4","killed","-","me","","2024-05-01T10:00:00.000Z","3","","","NaN"
        "wild-5","finished","-","me","","2024-05-01T10:00:00.000Z","86400","","0.8","0.25"
        """;

    private const string MlflowPage =
        """
        "Start Time","Duration","Run ID","Name","Source Type","Source Name","User","Status","rate","loss"
        "2024-05-01 10:00:00","250ms","a","x","LOCAL","t.py","me","FINISHED","0.1","0.04"
        "2024-05-01 10:00:00","1.5min","b","y","LOCAL","t.py","me","FINISHED","0.8","0.25"
        "2024-05-01 10:00:00","","c","z","LOCAL","t.py","me","RUNNING","'-0.8",""
        """;

    private const string MlflowSearch =
        """
        run_id,experiment_id,status,artifact_uri,start_time,end_time,metrics.loss,params.rate,tags.mlflow.user
        a,0,FINISHED,x,2024-05-01 10:00:00.000000+00:00,2024-05-01 10:00:02.000000+00:00,0.04,0.1,me
        b,0,KILLED,x,2024-05-01 10:00:00.000000+00:00,,inf,0.5,me
        c,0,FINISHED,x,2024-05-01 10:00:00.000000+00:00,2024-05-01 11:00:00.000000+00:00,0.25,0.8,me
        """;

    private const string Ray =
        """
        loss,timestamp,done,training_iteration,trial_id,date,time_this_iter_s,time_total_s,pid,config/rate
        0.9,1702902494,False,1,a1,2023-12-18_12-28-14,1.5,1.5,17,0.1
        0.04,1702902495,True,2,a1,2023-12-18_12-28-15,1.5,3.25,17,0.1
        0.25,1702902496,True,2,b2,2023-12-18_12-28-16,1.5,60,17,0.8
        0.7,1702902497,False,1,c3,2023-12-18_12-28-17,1.5,1.5,17,0.4
        """;

    private const string Ax =
        """
        trial_index,arm_name,trial_status,generation_node,loss,rate
        0,0_0,COMPLETED,Sobol,0.04,0.1
        1,1_0,FAILED,Sobol,,0.3
        2,2_0,ABANDONED,Sobol,,0.4
        3,3_0,EARLY_STOPPED,BoTorch,0.6,0.5
        4,4_0,COMPLETED,BoTorch,0.25,0.8
        """;

    private const string Smac =
        """
        config_id,rate,cost,time,status,starttime,endtime
        1,0.1,0.04,0.5,StatusType.SUCCESS,1702902494.5,1702902495
        2,0.3,2147483647,0.1,StatusType.CRASHED,1702902494.5,1702902495
        3,0.4,2147483647,30,StatusType.TIMEOUT,1702902494.5,1702902495
        4,0.5,2147483647,0.1,StatusType.MEMOUT,1702902494.5,1702902495
        5,0.8,0.25,2,StatusType.SUCCESS,1702902494.5,1702902495
        """;

    public static TheoryData<string, string, string?, double, double, string> Exports() => new()
    {
        { "Optuna", Optuna, null, 1.5, 86400, "PRUNED FAIL WAITING" },
        { "its dashboard", Dashboard, null, 0, 0, "RUNNING" },
        { "W&B", Wandb, "val_loss", 12, 86400, "crashed killed" },
        { "MLflow's page", MlflowPage, "loss", 0.25, 90, "RUNNING" },
        { "MLflow's search_runs", MlflowSearch, null, 2, 3600, "KILLED" },
        { "Ray", Ray, "loss", 3.25, 60, "not done" },
        { "Ax", Ax, "loss", 0, 0, "FAILED ABANDONED EARLY_STOPPED" },
        { "SMAC", Smac, null, 0.5, 2, "CRASHED TIMEOUT MEMOUT" },
    };

    [Theory]
    [MemberData(nameof(Exports))]
    public void Finished_runs_of_every_tool_are_taken_and_the_others_told_by_their_state(
        string tool, string table, string? value, double first, double second, string others)
    {
        var runs = Read(table, value: value);
        var taken = runs.Where(run => run.LeftOut is null).ToList();
        Assert.True(taken.Count == 2, tool);
        Assert.Equal([0.1, 0.8], taken.Select(run => run.Configuration!.Lambda));
        Assert.Equal([0.04, 0.25], taken.Select(run => run.Outputs!.Exact(0, 0)));
        Assert.Equal([first, second], taken.Select(run => run.Duration.TotalSeconds));
        var left = runs.Where(run => run.State is not null && run.LeftOut is not null).Select(run => run.LeftOut);
        Assert.Equal(others.Replace("not done", "not_done", StringComparison.Ordinal).Split(' ').Select(state => $"in state {state.Replace('_', state == "not_done" ? ' ' : '_')}"), left);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("inf")]
    [InlineData("-Infinity")]
    [InlineData("None")]
    [InlineData("1e999")]
    public void A_finished_run_without_a_finite_value_is_a_training_that_failed(string value)
    {
        var runs = Read($"number,value,params_rate,state\n0,{value},0.1,COMPLETE\n1,0.5,0.2,COMPLETE\n2,{value},0.3,FAIL\n");
        Assert.Equal([true, true, false], runs.Select(run => run.LeftOut is null));
        Assert.Null(runs[0].Outputs);
        Assert.Contains("expected a finite number", runs[0].Error, StringComparison.Ordinal);
        Assert.Null(runs[1].Error);
    }

    [Fact]
    public void A_run_that_never_drew_the_hyperparameter_is_left_out()
    {
        var runs = Read("number,value,params_rate,state\n0,0.1,,COMPLETE\n1,0.5,0.2,COMPLETE\n");
        Assert.Equal("without rate", runs[0].LeftOut);
        Assert.True(runs[1].LeftOut is null);
    }

    [Theory]
    [InlineData("number,value,params_rate,state\n0,0.1,0.2,DREAMING\n", "the state 'DREAMING' is not known", "--finished")]
    [InlineData("number,value,params_rate,state\n0,0.1,\"0,2\",COMPLETE\n", "line 2, column 3 ('params_rate'): the field is '0,2'", null)]
    [InlineData("number,value,params_rate,state\n0,\"0,1\",0.2,COMPLETE\n", "line 2, column 2 ('value'): the field is '0,1'", null)]
    [InlineData("number,values_0,values_1,params_rate,state\n0,0.1,3,0.2,COMPLETE\n", "several objectives, 'values_0', 'values_1'", "--value-column 'values_0'")]
    [InlineData("Number,State,Objective 0,Objective 1,Param rate\n0,COMPLETE,0.1,3,0.2\n", "several objectives, 'Objective 0', 'Objective 1'", "--value-column 'Objective 0'")]
    [InlineData("number,value,params_rat,state\n0,0.1,0.2,COMPLETE\n", "expected 'params_rate', 'Param rate', 'config/rate', 'config.rate', 'params.rate' or 'rate'", "--lambda-column")]
    [InlineData("number,value,params_rat,state\n0,0.1,0.2,COMPLETE\n", "did you mean 'params_rat'?", "--lambda-column")]
    [InlineData("number;value;params_rate;state\n0;0,1;0,2;COMPLETE\n", "separated by ';'", "export it with commas")]
    [InlineData("\"number\";\"value\";\"params_rate\"\n\"0\";\"0,1\";\"0,2\"\n", "';'", "export it with commas")]
    [InlineData("number\tvalue\tparams_rate\n0\t0.1\t0.2\n", "separated by 'tab'", "export it with commas")]
    [InlineData("Name,rate,loss\na,0.1,0.2\n", "there is no column 'value'", "--value-column")]
    [InlineData("number,value,params_rate,params_rate\n0,0.1,0.2,0.3\n", "the name 'params_rate' is that of column 3 too", null)]
    public void What_is_missing_or_ambiguous_is_said_with_what_helps(string table, string expected, string? help)
    {
        var problem = Record.Exception(() => Read(table));
        Assert.Contains(expected, Assert.IsAssignableFrom<Exception>(problem).Message, StringComparison.Ordinal);
        Assert.True(help is null || problem is CliException told && told.Help.Contains(help, StringComparison.Ordinal), (problem as CliException)?.Help);
    }

    [Fact]
    public void What_the_user_says_of_columns_and_states_wins()
    {
        var runs = Read("value,other,state,phase,rate,lr\n1,2,COMPLETE,dreaming,0.1,0.2\n3,4,FAIL,done,0.3,0.4\n", new ImportOptions("lr", "other", "phase", ["done"], null));
        Assert.Equal([false, true], runs.Select(run => run.LeftOut is null));
        Assert.Equal((0.4, 4.0), (runs[1].Configuration!.Lambda, runs[1].Outputs!.Exact(0, 0)));
    }

    [Theory]
    [InlineData("0.5", 0.5)]
    [InlineData("0 days 00:00:01.500000", 1.5)]
    [InlineData("2 days 03:04:05", 183845)]
    [InlineData("1 day 00:00:00", 86400)]
    [InlineData("0:00:03.25", 3.25)]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5min", 90)]
    [InlineData("2.0h", 7200)]
    [InlineData("0.5d", 43200)]
    [InlineData("12.3s", 12.3)]
    [InlineData("", 0)]
    [InlineData("nan", 0)]
    [InlineData("NaT", 0)]
    [InlineData("-3", 0)]
    [InlineData("1702902494.5", 0)] // A point in time.
    [InlineData("2024-05-01 10:00:00", 0)]
    public void Durations_are_read_in_the_forms_of_other_tools(string text, double seconds) =>
        Assert.Equal(seconds, RunDurations.Parse(text).TotalSeconds, 9);

    [Fact]
    public async Task What_the_objective_cannot_judge_is_refused_before_anything_is_taken()
    {
        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },");
        await File.WriteAllTextAsync(study["study.json"], (await File.ReadAllTextAsync(study["study.json"])).Replace("column:cost", "mean(cost) + mean(time)", StringComparison.Ordinal));
        await File.WriteAllTextAsync(study["runs.csv"], "value,rate\n0.5,0.2\n");
        var (code, _, errors) = await InProcess.Run("import", study["runs.csv"], "--study", study["study.json"]);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("there is no column 'cost'", errors, StringComparison.Ordinal);
        Assert.False(study.Has("study.htitune/journal.jsonl"));
    }

    private static List<EarlierTraining> Read(string table, ImportOptions? options = null, string? value = null)
    {
        using var study = new ShellStudy(keys: "\"contexts\": { \"draws\": 1 },");
        File.WriteAllText(study["runs.csv"], table);
        return RunTable.Read(study["runs.csv"], StudyLocator.Read(study["study.json"]), options ?? new ImportOptions(null, value, null, null, null));
    }
}

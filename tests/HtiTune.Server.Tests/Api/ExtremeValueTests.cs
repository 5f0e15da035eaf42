using HtiTune.Client;

namespace HtiTune.Server.Tests.Api;

/// <summary>Values of any size, in any order: every tell is taken, the study comes to its end, and the recommendation is one of the best that were trained.</summary>
public sealed class ExtremeValueTests(ApiServer server) : IClassFixture<ApiServer>
{
    private const int Trainings = 12;

    public static TheoryData<Goal, double, double, double> Penalties
    {
        get
        {
            var data = new TheoryData<Goal, double, double, double>();
            foreach (var goal in (Goal[])[Goal.Minimize, Goal.Maximize])
            {
                foreach (var penalty in (double[])[1e3, 1e6, 1e10, 1e30, 1e155, 1e300, double.MaxValue])
                {
                    data.Add(goal, penalty, 0.9, 1);
                }

                data.Add(goal, double.MaxValue, 0, 0.2);
                data.Add(goal, 1e10, 0.45, 0.6);
            }

            return data;
        }
    }

    [Theory]
    [InlineData(0.09, double.MaxValue, 0.04)]
    [InlineData(double.MaxValue, 0.09, 0.04)]
    [InlineData(double.MaxValue, -double.MaxValue, double.MaxValue, -double.MaxValue, 0.0)]
    [InlineData(-double.MaxValue, 1e-300, 1.0)]
    [InlineData(1e-300, 2e-300, 3e-300)]
    [InlineData(1e155, 1e-155, -1e155)]
    [InlineData(double.Epsilon, 0.0, -double.Epsilon)]
    [InlineData(1e300, 1e300, 1e300)]
    [InlineData(0.0, 0.0, 0.0)]
    [InlineData(1e308, 1.5e308, -1e308, 1.0)]
    public async Task Whatever_is_told_the_study_goes_on_to_its_end(params double[] values)
    {
        // Then an honest curve follows, or the same numbers in turn to the last training.
        await DriveAsync("orders", Goal.Minimize, (place, lambda) => place < values.Length ? values[place] : Math.Pow(lambda - 0.3, 2));
        await DriveAsync("orders", Goal.Maximize, (place, _) => values[place % values.Length]);
    }

    [Theory]
    [InlineData(1e-300, 0)]
    [InlineData(1e-200, 0)]
    [InlineData(1e200, 0)]
    [InlineData(1e300, 0)]
    [InlineData(1, 1e12)]
    [InlineData(1e-5, -1e3)]
    public async Task A_curve_of_any_size_is_tuned(double size, double offset)
    {
        var (ended, trained) = await DriveAsync("sizes", Goal.Minimize, (_, lambda) => size * Math.Pow(lambda - 0.3, 2) + offset);
        Assert.Equal(StudyState.Finished, ended.State);
        Assert.True(Rank(trained, ended.Result!.Lambda, 1) <= 2, $"{ended.Result.Lambda} of {string.Join(", ", trained)}");
        Assert.Equal(0.3, ended.Result.Lambda, 0.1);
    }

    [Theory]
    [MemberData(nameof(Penalties))]
    public async Task A_penalty_leads_the_recommendation_to_none_but_the_two_best_that_were_trained(Goal goal, double penalty, double from, double to)
    {
        var sign = goal == Goal.Minimize ? 1 : -1;
        var (ended, trained) = await DriveAsync("penalties", goal, (_, lambda) => sign * (lambda >= from && lambda <= to ? penalty : Math.Pow(lambda - 0.3, 2)));
        Assert.Equal(StudyState.Finished, ended.State);
        Assert.True(ended.Result!.IsTrained, $"{ended.Result.Lambda} is not trained");
        Assert.True(Rank(trained, ended.Result.Lambda, sign) <= 2, $"{ended.Result.Lambda} of {string.Join(", ", trained)}");
    }

    // 1 for the best of what was trained.
    private static int Rank(IReadOnlyList<(double Lambda, double Value)> trained, double lambda, int sign) =>
        trained.OrderBy(one => sign * one.Value).Select(one => one.Lambda).ToList().IndexOf(lambda) is var place and >= 0 ? place + 1 : int.MaxValue;

    private async Task<(StudyView Ended, IReadOnlyList<(double Lambda, double Value)> Trained)> DriveAsync(string tenant, Goal goal, Func<int, double, double> value)
    {
        var client = await server.ClientAsync(tenant);
        var study = await client.CreateAsync(new StudyDefinition { Name = "extreme", Minimum = 0, Maximum = 1, Goal = goal, MaxTrainings = Trainings });
        var trained = new List<(double, double)>();
        var worker = $"w{study.Id:N}";
        var task = await client.ClaimAsync(worker, study: study.Id);
        while (task is not null)
        {
            var told = value(trained.Count, task.Lambda);
            trained.Add((task.Lambda, told));
            var answer = await client.TellAsync(task, new WorkResult { Value = told }, worker, study: study.Id);
            Assert.True(answer.Study is StudyState.Active or StudyState.Finished, $"{answer.Study} after {string.Join(", ", trained)}: {(await client.GetAsync(study.Id)).Reason}");
            task = answer.Next;
        }

        var ended = await client.GetAsync(study.Id);
        Assert.True(ended.State == StudyState.Finished, $"{ended.State} {ended.Reason} after {string.Join(", ", trained)}");
        Assert.InRange(trained.Count, 1, Trainings);
        Assert.Equal(trained, (await client.TrialsAsync(study.Id)).Select(trial => (trial.Lambda, trial.Value!.Value)));
        return (ended, trained);
    }
}

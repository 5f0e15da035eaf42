using HtiTune.Hosting;
using HtiTune.Server.Dashboard;
using HtiTune.Server.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Browser;

/// <summary>All numbers of a study's page are of one preference.</summary>
public sealed class AskedVersionTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task After_another_preference_the_page_has_its_numbers_and_none_of_the_first()
    {
        var service = server.Services.GetRequiredService<IStudyService>();
        var begun = await service.CreateAsync("t", SampleNetwork.Study);
        await Wait.UntilAsync(async () => (await service.GetAsync("t", begun.Id)).State == StudyState.Finished);
        const string Objective = "19 * mean(max(demand - order, 0)) + mean(max(order - demand, 0))";
        await service.PreferAsync("t", begun.Id, Objective, Goal.Minimize);
        var (study, trials, curve, versions) = (
            await service.GetAsync("t", begun.Id), await service.TrialsAsync("t", begun.Id), await service.CurveAsync("t", begun.Id), await service.PreferencesAsync("t", begun.Id));

        // The cost of too little is weighed 19 to 1 and no longer 4 to 1: every value is another.
        var second = AskedVersion.Of(study, trials, curve, versions, null);
        Assert.Equal((Objective, versions[1].Result, versions[1].Result!.Lambda), (second.Asked!.Objective, second.Result, second.Lambda!.Value));
        Assert.NotEqual(study.Result!.Lambda, second.Lambda);
        var values = second.Trials.Where(trial => trial.Value is not null).ToDictionary(trial => trial.Number, trial => trial.Value!.Value);
        Assert.Equal(curve!.Anchors.ToDictionary(anchor => anchor.Number, anchor => anchor.Value!.Value), values);
        Assert.Equal(values.Values.Min(), second.BestValue);
        foreach (var trial in trials.Where(trial => trial.Status == TrialStatus.Completed))
        {
            var outputs = HtiTune.Data.NpyFile.FromBytes(await service.OutputsAsync("t", begun.Id, trial.Number), "outputs");
            var columns = study.Definition.Columns!.ToList();
            var (order, demand) = (columns.IndexOf("order"), columns.IndexOf("demand"));
            var cost = Enumerable.Range(0, outputs.Rows).Average(i => outputs[i, demand] > outputs[i, order] ? 19.0 * (outputs[i, demand] - outputs[i, order]) : outputs[i, order] - outputs[i, demand]);
            Assert.Equal(cost, values[trial.Number], 1e-3 * cost);
        }

        Assert.All(second.Trials, trial => Assert.Null(trial.PredictedLow));

        // So are the figures that are taken out, and the table.
        var lambda = second.Lambda!.Value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture);
        using var login = await DashboardLogin.BeginAsync(server, await server.KeyAsync("t", "read"));
        using var pages = new HttpClient(new SocketsHttpHandler { CookieContainer = login.Cookies });
        Assert.Contains($"recommended: quantile level {lambda}", await pages.GetStringAsync(new Uri(server.Address, $"studies/{begun.Id}/figures/objective.svg")), StringComparison.Ordinal);
        var table = (await pages.GetStringAsync(new Uri(server.Address, $"studies/{begun.Id}/trials.csv"))).Split("\r\n")[1..^1].Select(line => line.Split(',')).ToDictionary(cells => int.Parse(cells[0], System.Globalization.CultureInfo.InvariantCulture), cells => cells[2]);
        Assert.All(values, value => Assert.Equal(value.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture), table[value.Key]));

        // "Still possible" is what the band that is drawn says: at 95 % for all λ at once, what reaches below the least of its upper ends.
        var least = curve.Posterior.Min(point => point.HighForAll!.Value);
        foreach (var point in curve.Posterior.Where(point => Math.Abs(point.LowForAll!.Value - least) > 1e-6 * Math.Abs(least)))
        {
            Assert.Equal(point.LowForAll < least, point.IsPossible);
        }

        // The first, looked at again, is as it was.
        var first = AskedVersion.Of(study, trials, curve, versions, 1);
        Assert.Equal((study.BestValue, study.Result.Lambda), (first.BestValue, first.Lambda!.Value));
        Assert.Equal(trials, first.Trials);
        Assert.False(first.IsNewest);
    }

    [Theory]
    [InlineData(0.9996, "more than 99.9 %")]
    [InlineData(1, "more than 99.9 %")]
    [InlineData(0.957, "95.7 %")]
    [InlineData(0.0001, "less than 0.1 %")]
    public void No_probability_is_said_to_be_certain(double probability, string expected) => Assert.Equal(expected, Say.Probability(probability));
}

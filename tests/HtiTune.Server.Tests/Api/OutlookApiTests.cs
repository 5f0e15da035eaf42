using System.Net;
using System.Text.Json;

namespace HtiTune.Server.Tests.Api;

/// <summary>What more trainings would bring, as a client asks for it.</summary>
public sealed class OutlookApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Theory]
    [InlineData("\"minimum\": 0, \"maximum\": 1")]
    [InlineData("\"hyperparameters\": [\"rate=1e-4..1:log\", \"depth=1..8:int\"]")]
    public async Task It_is_nothing_before_the_first_value_then_grows_with_the_trainings_and_a_wrong_number_is_refused(string space)
    {
        using var http = server.Http(await server.KeyAsync($"outlook{space.Length}"));
        using var made = await http.PostAsync("studies", new StringContent($"{{\"definition\": {{\"name\": \"ahead\", {space}, \"maxTrainings\": 12}}}}", null, "application/json"));
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var study = JsonDocument.Parse(await made.Content.ReadAsStringAsync());
        var at = $"studies/{study.RootElement.GetProperty("id").GetString()}/outlook";
        using (var early = await http.GetAsync(at))
        {
            Assert.Equal(HttpStatusCode.NoContent, early.StatusCode);
        }

        for (var i = 0; i < 6; i++)
        {
            using var claimed = await http.PostAsync("attempts/claim", new StringContent("{\"worker\": \"w\", \"waitFor\": \"00:00:30\"}", null, "application/json"));
            using var work = JsonDocument.Parse(await claimed.Content.ReadAsStringAsync());
            var root = work.RootElement;
            using var told = await http.PostAsync(
                $"attempts/{root.GetProperty("attempt").GetString()}/tell",
                new StringContent(FormattableString.Invariant($"{{\"lease\": \"{root.GetProperty("lease").GetString()}\", \"value\": {i * 7 % 5}.5}}"), null, "application/json"));
            Assert.True(told.IsSuccessStatusCode, await told.Content.ReadAsStringAsync());
        }

        using var outlook = JsonDocument.Parse(await http.GetStringAsync($"{at}?trainings=5"));
        double[] gains = [.. outlook.RootElement.GetProperty("gains").EnumerateArray().Select(gain => gain.GetDouble())];
        Assert.Equal(5, gains.Length);
        Assert.All(gains.Zip(gains.Skip(1)), pair => Assert.True(pair.Second >= pair.First && pair.First > 0));
        Assert.InRange(outlook.RootElement.GetProperty("limit").GetDouble(), gains[^1], double.MaxValue);
        foreach (var wrong in (int[])[0, 101])
        {
            using var refused = await http.GetAsync($"{at}?trainings={wrong}");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains($"trainings is {wrong}; expected 1 to 100", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}

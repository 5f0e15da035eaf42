using System.Text.Json;

namespace HtiTune.Server.Tests.Api;

// What a run looks for beyond the best of one objective.
public sealed partial class CommandLineTests
{
    [Fact]
    public async Task Constraints_and_a_front_are_served_as_they_are_here()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const string Train = "awk -v x=\"$1\" -v n=\"$2\" 'BEGIN { print \"loss,time\"; printf \"%.6f,%.6f\\n\", (x - 0.7) ^ 2 + 0.02 * (8 - n), 3 * n }' > \"$3\"\n";
        await File.WriteAllTextAsync(Path.Combine(_folder, "train.sh"), Train);
        var key = await server.KeyAsync("command-line-aims");
        foreach (var isFront in (bool[])[false, true])
        {
            var file = new Dictionary<string, object>
            {
                ["folder"] = isFront ? "front" : "bounded",
                ["hyperparameters"] = (string[])["x=0..1", "n=1..8:int"],
                ["command"] = (string[])["sh", "train.sh", "{x}", "{n}", "{out}"],
                ["contexts"] = new { rows = 1 },
                ["outputs"] = new { format = ".csv", columns = (string[])["loss", "time"] },
                ["objective"] = "mean(loss)",
                [isFront ? "front" : "constraints"] = (string[])[isFront ? "mean(time)" : "mean(time) <= 15"],
                ["budget"] = new { trainings = 8 },
                ["training"] = new { retries = 0 },
            };
            await File.WriteAllTextAsync(Path.Combine(_folder, "study.json"), JsonSerializer.Serialize(file));
            var (code, output, errors) = await RunAsync(key, "tune", "--json");
            Assert.True(code == (isFront || errors.Contains("\ncertified", StringComparison.Ordinal) ? 0 : 6), $"{code}: {errors}");
            using var result = JsonDocument.Parse(output);
            var trials = JsonDocument.Parse((await RunAsync(key, "trials", "--json")).Output).RootElement.GetProperty("trials").EnumerateArray().ToList();
            Assert.All(trials, trial => Assert.Equal(3 * trial.GetProperty("configuration").GetProperty("n").GetDouble(), trial.GetProperty("values").GetProperty("mean(time)").GetDouble(), 1e-4));
            if (isFront)
            {
                var front = result.RootElement.GetProperty("front").EnumerateArray().ToList();
                Assert.True(front.Count > 1);
                Assert.All(front, point => Assert.Equal(["mean(loss)", "mean(time)"], point.GetProperty("values").EnumerateObject().Select(one => one.Name).Order()));
                Assert.Contains("are on the front", errors, StringComparison.Ordinal);
                continue;
            }

            Assert.True(result.RootElement.GetProperty("isFeasible").GetBoolean());
            Assert.InRange(result.RootElement.GetProperty("configuration").GetProperty("n").GetDouble(), 1, 5);
            Assert.Contains("it meets mean(time) <= 15", errors, StringComparison.Ordinal);
            Assert.All(trials, trial => Assert.Equal(trial.GetProperty("configuration").GetProperty("n").GetDouble() <= 5, trial.GetProperty("isFeasible").GetBoolean()));
            Assert.Equal(trials.Any(trial => !trial.GetProperty("isFeasible").GetBoolean()), (await RunAsync(key, "trials")).Output.Contains("misses a constraint", StringComparison.Ordinal));
        }
    }
}

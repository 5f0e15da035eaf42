using HtiTune.Diagnostics;
using HtiTune.Hosting;
using HtiTune.Server.Dashboard.Charts;

namespace HtiTune.Server.Tests.Api;

/// <summary>The dashboard's charts where some values are extreme.</summary>
public class StudyChartTests
{
    private static readonly Axis s_axis = new(0, 1, "linear");

    [Theory]
    [InlineData(Goal.Minimize, 1e30)]
    [InlineData(Goal.Maximize, -1e30)]
    public void A_penalty_stretches_no_axis_and_is_marked_at_its_edge(Goal goal, double penalty)
    {
        var sign = goal == Goal.Minimize ? 1 : -1;
        AnchorPoint[] anchors = [.. ((double[])[0, 0.25, 0.5, 0.75, 1]).Select((x, i) => new AnchorPoint(i + 1, x, x > 0.9 ? penalty : sign * (x - 0.3) * (x - 0.3)))];
        PosteriorPoint[] posterior =
        [
            .. anchors.Select(a => new PosteriorPoint(a.Lambda, a.Value!.Value, a.Value.Value, a.Value.Value, double.NaN)
            {
                IsPossible = a.Lambda is 0.25, LowForAll = a.Value - 0.01, HighForAll = a.Value + 0.01,
            }),
        ];
        var belief = StudyCharts.Belief(new StudyCurve(posterior, anchors, null), s_axis, "rate", goal, null, 0.25);
        TrialView[] trials =
        [
            .. anchors.Select(a => new TrialView(a.Number, a.Lambda, 1, "initial", null, null, null, null, TrialStatus.Completed, false, a.Value, null, 1, DateTimeOffset.UnixEpoch.AddHours(a.Number), null, null)
            {
                Configuration = new("rate", a.Lambda),
            }),
        ];
        var history = StudyCharts.History(trials, s_axis.Hyperparameter, goal);
        foreach (var chart in (string[])[belief, history])
        {
            Assert.Contains("Beyond the axis, marked at its edge: 1 of 5 values", chart, StringComparison.Ordinal);
            Assert.Single(System.Text.RegularExpressions.Regex.Matches(chart, "class=\"anchor beyond\""));

            // The good values lie apart, not on one line.
            var heights = System.Text.RegularExpressions.Regex.Matches(chart, "class=\"anchor\" cx=\"[0-9.]+\" cy=\"([0-9.]+)\"").Select(m => double.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(4, heights.Count);
            Assert.InRange(heights.Max() - heights.Min(), 60, 250);
        }

        Assert.Contains("class=\"band wide\"", belief, StringComparison.Ordinal);
        Assert.StartsWith("Beyond the axis", StudyCharts.BeyondWords(trials, s_axis.Hyperparameter, goal), StringComparison.Ordinal);
        Assert.Equal("", StudyCharts.BeyondWords(trials[..4], s_axis.Hyperparameter, goal));
    }

    [Theory]
    [InlineData(0, 1, 5, "0.25")]
    [InlineData(0.2, 0.6, 2, "0.25")]
    [InlineData(0.3, 0.45, 0, null)]
    public void A_part_of_the_range_shows_what_lies_in_it(double from, double to, int dots, string? star)
    {
        AnchorPoint[] anchors = [.. ((double[])[0, 0.25, 0.5, 0.75, 1]).Select((x, i) => new AnchorPoint(i + 1, x, x * x))];
        PosteriorPoint[] posterior = [.. Enumerable.Range(0, 101).Select(k => new PosteriorPoint(k / 100.0, k * k / 1e4, k * k / 1e4 - 0.1, k * k / 1e4 + 0.1, double.NaN) { IsPossible = k < 50 })];
        var part = s_axis.Part(from, to);
        Assert.Equal((from, to), (part.Minimum, part.Maximum));
        var chart = StudyCharts.Belief(new StudyCurve(posterior, anchors, null), part, "rate", Goal.Minimize, null, 0.25);
        Assert.Equal(dots, System.Text.RegularExpressions.Regex.Count(chart, "class=\"anchor\""));
        Assert.Equal(star is not null, chart.Contains("class=\"star\"", StringComparison.Ordinal));

        // How much is still possible is said of the whole range, whatever is looked at.
        Assert.Contains("in 49.5 % of the range", chart.Replace('\u00A0', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_still_possible_is_drawn_as_one_piece_wherever_it_hangs_together()
    {
        PosteriorPoint[] posterior = [.. Enumerable.Range(0, 101).Select(k => new PosteriorPoint(k / 100.0, 1, 0, 2, double.NaN) { IsPossible = k is (>= 20 and <= 45) or 70 or 100 })];
        var chart = StudyCharts.Belief(new StudyCurve(posterior, [new AnchorPoint(1, 0.5, 1)], null), s_axis, "rate", Goal.Minimize, null, null);
        var pieces = System.Text.RegularExpressions.Regex.Matches(chart, "class=\"possible\" x=\"([0-9.]+)\" y=\"[0-9.]+\" width=\"([0-9.]+)\"")
            .Select(m => (X: double.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), Width: double.Parse(m.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture))).ToList();

        // Half a step of the grid beyond what is possible, and not beyond the axis.
        Assert.Equal([(0.195, 0.455), (0.695, 0.705), (0.995, 1)], pieces.Select(piece => (Share(piece.X), Share(piece.X + piece.Width))));

        static double Share(double x) => Math.Round((x - Plot.Left) / (Plot.Right - Plot.Left), 3);
    }
}

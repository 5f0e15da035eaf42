using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>The numbers of kriging, against an independent implementation and against what it is defined by.</summary>
public class AnchorKrigingTests
{
    public static TheoryData<string> Cases => [.. KrigingCase.All.Select(c => c.Name)];

    private static KrigingCase Case(string name) => KrigingCase.All.Single(c => c.Name == name);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Predictions_and_variances_at_given_parameters_are_those_of_the_reference(string name)
    {
        var c = Case(name);
        var kriging = c.AtTheta();
        var weights = new double[c.Anchors];
        var compared = 0;
        for (var m = 0; m < c.Variances.Length; m++)
        {
            var at = c.Queries.AsSpan(m * c.Dimension, c.Dimension);
            var variance = kriging.Weights(at, weights);
            Assert.Equal(1, weights.Sum(), 1e-7);
            if (!c.Nugget && weights.Contains(1))
            {
                continue;
            }

            compared++;
            Assert.Equal(c.Variances[m], variance, 1e-6);
            for (var p = 0; p < c.Columns; p++)
            {
                Assert.Equal(c.Predictions[m * c.Columns + p], c.Predict(weights, p), 1e-6 * c.Deviation);
            }
        }

        Assert.True(compared >= 5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Leaving_an_anchor_out_in_closed_form_is_that_of_the_reference(string name)
    {
        var c = Case(name);
        var kriging = c.AtTheta();
        var weights = new double[c.Anchors];
        var errors = kriging.LeaveOneOutErrors();
        for (var k = 0; k < c.Anchors; k++)
        {
            var variance = kriging.LeaveOneOut(k, weights);
            Assert.Equal(1, variance / c.ResidualVariances[k], 1e-4);
            double squares = 0;
            for (var p = 0; p < c.Columns; p++)
            {
                var residual = c.Outputs[k * c.Columns + p] - c.Predict(weights, p);
                Assert.Equal(c.Residuals[k * c.Columns + p], residual, 1e-5 * c.Deviation);
                squares += residual * residual / c.Columns;
            }

            Assert.Equal(squares, errors[k], 1e-6 * c.Deviation * c.Deviation);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_objective_is_that_of_the_reference_and_the_search_ends_no_higher(string name)
    {
        var c = Case(name);
        var kriging = c.AtTheta();
        var constant = 0.5 * c.Effective * ((c.Anchors - 1) * Math.Log(c.Anchors - 1) + Math.Log(c.Anchors));
        Assert.Equal(c.Objective, kriging.Objective - constant, 1e-4 * (1 + Math.Abs(c.Objective)));
        Assert.InRange(c.Fitted().Objective, double.NegativeInfinity, kriging.Objective + 1e-3);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gradient_is_that_of_finite_differences(string name)
    {
        var c = Case(name);
        var likelihood = c.AtTheta().Likelihood;
        var theta = c.Theta.Select((t, i) => t + 0.1 * Math.Sin(3 * i + 1)).ToArray();
        double[] gradient = new double[theta.Length], none = [];
        likelihood.Evaluate(theta, gradient);
        for (var i = 0; i < theta.Length; i++)
        {
            const double Step = 1e-4;
            var at = (double[])theta.Clone();
            at[i] += Step;
            var up = likelihood.Evaluate(at, none);
            at[i] -= 2 * Step;
            var down = likelihood.Evaluate(at, none);
            Assert.Equal((up - down) / (2 * Step), gradient[i], 5e-4 * (1 + gradient.Max(Math.Abs)));
        }
    }

    [Fact]
    public void Leaving_out_in_closed_form_is_a_kriging_of_the_others()
    {
        var c = Case("d2 K20 smooth random");
        var kriging = c.AtTheta();
        double[] weights = new double[c.Anchors], others = new double[c.Anchors - 1];
        foreach (var left in new[] { 0, 7, 19 })
        {
            kriging.LeaveOneOut(left, weights);
            var kept = Enumerable.Range(0, c.Anchors).Where(k => k != left).ToArray();
            AnchorKriging.At(
                [.. kept.SelectMany(k => c.Places[(2 * k)..(2 * k + 2)])], 2, GramMatrix.Of([.. kept.Select(k => c.Rows[k])]), c.Variant, c.Theta)
                .Weights(c.Places.AsSpan(2 * left, 2), others);
            for (var i = 0; i < kept.Length; i++)
            {
                Assert.Equal(others[i], weights[kept[i]], 1e-7);
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(40)]
    public void At_an_anchor_its_own_outputs_are_served_and_beside_it_almost_the_same(int count)
    {
        var places = Enumerable.Range(0, count).Select(k => k / (count - 1.0)).ToArray();
        var kriging = AnchorKriging.Fit(places, 1, GramMatrix.Of([.. places.Select(u => new[] { (float)Math.Sin(3 * u), (float)(u * u) })]), new(true, false));
        double[] at = new double[count], beside = new double[count];
        for (var k = 0; k < count; k++)
        {
            Assert.Equal(0, kriging.Weights([places[k]], at));
            Assert.Equal(1, at[k]);
            Assert.Equal(1, at.Sum(Math.Abs));
            kriging.Weights([Math.Abs(places[k] - 1e-9)], beside);
            Assert.Equal(Math.Sin(3 * places[k]), beside.Zip(places, (w, u) => w * Math.Sin(3 * u)).Sum(), 1e-4);
        }
    }

    [Fact]
    public void With_a_learned_nugget_one_smooth_curve_passes_beside_the_anchors_and_has_no_gap_there()
    {
        var c = Case("d1 K9 noisy even");
        var kriging = c.Fitted();
        double[] at = new double[9], beside = new double[9];
        kriging.Weights([0.5], at);
        kriging.Weights([0.5 + 1e-9], beside);
        Assert.True(at[4] < 0.999);
        Assert.Equal(c.Predict(at, 0), c.Predict(beside, 0), 1e-6);
    }

    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e12)]
    public void Units_of_the_outputs_change_nothing(double unit)
    {
        var c = Case("d2 K8 warped random");
        var scaled = AnchorKriging.Fit(c.Places, 2, GramMatrix.Of([.. c.Rows.Select(row => row.Select(y => (float)(y * unit)).ToArray())]), c.Variant);
        double[] weights = new double[8], expected = new double[8];
        scaled.Weights([0.3, 0.6], weights);
        c.Fitted().Weights([0.3, 0.6], expected);
        Assert.All(weights.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-3));
    }

    [Fact]
    public void Anchors_far_closer_than_any_length_and_identical_ones_break_nothing()
    {
        double[] places = [0, 0.3, 0.3 + 1e-6, 0.3 + 2e-6, 0.3 + 2e-6, 0.6, 1];
        var kriging = AnchorKriging.Fit(places, 1, GramMatrix.Of([.. places.Select(u => new[] { (float)Math.Cos(2 * u), (float)u })]), new(true, false));
        var weights = new double[7];
        for (var u = 0.0; u <= 1; u += 1 / 64.0)
        {
            Assert.InRange(kriging.Weights([u], weights), 0, 2);
            Assert.Equal(Math.Cos(2 * u), weights.Zip(places, (w, p) => w * Math.Cos(2 * p)).Sum(), 0.02);
        }

        kriging.Weights([places[3]], weights);
        Assert.Equal([0, 0, 0, 0.5, 0.5, 0, 0], weights);
        Assert.All(Enumerable.Range(0, 7), k => Assert.InRange(kriging.LeaveOneOut(k, weights), 0, 100));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Outputs_that_never_change_are_served_as_they_are(int count)
    {
        var places = Enumerable.Range(0, count).Select(k => k / (count - 1.0)).ToArray();
        var kriging = AnchorKriging.Fit(places, 1, GramMatrix.Of([.. places.Select(_ => new[] { 3f, 4f })]), new(true, true));
        var weights = new double[count];
        kriging.Weights([0.37], weights);
        Assert.Equal(1, weights.Sum(), 1e-9);
        Assert.Equal(0, kriging.MeanScale());
    }

    [Fact]
    public void Five_hundred_anchors_are_kriged_from_the_parameters_of_a_hundred()
    {
        var places = Enumerable.Range(0, 500).Select(k => k / 499.0).ToArray();
        static double Law(double u) => Math.Sin(9 * u * u);
        var kriging = AnchorKriging.Fit(places, 1, GramMatrix.Of([.. places.Select(u => new[] { (float)Law(u), (float)Math.Cos(5 * u) })]), new(true, false));
        var weights = new double[500];
        kriging.Weights([0.77123], weights);
        Assert.Equal(AnchorKriging.MostLearned, kriging.Likelihood.Count);
        Assert.Equal(Law(0.77123), weights.Zip(places, (w, u) => w * Law(u)).Sum(), 1e-4);
    }

    [Fact]
    public void A_warm_search_ends_where_a_cold_one_does()
    {
        var c = Case("d2 K20 smooth random");
        var cold = c.Fitted();
        var warm = AnchorKriging.Fit(c.Places, 2, GramMatrix.Of(c.Rows), c.Variant, [.. cold.Theta.ToArray().Select(t => t + 0.05)]);
        Assert.Equal(cold.Objective, warm.Objective, 1e-2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_new_anchor_adds_a_row_to_the_inner_products_and_the_rest_stays(int at)
    {
        var c = Case("d2 K8 warped random");
        var rows = c.Rows;
        var grown = GramMatrix.Of([.. rows.Where((_, k) => k != at)]).With(rows, at).Centred();
        var whole = GramMatrix.Of(rows).Centred();
        Assert.All(grown.Zip(whole), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
    }

    [Fact]
    public void Inner_products_of_many_columns_far_from_zero_are_exact()
    {
        var random = new RandomStreams(3).Stream("rows");
        float[][] rows = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 2051).Select(_ => 1e6f + (float)random.NextNormal()).ToArray())];
        var means = Enumerable.Range(0, 2051).Select(p => rows.Average(row => (double)row[p])).ToArray();
        var gram = GramMatrix.Of(rows).Centred();
        for (var k = 0; k < 4; k++)
        {
            for (var l = 0; l < 4; l++)
            {
                Assert.Equal(means.Select((m, p) => (rows[k][p] - m) * (rows[l][p] - m)).Sum() / 2051, gram[k * 4 + l], 1e-9);
            }
        }
    }
}

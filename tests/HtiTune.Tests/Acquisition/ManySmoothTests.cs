using CsCheck;
using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune.Tests.Acquisition;

/// <summary>Many observations of a smooth function without noise: their covariances are singular to rounding.</summary>
public class ManySmoothTests
{
    // Long length scales and no noise are the worst; enumerating a few of them is as hard as all, and faster.
    private static readonly BridgeOptions Few = BridgeOptions.Plain with { LengthScaleCount = 3, ShortestLengthScale = 0.3, NoiseRatios = [0], NoiseRatioWeights = [1] };

    private static readonly Gen<Func<double, double>> Functions = Gen.Select(Gen.Int[0, 5], Gen.Double[-3, 3], Gen.Double[-12, 12]).Select<int, double, double, Func<double, double>>(
        (kind, a, exponent) => kind switch
        {
            0 => u => Math.Pow(10, exponent) * (u - 0.3) * (u - 0.3),
            1 => u => Math.Exp(a * u),
            2 => u => Math.Sin(2 * a * u),
            3 => u => a + 1e-9 * u,
            4 => _ => a,
            _ => u => 1e6 + u * u * u,
        });

    private static double[] Places(int kind, int n) => kind switch
    {
        0 => [.. Enumerable.Range(0, n).Select(i => i / (n - 1.0))],
        1 => [.. Enumerable.Range(0, n).Select(i => i % 10 / 9.0 + 1e-9 * (i / 10)).Select(u => Math.Min(1, u))],
        2 => [.. Enumerable.Range(0, n).Select(i => i / 2 * 2 / (double)n)],
        _ => [.. Enumerable.Range(0, n).Select(i => 0.5 + 1e-3 * i / n)],
    };

    private static void Draws(Func<double, double> function, double[] places, BridgeOptions options, int grid)
    {
        var process = BridgeProcess.Fit([.. places.Select(u => new Observation(u, function(u)))], null, options);
        Assert.True(double.IsFinite(process.BestMean));
        var posterior = process.OnGrid([.. Enumerable.Range(0, grid).Select(i => i / (grid - 1.0)).Concat(places).Distinct().Order()]);
        var count = 0;
        posterior.Draw(20, new RandomStreams(1).Stream("paths"), path =>
        {
            count++;
            for (var i = 0; i < path.Length; i++)
            {
                Assert.True(double.IsFinite(path[i]));
            }
        });
        Assert.Equal(20, count);
    }

    [Fact]
    public void Whatever_the_smooth_function_and_the_spacing_there_are_paths() =>
        Gen.Select(Functions, Gen.Int[0, 3], Gen.Int[2, 130]).Sample((function, kind, n) => Draws(function, Places(kind, n), Few, 65), iter: 60);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_six_hundred_too(int kind) => Draws(u => (u - 0.3) * (u - 0.3), Places(kind, 600), Few, 33);

    [Fact]
    public void By_the_default_options_too() => Draws(u => (u - 0.3) * (u - 0.3), Places(0, 60), BridgeOptions.Plain, 257);

    [Fact]
    public void Paths_of_a_smooth_function_stay_near_it_where_it_is_known()
    {
        var places = Places(0, 60);
        var process = BridgeProcess.Fit([.. places.Select(u => new Observation(u, (u - 0.3) * (u - 0.3)))], null, BridgeOptions.Plain);
        var posterior = process.OnGrid([.. Enumerable.Range(0, 257).Select(i => i / 256.0).Concat(places).Distinct().Order()]);
        var worst = 0.0;
        posterior.Draw(500, new RandomStreams(1).Stream("paths"), path =>
        {
            for (var i = 0; i < path.Length; i++)
            {
                var u = posterior.Points[i];
                worst = Math.Max(worst, Math.Abs(path[i] - (u - 0.3) * (u - 0.3)));
            }
        });
        Assert.True(worst < 1e-3, $"{worst}");
    }

    [Fact]
    public void A_truncated_factor_gives_back_a_covariance_of_any_rank() =>
        Gen.Select(Gen.Double[-1, 1].Array[60], Gen.Int[1, 6]).Sample((numbers, rank) =>
        {
            var n = numbers.Length / 6;
            var matrix = new double[n * n];
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    for (var k = 0; k < rank; k++)
                    {
                        matrix[i * n + j] += numbers[i * 6 + k] * numbers[j * 6 + k];
                    }
                }
            }

            var factor = TruncatedFactor.Of(matrix, n);
            Assert.InRange(factor.Rank, 0, rank);
            var back = Back(factor, n);
            for (var i = 0; i < n * n; i++)
            {
                Assert.Equal(matrix[i], back[i], 1e-5);
            }
        });

    [Fact]
    public void Of_a_matrix_that_is_no_covariance_it_makes_paths_that_vary_no_more_than_the_diagonal_says() =>
        Gen.Double[-2, 2].Array[49].Sample(numbers =>
        {
            var matrix = (double[])numbers.Clone();
            matrix[3] = double.NaN;
            matrix[21] = double.NaN;
            var back = Back(TruncatedFactor.Of(matrix, 7), 7);
            for (var i = 0; i < 7; i++)
            {
                Assert.InRange(back[i * 7 + i], 0, Math.Max(0, matrix[i * 7 + i]) * (1 + 1e-12));
            }
        });

    private static double[] Back(TruncatedFactor factor, int n)
    {
        var back = new double[n * n];
        for (var k = 0; k < factor.Rank; k++)
        {
            var unit = new double[n];
            unit[k] = 1;
            var column = new double[n];
            factor.Multiply(unit, column);
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    back[i * n + j] += column[i] * column[j];
                }
            }
        }

        return back;
    }
}

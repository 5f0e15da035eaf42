using HtiTune.Benchmarks.Laws;
using HtiTune.Data;

namespace HtiTune.Benchmarks.Choice;

// Deterministic laws: one answer to a context x in [−1, 1]^C.

/// <summary>The laws by which rules of choice are judged.</summary>
internal static partial class ChoiceLaws
{
    private static readonly ContinuousHyperparameter s_unit = Hyperparameter.Continuous("lambda", 0, 1);

    private static readonly ContinuousHyperparameter s_level = Hyperparameter.Continuous("level", 0.01, 0.99, Data.Scale.NormalQuantile);

    /// <summary>All laws.</summary>
    public static IReadOnlyList<ChoiceLaw> All { get; } = [.. Answers(), .. Draws(), .. Many()];

    private static IEnumerable<ChoiceLaw> Answers()
    {
        static ChoiceLaw Law(string name, double[] places, int d, int c, Func<RandomStream, RowLaw> make) =>
            new(name, s_unit, places, d, make) { IsDeterministic = true, Asking = Asking.SameContexts, Conditions = c };

        yield return Law("ridge-3", [0, 0.5, 1], 2, 4, Ridge);
        yield return Law("ridge-wrong-scale-3", [0, 0.0005, 1], 2, 4, Ridge) with { Truth = place => Math.Log(1 + 1e5 * place) / Math.Log(1 + 1e5) };
        yield return Law("ridge-bad-scale-3", [0, 0.3, 1], 2, 4, Ridge) with { Truth = place => Math.Sqrt(place) };
        yield return Law("waves-3", [0, 0.5, 1], 2, 3, stream => Waves(stream, 0.7));
        yield return Law("waves-4", [0, 0.3, 0.7, 1], 2, 3, stream => Waves(stream, 0.5));
        yield return Law("waves-6", [0, 0.2, 0.4, 0.6, 0.8, 1], 3, 2, stream => Waves(stream, 0.35));
        yield return Law("levels-2", [0.02, 0.98], 2, 2, Levels);
        yield return Law("levels-3", [0.02, 0.5, 0.98], 2, 2, Levels);
        yield return Law("levels-skewed-3", [0, 0.5, 1], 2, 2, stream => Levels(stream, 0.6)) with { Truth = place => NormalDistribution.Cumulative(4.4 * place - 2.2) };
        yield return Law("levels-duplicates-3", [0.02, 0.4, 0.98], 2, 2, Levels) with { Duplicates = 8 };
        yield return Law("levels-5", [0.02, 0.25, 0.5, 0.75, 0.98], 2, 2, Levels);
        yield return Law("classes-3", [0, 0.5, 1], 4, 3, Classes);
        yield return Law("classes-5", [0, 0.2, 0.5, 0.7, 1], 4, 3, Classes);
        yield return Law("swing-3", [0, 0.5, 1], 20, 2, Swing);
        yield return Law("swing-5", [0, 0.25, 0.5, 0.75, 1], 20, 2, Swing);
        yield return Law("blend-2", [0, 1], 3, 3, stream => Blend(stream, 0.6 + stream.NextDouble()));
        yield return Law("blend-late-3", [0, 0.5, 1], 3, 3, stream => Blend(stream, 3));
        yield return Law("blend-early-3", [0, 0.5, 1], 3, 3, stream => Blend(stream, 0.4));
        yield return Law("threshold-6", [0, 0.2, 0.4, 0.6, 0.8, 1], 2, 2, stream => Threshold(stream, 0.08));
        yield return Law("jump-4", [0, 0.35, 0.7, 1], 2, 2, stream => Threshold(stream, 0.003));
        yield return Law("kink-4", [0, 0.3, 0.6, 1], 3, 3, Kink);
        yield return Law("positive-4", [0, 0.35, 0.65, 1], 2, 2, Positive);
        yield return Law("levels-trained-3", [0.02, 0.5, 0.98], 3, 2, Levels) with { TrainingNoise = 0.3 };
        yield return Law("waves-trained-3", [0, 0.5, 1], 2, 3, stream => Waves(stream, 0.7)) with { TrainingNoise = 0.15 };
        yield return Law("blend-trained-3", [0, 0.5, 1], 3, 3, stream => Blend(stream, 0.7)) with { TrainingNoise = 0.15 };
        yield return Law("swing-trained-5", [0, 0.25, 0.5, 0.75, 1], 20, 2, Swing) with { TrainingNoise = 0.05 };
        yield return Law("levels-many-3", [0, 0.5, 1], 3, 8, stream => Levels(stream, 0, 24)) with { Truth = place => NormalDistribution.Cumulative(4.4 * place - 2.2), TrainingNoise = 0.12 };
        yield return Law("levels-tail-3", [0, 0.5, 1], 2, 3, stream => Tail(stream, 0)) with { Truth = place => NormalDistribution.Cumulative(4.4 * place - 2.2) };
        yield return Law("levels-tail-trained-3", [0, 0.5, 1], 3, 8, stream => Tail(stream, 0)) with { Truth = place => NormalDistribution.Cumulative(4.4 * place - 2.2), TrainingNoise = 0.06 };
        yield return Law("levels-gamma-3", [0, 0.5, 1], 2, 3, stream => Tail(stream, 1)) with { Truth = place => NormalDistribution.Cumulative(4.4 * place - 2.2) };
        yield return Law("levels-heavy-3", [0, 0.5, 1], 2, 3, stream => Heavy(stream, 2)) with { Hyperparameter = s_level, Truth = Level };
        yield return Law("levels-heavy-trained-3", [0, 0.5, 1], 3, 8, stream => Heavy(stream, 4)) with { Hyperparameter = s_level, Truth = Level, TrainingNoise = 0.15 };
        yield return Law("levels-logistic-3", [0, 0.5, 1], 2, 3, stream => Heavy(stream, 0)) with { Hyperparameter = s_level, Truth = Level };
        yield return Law("growth-3", [0, 0.5, 1], 2, 3, Growth);
        yield return Law("saturation-3", [0, 0.5, 1], 2, 3, Saturation);
        yield return Law("turn-3", [0, 0.5, 1], 3, 4, Turn);
        yield return Law("turn-trained-3", [0, 0.5, 1], 3, 4, Turn) with { TrainingNoise = 0.15 };
        yield return Law("picture-turn-3", [0, 0.5, 1], 64, 6, PictureTurn) with { Rows = 200 };
        yield return Law("policy-trained-3", [0, 0.5, 1], 2, 6, Policy) with { TrainingNoise = 0.4, Rows = 150 };
        yield return Law("policy-3", [0, 0.5, 1], 2, 6, Policy) with { Rows = 150 };
        yield return Law("picture-3", [0, 0.5, 1], 100, 4, Picture) with { Rows = 200 };
    }

    private static double[] Normals(RandomStream stream, int count) => [.. Enumerable.Range(0, count).Select(_ => stream.NextNormal())];

    private static double Along(double[] direction, ReadOnlySpan<float> x, int first = 0)
    {
        double sum = 0;
        for (var j = 0; j < x.Length; j++)
        {
            sum += direction[first + j] * x[j];
        }

        return sum;
    }

    /// <summary>Predictions of a ridge regression, penalty 10⁻³ to 10³ along u.</summary>
    private static RowLaw Ridge(RandomStream stream)
    {
        var values = Normals(stream, 4).Select(z => Math.Exp(1.5 * z)).ToArray();
        var loads = Normals(stream, 8);
        return (u, x, _, _, y) =>
        {
            var penalty = Math.Pow(10, 6 * u - 3);
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0;
                for (var i = 0; i < 4; i++)
                {
                    sum += loads[4 * j + i] * x[i] * values[i] / (values[i] + penalty);
                }

                y[j] = (float)sum;
            }
        };
    }

    /// <summary>Random smooth functions of λ, their shares by the context.</summary>
    private static RowLaw Waves(RandomStream stream, double length)
    {
        Wave[] waves = [.. Enumerable.Range(0, 9).Select(_ => new Wave(stream, length))];
        var turn = Normals(stream, 27);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(waves[3 * j].At(u) + Math.Sin(Along(turn, x, 6 * j)) * waves[3 * j + 1].At(u) + Along(turn, x, 6 * j + 3) * waves[3 * j + 2].At(u) * 0.6);
            }
        };
    }

    /// <summary>Conditional quantiles at the level u.</summary>
    private static RowLaw Levels(RandomStream stream) => Levels(stream, 0);

    private static RowLaw Levels(RandomStream stream, double skewness, int coefficients = 18)
    {
        var a = Normals(stream, coefficients);
        var skew = skewness + 0.4 * stream.NextNormal();
        return (u, x, _, _, y) =>
        {
            var z = NormalDistribution.Quantile(u);
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(Math.Sin(Along(a, x, 2 * j)) + Math.Exp(0.4 * Along(a, x, 4 + 2 * j)) * SinhArcsinh.Value(z, skew + 0.3 * Along(a, x, 8 + 2 * j)));
            }
        };
    }

    /// <summary>Class probabilities whose logits tilt and sharpen with λ.</summary>
    private static RowLaw Classes(RandomStream stream)
    {
        double[] a = Normals(stream, 12), tilt = Normals(stream, 4);
        return (u, x, _, _, y) =>
        {
            Span<double> e = stackalloc double[4];
            double sum = 0;
            for (var j = 0; j < 4; j++)
            {
                sum += e[j] = Math.Exp((1 + 2 * u * u) * Along(a, x, 3 * j) + 2 * u * tilt[j]);
            }

            for (var j = 0; j < 4; j++)
            {
                y[j] = (float)(e[j] / sum);
            }
        };
    }

    /// <summary>A damped swing over 20 instants whose rate and damping follow λ.</summary>
    private static RowLaw Swing(RandomStream stream)
    {
        double rate = 2 + stream.NextDouble(), turn = 1 + stream.NextDouble(), damping = 1 + stream.NextDouble();
        return (u, x, _, _, y) =>
        {
            for (var t = 0; t < y.Length; t++)
            {
                var at = t / 10.0;
                y[t] = (float)(Math.Exp(-at * (0.2 + damping * u)) * ((1 + x[0]) * Math.Cos((rate + turn * u) * at) + x[1] * Math.Sin((rate + turn * u) * at)));
            }
        };
    }

    /// <summary>From one answer straight to another, in a pace of its own.</summary>
    private static RowLaw Blend(RandomStream stream, double power)
    {
        var a = Normals(stream, 18);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                var share = Math.Pow(u, power * (1 + 0.15 * x[0]));
                y[j] = (float)((1 - share) * Math.Tanh(Along(a, x, 3 * j)) + share * (Math.Sin(Along(a, x, 9 + 3 * j)) + 0.5 * j));
            }
        };
    }

    /// <summary>A change within a width of λ, at a place that the context moves.</summary>
    private static RowLaw Threshold(RandomStream stream, double width)
    {
        var a = Normals(stream, 6);
        var place = 0.4 + 0.2 * stream.NextDouble();
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)((1 + 0.4 * x[0]) * Math.Tanh((u - place - 0.05 * x[1]) / width) + Along(a, x, 2 * j) + 0.5 * u * a[4 + j % 2]);
            }
        };
    }

    /// <summary>Coefficients that reach zero and stay there.</summary>
    private static RowLaw Kink(RandomStream stream)
    {
        var a = Normals(stream, 12);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(Math.Max(0, 1 + 0.5 * x[0] + 0.3 * a[j] - (2 + 0.5 * a[3 + j]) * u) * Along(a, x, 3 + j) + 0.3 * x[2]);
            }
        };
    }

    /// <summary>Positive outputs over two decades.</summary>
    private static RowLaw Positive(RandomStream stream)
    {
        var a = Normals(stream, 10);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)Math.Exp((1.5 + 0.5 * a[j]) * u * (1 + 0.4 * x[0]) + 0.7 * a[2 + j] * u * u + 0.6 * Along(a, x, 4 + 2 * j));
            }
        };
    }

    /// <summary>A picture of spots that move.</summary>
    private static RowLaw Picture(RandomStream stream)
    {
        var a = Normals(stream, 40);
        return (u, x, _, _, y) =>
        {
            for (var p = 0; p < y.Length; p++)
            {
                double h = p % 10 / 4.5 - 1, v = p / 10 / 4.5 - 1, sum = 0;
                for (var s = 0; s < 4; s++)
                {
                    double dh = h - 0.5 * a[s] - 0.5 * a[4 + s] * u, dv = v - 0.5 * a[8 + s] - 0.5 * a[12 + s] * u;
                    sum += Along(a, x, 16 + 4 * s) * Math.Exp(-(dh * dh + dv * dv) / 0.3);
                }

                y[p] = (float)sum;
            }
        };
    }
}

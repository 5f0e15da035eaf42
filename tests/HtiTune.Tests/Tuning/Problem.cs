using HtiTune.Data;

namespace HtiTune.Tests.Tuning;

/// <summary>
/// A task whose answer is known: outputs m(u) + s(u) z(x) with smooth random m and s and normal quantiles z; the objective is a functional
/// of the outputs, and a dense sweep of the formula gives optimum and gap.
/// </summary>
internal sealed class Problem
{
    private readonly double[] _mean;
    private readonly double[] _spread;

    public Problem(int seed)
    {
        var stream = new RandomStreams(seed).Stream("problem");
        _mean = [.. Enumerable.Range(0, 4).Select(_ => stream.NextNormal())];
        _spread = [.. Enumerable.Range(0, 4).Select(_ => stream.NextNormal())];
    }

    public static ContinuousHyperparameter Hyperparameter { get; } = HtiTune.Data.Hyperparameter.Continuous("strength", 2, 6);

    /// <summary>101 normal quantiles as contexts.</summary>
    public static Contexts Contexts { get; } = new(Matrix.Create(101, 1, (i, row) => row[0] = (float)NormalQuantile((i + 0.5) / 101)));

    public double Output(double lambda, double x)
    {
        var u = Hyperparameter.ToUnit(lambda);
        return Wave(_mean, u) + Math.Exp(0.4 * Wave(_spread, u)) * x;
    }

    public FormulaNetwork Network() => new(Output);

    /// <summary>Target tracking with a penalty on the upper tail: not linear in the outputs. Lower is better.</summary>
    public static double Tracking(IConditionalModel model, double target = 0.5)
    {
        var outputs = model.Sample(Contexts).Outputs.Values.ToArray();
        var tail = outputs.Order().Skip(outputs.Length * 9 / 10).Average();
        return outputs.Average(y => (y - target) * (y - target)) + 0.5 * Math.Max(0, tail - 2 * target) * Math.Max(0, tail - 2 * target);
    }

    /// <summary>The optimum and the gap (median − optimum) of an objective over 2001 λ of the real network.</summary>
    public (double Best, double Gap) Sweep(Func<IConditionalModel, double> objective)
    {
        var values = Enumerable.Range(0, 2001).Select(i => At(objective, Hyperparameter.FromUnit(i / 2000.0))).Order().ToArray();
        return (values[0], values[1000] - values[0]);
    }

    public double At(Func<IConditionalModel, double> objective, double lambda) => objective(new Exact(this, lambda));

    /// <summary>Regret of a λ in shares of the gap.</summary>
    public double Regret(Func<IConditionalModel, double> objective, double lambda)
    {
        var (best, gap) = Sweep(objective);
        return (At(objective, lambda) - best) / gap;
    }

    /// <summary>Half the default grid: joint draws cost its third power, and the tests make many runs.</summary>
    public static TunerOptions Options(int trainings = 8, long seed = 1) =>
        new() { MaxTrainings = trainings, Seed = seed, GridSize = 129, SurrogateFactory = anchors => new CubicSurrogate(anchors) };

    /// <summary>Inverse of the normal distribution function by bisection of an integrated density: slow, exact enough for contexts.</summary>
    public static double NormalQuantile(double p)
    {
        double low = -6, high = 6;
        for (var i = 0; i < 60; i++)
        {
            var middle = 0.5 * (low + high);
            if (Normal(middle) < p)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private static double Normal(double x)
    {
        // Φ(x) = ½ + φ(x) Σ x^(2k+1)/(1·3·…·(2k+1))
        double term = x, sum = x;
        for (var k = 1; k < 120; k++)
        {
            term *= x * x / (2 * k + 1);
            sum += term;
        }

        return 0.5 + sum * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
    }

    private static double Wave(double[] a, double u) =>
        a[0] + a[1] * Math.Sin(2.2 * u) + a[2] * Math.Cos(4.1 * u) + 0.5 * a[3] * Math.Sin(6.3 * u);

    private sealed class Exact(Problem problem, double lambda) : IConditionalModel
    {
        public double Lambda => lambda;

        public bool IsTrained => true;

        public Samples Sample(Contexts contexts) =>
            new(Matrix.Create(contexts.Count, 1, (i, row) => row[0] = (float)problem.Output(lambda, contexts.Conditions[i, 0])), contexts);
    }
}

using HtiTune.Data;
using HtiTune.Preferences;

namespace HtiTune.Benchmarks.Laws;

/// <summary>A law and a preference over its outputs: a task whose answer is known.</summary>
internal sealed class LawProblem
{
    // A dense sweep, then finer around its best.
    private const int Sweep = 2001;

    private readonly RandomStreams _streams;
    private readonly double[] _deviations;
    private readonly Lazy<(double Best, double Gap)> _target;

    private LawProblem(OutputLaw law, Preference preference, double[] deviations, RandomStreams streams)
    {
        (Law, Preference, _deviations, _streams) = (law, preference, deviations, streams);
        _target = new(Target);
    }

    public OutputLaw Law { get; }

    public Preference Preference { get; }

    /// <summary>The least value over λ, and the gap: the median over the range less the minimum.</summary>
    public (double Best, double Gap) Optimum => _target.Value;

    /// <summary>The problem of a number.</summary>
    /// <param name="family">Name of the family of laws.</param>
    /// <param name="number">Any number; another gives another law.</param>
    /// <param name="isLinear">Whether its preference is linear.</param>
    public static LawProblem Of(string family, long number, bool isLinear = false)
    {
        var streams = new RandomStreams(number).Fork($"law {family}");
        var law = OutputLaw.Families.Single(f => f.Name == family).Make(streams);
        var scale = new OutputScale(law);
        return new LawProblem(law, Preference.Random(scale, streams.Stream(isLinear ? "linear" : "preference"), isLinear), scale.Deviations, streams);
    }

    /// <summary>The same law under another random preference.</summary>
    /// <param name="number">Number of the preference.</param>
    public LawProblem With(int number)
    {
        var scale = new OutputScale(Law);
        return new LawProblem(Law, Preference.Random(scale, _streams.Stream($"preference {number}"), isLinear: false), _deviations, _streams);
    }

    /// <summary>The objective as a tuner takes it.</summary>
    public double Objective(IConditionalModel model) => Preference.Of(model.Sample(Law.Contexts).Outputs);

    /// <summary>The true objective at λ.</summary>
    public double Value(double lambda) => Preference.Of(Law.At(lambda));

    /// <summary>True regret of λ in units of the objective, at least 0.</summary>
    public double Regret(double lambda) => Math.Max(0, Value(lambda) - Optimum.Best);

    /// <summary>A network that answers by the law.</summary>
    /// <param name="noise">
    /// How far each training moves a column's outputs, all rows alike, in the column's deviations: a standard deviation, drawn for each λ anew.
    /// </param>
    public INetwork Network(double noise = 0) => HtiTune.Network.Create(
        (request, _) => request.Lambda, (lambda, _, _) => noise == 0 ? Law.At(lambda) : Shifted(lambda, noise));

    private Matrix Shifted(double lambda, double noise)
    {
        var stream = _streams.Fork("training").Stream($"{lambda:R}");
        double[] shifts = [.. _deviations.Select(deviation => noise * deviation * stream.NextNormal())];
        var exact = Law.At(lambda);
        return Matrix.Create(exact.Rows, exact.Columns, (i, row) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = exact[i, j] + (float)shifts[j];
            }
        });
    }

    private (double, double) Target()
    {
        var u = Law.Hyperparameter;
        double[] values = [.. Enumerable.Range(0, Sweep).Select(i => Value(u.FromUnit(i / (Sweep - 1.0))))];
        var at = Array.IndexOf(values, values.Min());
        var best = values[at];
        for (var i = -20; i <= 20; i++)
        {
            best = Math.Min(best, Value(u.FromUnit(Math.Clamp((at + i / 20.0) / (Sweep - 1), 0, 1))));
        }

        Array.Sort(values);
        return (best, values[Sweep / 2] - best);
    }
}

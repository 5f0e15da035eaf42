using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

/// <summary>A network of several hyperparameters whose law is known, and what is asked of it.</summary>
/// <param name="Name">The family.</param>
/// <param name="Dimension">d.</param>
/// <param name="Outputs">The outputs [n, D] at u [d], each in [0, 1].</param>
/// <param name="Objective">The objective at outputs; less is better.</param>
/// <param name="Snap">Takes u to the nearest place that has outputs; null: every one has.</param>
internal sealed record SpaceProblem(string Name, int Dimension, Func<double[], Matrix> Outputs, Func<Matrix, double> Objective, Func<double[], double[]>? Snap = null)
{
    private const int Sweep = 2000, Descents = 4, Tries = 20, Listed = 1024, Probes = 100;

    private readonly Lazy<(double Best, double Gap, double BestListed)> _target = new(() =>
    {
        var stream = new RandomStreams(Dimension).Stream("target");
        double[][] places = [.. Enumerable.Range(0, Sweep).Select(_ => Draw(stream, Dimension))];
        double[] values = Array.ConvertAll(places, u => Objective(Outputs(u)));
        var listed = values.Take(Listed).Min();
        Array.Sort(values, places);
        var best = values[0];
        for (var i = 0; i < Descents; i++)
        {
            var (u, value) = (places[i], values[i]);
            for (var radius = 0.05; radius > 1e-4; radius *= 0.6)
            {
                for (var t = 0; t < Tries; t++)
                {
                    double[] trial = Array.ConvertAll(u, x => Math.Clamp(x + radius * stream.NextNormal(), 0, 1));
                    if (Objective(Outputs(trial)) is var tried && tried < value)
                    {
                        (u, value) = (trial, tried);
                    }
                }
            }

            best = Math.Min(best, value);
        }

        return (best, values[Sweep / 2] - best, listed);
    });

    private readonly Lazy<double[]> _deviations = new(() =>
    {
        var stream = new RandomStreams(Dimension).Stream("deviations");
        return Scatter.Deviations([.. Enumerable.Range(0, Probes).Select(_ => Outputs(Draw(stream, Dimension)))]);
    });

    /// <summary>The deviation of each output over the space.</summary>
    internal double[] Deviations => _deviations.Value;

    /// <summary>The least value, and the gap: the median over the space less that.</summary>
    internal (double Best, double Gap) Target => (_target.Value.Best, _target.Value.Gap);

    /// <summary>The least value among 1,024 places of chance, which a search over as many candidates would take for the least.</summary>
    internal double BestListed => _target.Value.BestListed;

    /// <summary>A space of so many hyperparameters from 0 to 1.</summary>
    internal static SearchSpace Unit(int dimension) =>
        new([.. Enumerable.Range(0, dimension).Select(j => (Hyperparameter)Hyperparameter.Continuous($"x{j}", 0, 1))]);

    /// <summary>u of a configuration of that space.</summary>
    internal static double[] UnitOf(Configuration configuration) => [.. configuration.Pairs.Select(pair => pair.Value.Number)];

    private static double[] Draw(RandomStream stream, int d) => [.. Enumerable.Range(0, d).Select(_ => stream.NextDouble())];
}

using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Spaces;

internal static class SpaceFixture
{
    internal static SearchSpace Square { get; } = SearchSpace.Parse("a=0..1", "b=0..1");

    internal static SpacePolicy Policy(SearchSpace space, SpacePolicyOptions? options = null, long seed = 1) => new(space, options ?? new(), new RandomStreams(seed));

    /// <summary>The first trainings of a study and so many more, as the policy asks for them.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="value">The value of a configuration; null: it fails.</param>
    /// <param name="more">Trainings after the first ones.</param>
    /// <param name="outputs">The outputs of a configuration.</param>
    /// <param name="objective">The objective at outputs.</param>
    internal static List<TrainingEnded> Train(
        SpacePolicy policy, Func<Configuration, double?> value, int more, Func<Configuration, Matrix>? outputs = null, Func<Matrix, double>? objective = null)
    {
        var trainings = new List<TrainingEnded>();
        foreach (var (configuration, _) in policy.Initial([]))
        {
            Add(configuration);
        }

        for (var i = 0; i < more; i++)
        {
            if (policy.Analyse(trainings, objective)?.Next([]) is not { } next)
            {
                break;
            }

            Add(next.Configuration);
        }

        return trainings;

        void Add(Configuration configuration) => trainings.Add(TrainingEnded.Seen(trainings.Count, configuration, value(configuration), outputs?.Invoke(configuration)));
    }

    internal static double Bowl(Configuration c, double scale = 1) => scale * (Math.Pow(c["a"] - 0.3, 2) + 0.5 * Math.Pow(c["b"] - 0.6, 2));

    internal static double Best(IEnumerable<TrainingEnded> trainings) => trainings.Min(t => t.Value ?? double.PositiveInfinity);
}

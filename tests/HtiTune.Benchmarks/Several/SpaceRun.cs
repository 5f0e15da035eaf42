using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Benchmarks.Several;

/// <summary>One study of a problem by the policy alone.</summary>
/// <param name="Reached">Trainings after the first d + 2 until the best is within 1 % of the gap; one more than allowed where it never was.</param>
/// <param name="IsReached">Whether it was.</param>
/// <param name="Listed">The same where the least of 1,024 places of chance counts as the least value: what a search over so many candidates has to reach.</param>
/// <param name="Certified">Trainings after the first d + 2 until certified; null where it never was.</param>
/// <param name="IsTrue">Whether what was certified is within ε of the least value.</param>
/// <param name="Regret">Of the last best, as a share of the gap.</param>
/// <param name="Seconds">Processor time of all proposals.</param>
internal sealed record SpaceRun(int Reached, bool IsReached, int Listed, int? Certified, bool IsTrue, double Regret, double Seconds)
{
    private const double Share = 0.01;

    /// <summary>Runs a study.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="seed">Seed of the policy.</param>
    /// <param name="more">Trainings after the first d + 2.</param>
    /// <param name="isComposite">Whether the outputs are used.</param>
    /// <param name="certify">Whether certificates are judged; the study then goes on until certified.</param>
    /// <param name="delta">δ.</param>
    /// <param name="scatter">What trainings scatter by, in deviations of the outputs over the space; truth is without.</param>
    internal static SpaceRun Of(SpaceProblem problem, int seed, int more, bool isComposite, bool certify, double delta = 0.1, double scatter = 0)
    {
        var (least, gap) = problem.Target;
        var chance = new RandomStreams(seed).Stream("scatter");
        double[] deviations = scatter > 0 ? [.. problem.Deviations.Select(s => scatter * s)] : [];
        var recommended = 0;
        var policy = new SpacePolicy(SpaceProblem.Unit(problem.Dimension), new SpacePolicyOptions { Epsilon = Share * gap, Delta = delta, NoiseVariance = null }, new RandomStreams(seed));
        var trainings = new List<TrainingEnded>();
        double best = double.PositiveInfinity, seconds = 0;
        foreach (var (configuration, _) in policy.Initial([]))
        {
            Train(configuration);
        }

        var first = trainings.Count;
        var bar = problem.BestListed + Share * (least + gap - problem.BestListed);
        int? reached = best <= least + Share * gap ? 0 : null, listed = best <= bar ? 0 : null, certified = null;
        var passes = 0;
        for (var k = 0; k <= more; k++)
        {
            var start = Environment.CpuUsage.TotalTime;
            var analysis = policy.Analyse(trainings, isComposite ? problem.Objective : null)!;
            recommended = analysis.Best;
            if (certify && k > 0)
            {
                passes = analysis.Judge().Holds ? passes + 1 : 0;
                if (passes == 2)
                {
                    certified = k;
                    break;
                }
            }

            // As the product does: where nothing promises a gain a test is made for the second pass.
            var next = k < more && (certify || reached is null) ? analysis.Next([]) ?? (certify && passes == 1 ? analysis.Challenge([], default) : null) : null;
            seconds += (Environment.CpuUsage.TotalTime - start).TotalSeconds;
            if (next is null)
            {
                break;
            }

            Train(next.Value.Configuration);
            listed ??= best <= bar ? trainings.Count - first : null;
            if (reached is null && best <= least + Share * gap)
            {
                reached = trainings.Count - first;
            }
        }

        var found = scatter > 0 ? problem.Objective(problem.Outputs(SpaceProblem.UnitOf(trainings[recommended].Configuration))) : best;
        return new SpaceRun(reached ?? more + 1, reached is not null, listed ?? more + 1, certified, found <= least + Share * gap, (found - least) / gap, seconds);

        void Train(Configuration configuration)
        {
            var outputs = problem.Outputs(SpaceProblem.UnitOf(configuration));
            outputs = scatter > 0 ? Scatter.On(outputs, deviations, chance) : outputs;
            var value = problem.Objective(outputs);
            best = Math.Min(best, value);
            trainings.Add(TrainingEnded.Seen(trainings.Count, configuration, value, outputs));
        }
    }
}

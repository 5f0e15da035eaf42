using static System.FormattableString;

namespace HtiTune.Journal;

/// <summary>Trainings taken from other studies: checked, and numbered as the first of this one.</summary>
internal static class WarmStart
{
    /// <summary>What the anchors of other studies answered; null without one.</summary>
    public static Contexts? ContextsOf(IReadOnlyList<AnchorSet>? sources) => sources?.FirstOrDefault(set => set is not null)?[0].Samples.Contexts;

    /// <summary>The anchors of other studies, in the order given and ascending in λ within each; one that comes twice is taken once, and one that may not be trained here is not.</summary>
    /// <exception cref="ArgumentException">They are not of this hyperparameter or these contexts, or differ; the message names the first fault of each set.</exception>
    public static List<TrainingEnded> Trainings(IReadOnlyList<AnchorSet>? sources, SearchSpace space, Contexts? contexts, Func<Configuration, bool>? isAllowed)
    {
        var trainings = new List<TrainingEnded>();
        var faults = new List<string>();
        for (var s = 0; s < (sources?.Count ?? 0); s++)
        {
            if (sources![s] is not { } set)
            {
                faults.Add($"[{s}] is null");
                continue;
            }

            if (Fault(set, space, contexts!, trainings) is { } fault)
            {
                faults.Add($"[{s}] {fault}");
                continue;
            }

            foreach (var anchor in set.Where(anchor => isAllowed?.Invoke(anchor.Configuration) != false && !trainings.Exists(t => t.Configuration.Equals(anchor.Configuration))))
            {
                trainings.Add(new TrainingEnded(trainings.Count + 1, anchor.Configuration, "warm start: another study", TimeSpan.Zero)
                {
                    U = space.PlaceOf(anchor.Configuration),
                    Network = new RestoredNetwork("the warm start", new Samples(anchor.Samples.Outputs, contexts!)),
                });
            }
        }

        return faults.Count == 0
            ? trainings
            : throw new ArgumentException($"{nameof(TunerOptions)}.{nameof(TunerOptions.WarmStart)}: {string.Join("; ", faults)}.");
    }

    private static string? Fault(AnchorSet set, SearchSpace space, Contexts contexts, List<TrainingEnded> before)
    {
        if (!set.Space.Equals(space))
        {
            return $"is of {set.Space}; expected {space}";
        }

        foreach (var anchor in set)
        {
            if (!anchor.Samples.Contexts.SameAs(contexts))
            {
                return Invariant($"answers other contexts at {space.TextOf(anchor.Configuration)} ({anchor.Samples.Count} rows); expected the tuner's {contexts.Count} rows, bit for bit");
            }

            if (before.Count > 0 && Outputs(before[0]).Columns is var columns && columns != anchor.Samples.Dimension)
            {
                return $"has {anchor.Samples.Dimension} output columns; expected {columns}, as the anchors before it";
            }

            if (before.Find(t => t.Configuration.Equals(anchor.Configuration)) is { } same && !Outputs(same).SameAs(anchor.Samples.Outputs))
            {
                return $"has other outputs at {space.TextOf(anchor.Configuration)} than the anchors before it; expected each {(space.IsLine ? "λ" : "configuration")} once";
            }
        }

        return null;
    }

    private static Matrix Outputs(TrainingEnded training) => ((RestoredNetwork)training.Network!).Samples.Outputs;
}

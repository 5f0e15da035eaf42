using HtiTune.Data;
using HtiTune.Surrogates;

/// <summary>
/// How near the surrogate's outputs come to a real network's at λ that were never trained, beside the simplest that could be done instead:
/// stay at the first anchor, take the nearest one, or go straight from one to the next.
/// </summary>
/// <param name="Anchors">λ that the surrogates were fitted to.</param>
/// <param name="HeldOut">λ at which they are judged, ascending.</param>
/// <param name="Distances">For each of <see cref="Methods"/> the mean over contexts of the exact W₂ to the real outputs, at each held-out λ.</param>
/// <param name="Move">For scale: the same distance between the real outputs at the first and the last anchor.</param>
internal sealed record Fidelity(IReadOnlyList<double> Anchors, IReadOnlyList<double> HeldOut, IReadOnlyList<double[]> Distances, double Move)
{
    /// <summary>The methods, HtiTune's own first.</summary>
    public static IReadOnlyList<Method> Methods { get; } = [Method.Hti, Method.Linear, Method.Nearest, Method.Stay];

    /// <summary>Trains at anchors and at held-out λ, and compares.</summary>
    /// <param name="task">The task.</param>
    /// <param name="anchors">λ to fit to, ascending, at least 2.</param>
    /// <param name="heldOut">λ to judge at, ascending, between the anchors.</param>
    /// <param name="seed">Seed of all trainings.</param>
    /// <param name="cancellation">Ends a training early.</param>
    public static Fidelity Measure(TunedTask task, IReadOnlyList<double> anchors, IReadOnlyList<double> heldOut, long seed, CancellationToken cancellation)
    {
        Samples Real(double lambda)
        {
            using var network = task.Train(lambda, seed, cancellation);
            return network.Sample(task.Contexts);
        }

        var set = new AnchorSet(task.Hyperparameter, anchors.Select(lambda => new Anchor(lambda, Real(lambda))));
        var actual = heldOut.Select(Real).ToList();
        var distances = Methods.Select(method =>
        {
            var surrogate = TrajectorySurrogate.Fit(
                set, new TrajectoryOptions { Method = method, Seed = seed, TrainMaps = false }, cancellation: cancellation);
            return heldOut.Select((lambda, k) => OutputDistance.Mean(surrogate.Sample(lambda, task.Contexts).Samples, actual[k])).ToArray();
        }).ToList();
        return new Fidelity(anchors, heldOut, distances, OutputDistance.Mean(set[0].Samples, set[set.Count - 1].Samples));
    }

    /// <summary>Median over the held-out λ.</summary>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    public double Median(Method method) => Median(Distances[Methods.ToList().IndexOf(method)]);

    /// <summary>Prints the table.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="name">The hyperparameter's name.</param>
    public void Print(TextWriter to, string name)
    {
        const string Columns = "  {0,-24}{1,12}{2,12}{3,12}{4,12}";
        to.WriteLine($"\nFidelity: distance to the real outputs (W2 a context) at {HeldOut.Count} λ never trained; {Anchors.Count} anchors, which span {Move:G4}");
        to.WriteLine(Columns, name, "HtiTune", "linear", "nearest", "stay");
        for (var k = 0; k < HeldOut.Count; k++)
        {
            to.WriteLine(Columns, [$"{HeldOut[k]:G4}", .. Distances.Select(d => $"{d[k]:G4}")]);
        }

        to.WriteLine(Columns, ["median", .. Distances.Select(d => $"{Median(d):G4}")]);
    }

    /// <summary>The median of some numbers; the mean of the two in the middle where they are even in number.</summary>
    /// <param name="values">At least one.</param>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

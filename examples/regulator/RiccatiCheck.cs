using HtiTune;
using HtiTune.Data;
using HtiTune.Surrogates;

/// <summary>What the tables said, checked against the exact law: gains, outputs, optima, and the regret of every recommendation.</summary>
/// <param name="task">The task.</param>
/// <param name="seed">The tuner's seed.</param>
internal sealed class RiccatiCheck(TunedTask task, long seed)
{
    private const int Grid = 2001;

    /// <summary>Prints the check.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="report">The tables.</param>
    /// <param name="cancellation">Ends a training early.</param>
    public void Print(TextWriter to, Report report, CancellationToken cancellation)
    {
        var worst = report.Fidelity.Anchors.Max(lambda =>
        {
            using var trained = task.Train(lambda, seed, cancellation);
            return OutputDistance.Mean(trained.Sample(task.Contexts), Riccati.Outputs(lambda, task.Contexts));
        });
        to.WriteLine($"\nChecked by Riccati's equation: trained regulators' outputs are off by at most {worst:G2} a start");

        const string Columns = "  {0,-40}{1,10}{2,10}{3,15}{4,21}";
        to.WriteLine(Columns, "", "λ", "exact λ", "exact regret", "within certified ε");
        var lambdas = task.Even(Grid);
        foreach (var (run, preference) in report.Changes.Runs.Zip(task.Preferences))
        {
            double Exact(double lambda) => preference.Value(new Law(lambda));
            var values = lambdas.Select(Exact).ToArray();
            var least = values.Min();
            var regret = Exact(run.Lambda) - least;
            to.WriteLine(
                Columns, run.Preference, $"{run.Lambda:G4}", $"{lambdas[Array.IndexOf(values, least)]:G4}", $"{regret:G3}",
                run.Outcome != "yes" ? "not certified" : regret <= run.Epsilon ? "yes" : "no");
        }
    }

    // The exact outputs as a conditional model, which objectives judge.
    private sealed class Law(double lambda) : IConditionalModel
    {
        public double Lambda => lambda;

        public bool IsTrained => false;

        public Samples Sample(Contexts contexts) => Riccati.Outputs(lambda, contexts);
    }
}

using HtiTune;

/// <summary>A study and its price.</summary>
/// <param name="Way">Who made it.</param>
/// <param name="Objective">The objective's number, from 0.</param>
/// <param name="Study">The study.</param>
/// <param name="Time">Its time, with that of remembered trainings.</param>
internal sealed record Run(string Way, int Objective, TuningResult Study, TimeSpan Time);

/// <summary>The table at the end: what each way found, and at what price.</summary>
/// <param name="objectives">Names of the objectives.</param>
/// <param name="truth">The dense sweep, if there is one for this series and seed.</param>
internal sealed class Comparison(IReadOnlyList<string> objectives, DenseSweep? truth)
{
    private const string Columns = "  {0,-24}{1,10}{2,11}{3,13}{4,11}{5,9}{6,18}";

    /// <summary>Prints the table.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="runs">All studies.</param>
    public void Print(TextWriter to, IReadOnlyList<Run> runs)
    {
        for (var objective = 0; objective < objectives.Count; objective++)
        {
            to.WriteLine();
            to.WriteLine(objectives[objective]);
            to.WriteLine(Columns, "", "quantile", "predicted", "real", "trainings", "seconds", truth is null ? "" : "regret, % of gap");
            foreach (var run in runs.Where(run => run.Objective == objective))
            {
                Print(to, run);
            }

            if (truth is not null)
            {
                var (best, least) = ($"{truth.Best(objective):F3}", $"{truth.Least(objective):F4}");
                to.WriteLine(Columns, "dense sweep, kept", best, "", least, truth.Lambdas.Length, "", "");
            }
        }
    }

    // A recommendation that was not trained is judged by the sweep between its neighbours, marked ≈.
    private void Print(TextWriter to, Run run)
    {
        var study = run.Study;
        var real = study.RealValue ?? truth?.At(run.Objective, study.Lambda);
        var mark = study.RealValue is null ? "≈ " : "";
        var regret = truth is null ? "" : $"{mark}{100 * (real!.Value - truth.Least(run.Objective)) / truth.Gap(run.Objective):F2}";
        to.WriteLine(
            Columns, run.Way, $"{study.Lambda:F3}", $"{study.PredictedValue:F4}", real is null ? "not trained" : $"{mark}{real:F4}",
            study.TrainingsUsed, $"{run.Time.TotalSeconds:F1}", regret);
    }
}

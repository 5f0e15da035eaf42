using HtiTune;
using HtiTune.Preferences;

/// <summary>How one preference was answered.</summary>
/// <param name="Preference">Its name.</param>
/// <param name="Lambda">The recommended λ.</param>
/// <param name="Best">The best λ of the dense sweep.</param>
/// <param name="Trainings">New trainings.</param>
/// <param name="Outcome">What was said of the answer, in a word.</param>
/// <param name="Time">The time it took, with that of trainings from the cache.</param>
/// <param name="Epsilon">The regret that the tuner was allowed, in units of the objective.</param>
/// <param name="Regret">The recommendation's real value over the best of the dense sweep, in parts of the gap.</param>
internal sealed record PreferenceRun(
    string Preference, double Lambda, double Best, int Trainings, string Outcome, TimeSpan Time, double Epsilon, double Regret);

/// <summary>
/// The preference changes after the first study: each further one is answered from the networks that are there, and if the tuner says that they
/// do not suffice, with as many trainings as it asks for, up to a limit.
/// </summary>
/// <param name="Runs">The first preference, then the others in their order.</param>
internal sealed record PreferenceChanges(IReadOnlyList<PreferenceRun> Runs)
{
    /// <summary>Answers all preferences of a task in their order by one tuner.</summary>
    /// <param name="task">The task.</param>
    /// <param name="seed">The tuner's seed.</param>
    /// <param name="sweep">Number of λ of the dense sweep by which answers are judged.</param>
    /// <param name="mostTrainings">Most new trainings for one change.</param>
    /// <param name="first">Receives the first study, with the tuner that made it, while the tuner lives: the place to draw figures.</param>
    /// <param name="cancellation">Ends a training early.</param>
    public static PreferenceChanges Run(
        TunedTask task, long seed, int sweep, int mostTrainings, Action<TuningResult, Tuner, TrueCurve>? first, CancellationToken cancellation)
    {
        using var truth = new TrueCurve(task, sweep, seed, cancellation);
        using var tuner = new Tuner(task.Network, task.Hyperparameter, task.Contexts, task.OptionsOf(seed));
        var runs = new List<PreferenceRun>();
        foreach (var preference in task.Preferences)
        {
            TuningResult? study = null;
            var trainings = 0;
            var time = task.Network.Time(() =>
            {
                study = tuner.Optimize(preference.Value, runs.Count == 0 ? null : 0, cancellation: cancellation);
                trainings = study.TrainingsUsed;
                if (runs.Count > 0 && study.Outcome is NeedsTraining)
                {
                    study = tuner.Optimize(preference.Value, mostTrainings, cancellation: cancellation);
                    trainings = study.TrainingsUsed;
                }
            });
            cancellation.ThrowIfCancellationRequested();
            if (runs.Count == 0)
            {
                first?.Invoke(study!, tuner, truth);
            }

            runs.Add(new PreferenceRun(
                preference.Name, study!.Lambda, truth.Best(preference).Lambda, trainings, Word(study.Outcome), time, study.Epsilon,
                truth.Regret(preference, study.Lambda)));
        }

        return new PreferenceChanges(runs);
    }

    /// <summary>Prints the table.</summary>
    /// <param name="to">Where to.</param>
    public void Print(TextWriter to)
    {
        const string Columns = "  {0,-40}{1,10}{2,12}{3,14}{4,11}{5,10}{6,18}";
        to.WriteLine("\nChanges of preference, in this order, by the same tuner");
        to.WriteLine(Columns, "", "λ", "best λ", "new trainings", "seconds", "certified", "regret, % of gap");
        foreach (var run in Runs)
        {
            to.WriteLine(
                Columns, run.Preference, $"{run.Lambda:G4}", $"{run.Best:G4}", run.Trainings, $"{run.Time.TotalSeconds:F1}", run.Outcome, $"{100 * run.Regret:F2}");
        }
    }

    private static string Word(Outcome outcome) => outcome switch
    {
        Certified => "yes",
        NeedsTraining => "asks",
        _ => "no",
    };
}

using HtiTune;
using HtiTune.Plotting;

/// <summary>The three comparisons that every task makes, printed, and the figures.</summary>
internal sealed record Report(Fidelity Fidelity, Race Race, PreferenceChanges Changes)
{
    /// <summary>How much is done.</summary>
    /// <param name="Anchors">Trainings that the fidelity's surrogates are fitted to, evenly on the scale.</param>
    /// <param name="HeldOut">λ at which fidelity is measured.</param>
    /// <param name="Sweep">λ of the dense sweep.</param>
    /// <param name="MoreTrainings">Most new trainings for one change of preference.</param>
    internal sealed record Size(int Anchors, int HeldOut, int Sweep, int MoreTrainings = 3)
    {
        /// <summary>A full run.</summary>
        public static Size Full { get; } = new(Anchors: 5, HeldOut: 8, Sweep: 33);

        /// <summary>A short run, for tests.</summary>
        public static Size Quick { get; } = new(Anchors: 4, HeldOut: 3, Sweep: 9, MoreTrainings: 1);
    }

    /// <summary>Measures, prints and draws.</summary>
    /// <param name="task">The task.</param>
    /// <param name="command">Seeds, and the figures' folder.</param>
    /// <param name="size">How much is done; null for the size that the command asks for.</param>
    /// <param name="to">Where to print.</param>
    /// <param name="cancellation">Ends a training early.</param>
    /// <param name="draw">Draws a task's own figures into a folder.</param>
    public static Report Make(
        TunedTask task, TaskCommandLine command, Size? size, TextWriter to, CancellationToken cancellation, Action<TuningResult, Tuner, string>? draw = null)
    {
        size ??= command.Quick ? Size.Quick : Size.Full;
        var name = task.Hyperparameter.Name;
        var folder = command.Out ?? Path.Combine("artifacts", task.Name);
        var fidelity = Fidelity.Measure(task, task.Even(size.Anchors), task.Between(size.HeldOut), command.Seed, cancellation);
        fidelity.Print(to, name);

        var race = Race.Run(task, command.RaceSeeds, size.Sweep, line => to.WriteLine($"  {line}"), cancellation);
        race.Print(to, task.Preferences[0].Name);

        var changes = PreferenceChanges.Run(
            task, command.Seed, size.Sweep, size.MoreTrainings,
            (study, tuner, truth) =>
            {
                Directory.CreateDirectory(folder);
                Draw(task, study, truth, folder);
                draw?.Invoke(study, tuner, folder);
            },
            cancellation);
        changes.Print(to);
        to.WriteLine($"\n{task.Network.Trained} networks trained, {task.Network.Reused} times one was taken from the cache; figures in {Path.GetFullPath(folder)}");
        return new Report(fidelity, race, changes);
    }

    private static void Draw(TunedTask task, TuningResult study, TrueCurve truth, string folder)
    {
        var preference = task.Preferences[0];
        StudyFigures.Objective(
            study, Path.Combine(folder, "objective.png"), [.. truth.Of(preference).Select(point => new CurvePoint(point.Lambda, point.Value))],
            new FigureOptions { Title = $"{preference.Name} over the {task.Hyperparameter.Name}", ValueLabel = preference.Name });
        if (study.Surrogate is { } surrogate)
        {
            TrajectoryFigures.Distribution(
                surrogate, study.Anchors, Path.Combine(folder, "outputs.png"),
                options: new FigureOptions { Title = $"Outputs over the {task.Hyperparameter.Name}" });
        }
    }
}

using HtiTune;
using HtiTune.Data;

/// <summary>The task from top to bottom: network, hyperparameter, preferences, the three comparisons, and the recorded policies where they are.</summary>
internal static class TreatmentTask
{
    /// <summary>Its name, also that of its figures' folder and of its cache.</summary>
    public const string Name = "cancer-treatment";

    /// <summary>Raise it when a policy would be trained otherwise.</summary>
    public const int Version = 1;

    private const int DefaultSeeds = 1; // a seed takes up to 25 trainings

    private const long PatientSeed = 2026;

    // Policies lose a patient in some hundreds, which costs more than 200. Of 40 patients one would move the mean by five points, and be among them or not
    // by chance.
    private const int Patients = 400;

    // Values of λ of the dense sweep, and of those on which the posterior is held: between neighbours policies differ mostly by luck.
    private const int Values = 9;

    /// <summary>λ, what a day's distance of the killer cells from where they began costs. 0 is among them, and from 1 on ratios count.</summary>
    public static ContinuousHyperparameter Weight { get; } = Hyperparameter.Continuous(
        "reward weight", 0, 10, Scale.Warp("log(λ + 0.5)", lambda => Math.Log(lambda + 0.5), w => Math.Exp(w) - 0.5));

    /// <summary>Runs the task.</summary>
    /// <param name="command">The options.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static Report Run(TaskCommandLine command, TextWriter output, CancellationToken cancellation = default)
    {
        // The network, and its trainings remembered: they take most of a run's time.
        var options = command.Quick ? PpoOptions.Quick : new PpoOptions();
        using var network = new TrainingCache(Name, Version, options.ToString(), new TreatmentNetwork(options), keep: !command.Quick && !command.NoCache);

        // What every policy is asked as soon as it is trained, and the patients that judge it: the same for all.
        var observations = TreatmentRollouts.Observations(command.Quick ? 60 : 300, PatientSeed);
        var rollouts = new TreatmentRollouts(observations, command.Quick ? 4 : Patients, PatientSeed);

        // Four preferences about the same treatments; higher is better.
        var task = new TunedTask
        {
            Name = Name,
            Hyperparameter = Weight,
            Contexts = observations,
            Network = network,
            Preferences =
            [
                Reward(rollouts, 4), Reward(rollouts, 1), Reward(rollouts, 10),
                new("reward at weight 4, drug at 0.02 a dose", model => rollouts.Of(model) is var o ? o.Mean(4) - 0.02 * o.Drug.Average() : 0),
            ],
            Options = new TunerOptions
            {
                Goal = Goal.Maximize,
                MaxTrainings = command.Quick ? 4 : 12,

                // A point of reward in a hundred: by the luck of their trainings policies differ by a third of one.
                Epsilon = 1,
                GridSize = Values,
                SurrogateFactory = new PolicySurrogates(observations).Fit,
            },
        };

        output.WriteLine($"{observations.Count} observations of patients under treatment; a policy is trained by {options.Steps:N0} days of PPO");
        Report.Size size = command.Quick ? new(Anchors: 3, HeldOut: 2, Sweep: 5, MoreTrainings: 1) : new(Anchors: 5, HeldOut: 4, Sweep: Values);
        var report = Report.Make(task, command with { Seeds = command.Seeds ?? (command.Quick ? 1 : DefaultSeeds) }, size, output, cancellation);
        if (!command.Quick && RecordedCheck.Find() is { } recorded)
        {
            var seed = task.SeedsOf(command.Seed).Training;
            recorded.Print(output, lambda => ((TrainedPolicy)network.Train(new TrainingRequest(lambda, seed), cancellation)).Policy, patients: 200);
        }

        return report;
    }

    private static NamedObjective Reward(TreatmentRollouts rollouts, double weight) =>
        new($"reward at weight {weight}", model => rollouts.Of(model).Mean(weight));
}

namespace HtiTune;

/// <summary>
/// What a run asks of the model behind it: where to begin, where to go on, whether it may stop, and what came of it. One continuous hyperparameter has one policy
/// (<see cref="LinePolicy"/>), a space of several another.
/// </summary>
internal abstract class RunPolicy
{
    /// <summary>How the predictions have held so far.</summary>
    public abstract Calibration Calibration { get; }

    /// <summary>Trust in the surrogate of the last model that chose a place; null before there is one.</summary>
    public abstract double? Trust { get; }

    /// <summary>The best trained place by the last model, and its value; null before there is one.</summary>
    public abstract (Configuration Configuration, double Value)? Best { get; }

    /// <summary>What is believed over the range of one hyperparameter; else empty.</summary>
    public abstract IReadOnlyList<PosteriorPoint> Posterior { get; }

    /// <summary>The first places, at most as many as the budget; none when there are values enough to model.</summary>
    /// <param name="wanted">What the user wants trained, which goes off the budget.</param>
    public abstract IReadOnlyList<(Configuration Configuration, string Reason)> InitialPlaces(IReadOnlyList<Configuration> wanted);

    /// <summary>Whether a first place is needless beside one that the user has had trained.</summary>
    public abstract bool IsSamePlace(Configuration first, Configuration other);

    /// <summary>Brings the model to the trainings so far; false while none of them has a value.</summary>
    public abstract bool Analyse();

    /// <summary>A place far from all trainings and from those under way, where no model tells more.</summary>
    /// <param name="pending">Trainings under way.</param>
    /// <returns>The place; null where every one is taken.</returns>
    public abstract Configuration? Apart(IReadOnlyList<Configuration> pending);

    /// <summary>Judges the state once; <see cref="Analyse"/> has said true.</summary>
    /// <param name="used">Trainings that the run has used.</param>
    /// <returns>Whether the recommendation is certified.</returns>
    public abstract bool Judge(int used);

    /// <summary>Whether no training is expected to gain what it costs; <see cref="Analyse"/> has said true.</summary>
    public abstract bool IsNotWorthIt();

    /// <summary>Where to train next by the model; <see cref="Analyse"/> has said true.</summary>
    /// <param name="isJudged">Whether this state was judged; else nothing is known of a certificate.</param>
    /// <param name="used">Trainings that the run has used, those under way included.</param>
    /// <param name="isLast">Whether time allows no further one.</param>
    /// <param name="pending">Trainings under way.</param>
    /// <returns>The place and its gain in units of the objective; null where little is to be gained anywhere.</returns>
    public abstract (Configuration Configuration, string Reason, double Gain)? Next(bool isJudged, int used, bool isLast, IReadOnlyList<Configuration> pending);

    /// <summary>Trainings that a certificate wants for as tests alone, whatever they gain.</summary>
    /// <param name="unmet">What is missing; null for nothing.</param>
    /// <param name="values">Trainings that have a value.</param>
    /// <param name="tests">Those of them that have tested a surrogate.</param>
    internal static int TestsWanted(Unmet? unmet, int values, int tests = 0) => unmet switch
    {
        Unmet.TooFewAnchors => Math.Max(0, Outcome.AnchorsForCertificate + 1 - values),
        Unmet.SurrogateUntested => Outcome.SurrogateTestsForCertificate + 1 - tests,
        Unmet.HeldOnce or Unmet.AlarmWithdrew => 1,
        _ => 0,
    };

    /// <summary>Takes note of a proposal before it is trained, so that what was forecast for it is known afterwards.</summary>
    /// <param name="proposal">The proposal.</param>
    /// <param name="isByModel">Whether the model stands behind it.</param>
    public virtual void Note(TrainingRequest proposal, bool isByModel)
    {
    }

    /// <summary>The journal's line of a proposal.</summary>
    /// <param name="proposal">The proposal.</param>
    /// <param name="isByModel">Whether the model stands behind it.</param>
    public abstract TrainingProposed LineOf(TrainingRequest proposal, bool isByModel);

    /// <summary>A training as a trial of the run's objective.</summary>
    /// <param name="training">The training.</param>
    /// <param name="isReused">Whether an earlier run made it.</param>
    public abstract Trial TrialOf(TrainingEnded training, bool isReused);

    /// <summary>The study of a run that ends; <see cref="Analyse"/> has said true.</summary>
    /// <param name="stop">Why it ends; null where nothing but the end of the caller's patience.</param>
    /// <param name="used">Trainings that the run has used.</param>
    /// <param name="trials">All trials.</param>
    /// <param name="started">When the run started, by the clock of the options.</param>
    public abstract TuningResult Finish(StopReason? stop, int used, IReadOnlyList<Trial> trials, long started);
}

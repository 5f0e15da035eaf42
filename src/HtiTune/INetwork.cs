namespace HtiTune;

/// <summary>A network that can be trained at any value of the hyperparameter.</summary>
public interface INetwork
{
    /// <summary>Trains the network at λ. May take seconds or hours; called from one thread at a time, from several at once with <see cref="TunerOptions.Parallelism"/> above 1.</summary>
    /// <param name="request">λ, the seed and where to report progress.</param>
    /// <param name="cancellation">Ends the training early by <see cref="OperationCanceledException"/>.</param>
    /// <returns>The trained network; the tuner disposes it when it is no longer needed.</returns>
    /// <exception cref="Exception">Any exception but cancellation is recorded as a failed trial, and the study goes on elsewhere.</exception>
    ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation);
}

/// <summary>A training that is asked for: by a <see cref="TuningRun"/> of whoever trains, and of a network.</summary>
/// <param name="Configuration">The values of the hyperparameters, in their own units.</param>
/// <param name="Seed">Seed of all chance in the training. The same for every λ of a study, so that outputs move smoothly with λ; another for a second training at one λ.</param>
/// <param name="Progress">Takes the share that is done, 0 to 1; may be ignored.</param>
public sealed record TrainingRequest(Configuration Configuration, long Seed, IProgress<double>? Progress = null)
{
    /// <summary>A request at one value of one hyperparameter that needs no name.</summary>
    /// <param name="lambda">λ, in its own units.</param>
    /// <param name="seed">Seed of all chance in the training.</param>
    /// <param name="progress">Takes the share that is done, 0 to 1; may be ignored.</param>
    public TrainingRequest(double lambda, long seed, IProgress<double>? progress = null)
        : this(new Configuration("lambda", lambda), seed, progress)
    {
    }

    /// <summary>The short form where one continuous hyperparameter is tuned: λ, in its own units. NaN where there are several.</summary>
    public double Lambda => Configuration.Lambda;

    /// <summary>Number of the training, from 1, over all runs of a tuner; 0 where nobody counts.</summary>
    public int Number { get; init; }

    /// <summary>Why there, e.g. <c>initial: lower end</c>; empty where nobody says.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Expected gain over the best trained value, in units of the objective; null where no model stands behind it.</summary>
    public double? ExpectedGain { get; init; }

    /// <summary>Its place on the unit scale, where a run has it.</summary>
    internal double U { get; init; }

    /// <summary>Whether it is one of a run's first places, before a model chooses.</summary>
    internal bool IsInitial { get; init; }

    /// <summary>When its run handed it out.</summary>
    internal long Since { get; set; }

    /// <summary>When an earlier process had handed it out, by the journal; null where this one has.</summary>
    internal DateTimeOffset? Before { get; set; }

    /// <summary>Whether the journal knows that it was handed out by this process.</summary>
    internal bool IsStarted { get; set; }

    /// <summary>Whether it is in the caller's hands.</summary>
    internal bool IsOut { get; set; }

    /// <summary>Whether the same is asked, in whose hands it may be.</summary>
    /// <param name="other">Another request.</param>
    public bool Equals(TrainingRequest? other) => other is not null && Configuration.Equals(other.Configuration)
        && (Seed, Number, Reason, ExpectedGain, Progress) == (other.Seed, other.Number, other.Reason, other.ExpectedGain, other.Progress);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Configuration, Seed, Number);

    /// <summary>The value of a hyperparameter.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">It has none here.</exception>
    public HyperparameterValue this[string name] => Configuration[name];

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(TrainingRequest), PrintMembers);
}

/// <summary>A network trained at one λ, ready to answer.</summary>
public interface ITrainedNetwork : IDisposable
{
    /// <summary>Answers each context with one output row.</summary>
    /// <param name="contexts">n contexts.</param>
    /// <param name="seed">Seed of the draws of a stochastic network (common random numbers over λ); a deterministic one ignores it.</param>
    /// <returns>Outputs, shape [n, D]. The same contexts and seed give the same outputs.</returns>
    Matrix Answer(Contexts contexts, long seed);

    /// <summary>
    /// Rows of outputs that it brings of its own accord, as a program that leaves a file of draws does; null where it answers whatever it is asked.
    /// A tuner that was made without contexts takes their number from the first network that it is told.
    /// </summary>
    int? Rows => null;
}

/// <summary>
/// A conditional distribution p_λ(y|x) that can be sampled: the surrogate at any λ, or the real network at an anchor. The same
/// objective judges both.
/// </summary>
public interface IConditionalModel
{
    /// <summary>The short form where one continuous hyperparameter is tuned: λ, in its own units. NaN where there are several.</summary>
    double Lambda { get; }

    /// <summary>The values of the hyperparameters, in their own units.</summary>
    Configuration Configuration => new("lambda", Lambda);

    /// <summary>Whether a real, trained network answers; else the surrogate.</summary>
    bool IsTrained { get; }

    /// <summary>One output row for each context, by common random numbers: the same call gives the same answer.</summary>
    /// <param name="contexts">n contexts.</param>
    /// <returns>The outputs, shape [n, D], beside their contexts.</returns>
    Samples Sample(Contexts contexts);

    /// <summary>
    /// The same surrogate at another λ, so that an objective that is dear to ask may ask for many λ at once; null outside the anchors, and for a real
    /// network, which has one λ.
    /// </summary>
    /// <param name="lambda">The other λ, in its own units.</param>
    IConditionalModel? At(double lambda) => null;
}

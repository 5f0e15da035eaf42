using HtiTune.Data;

/// <summary>Trains a policy by proximal policy optimisation on r − λ q.</summary>
/// <remarks>
/// All chance comes from named streams of the seed, each patient's and each action's noise its own: trainings at neighbouring λ meet the
/// same patients and draw the same noise, and differ by λ and little else.
/// </remarks>
internal sealed class PpoTraining
{
    private const double RewardUnit = 50; // so that the critic learns numbers of about 1
    private readonly PpoOptions _options;
    private readonly TreatmentEnvironment[] _environments;
    private readonly BogackiShampine _solver = new();
    private readonly RandomStream[] _patients, _noise;
    private readonly RandomStream _weights, _batches;
    private readonly double _lambda, _tolerance;

    /// <summary>Prepares a training.</summary>
    /// <param name="lambda">λ, the weight of the penalty.</param>
    /// <param name="seed">Seed of all chance.</param>
    /// <param name="options">Size and length.</param>
    /// <param name="tolerance">What of the penalty is not counted.</param>
    public PpoTraining(double lambda, long seed, PpoOptions options, double tolerance = 0)
    {
        (_lambda, _tolerance, _options) = (lambda, tolerance, options);
        var streams = new RandomStreams(seed).Fork("ppo");
        (_weights, _batches) = (streams.Stream("weights"), streams.Stream("batches"));
        _environments = new TreatmentEnvironment[options.Patients];
        (_patients, _noise) = (new RandomStream[options.Patients], new RandomStream[options.Patients]);
        for (var i = 0; i < options.Patients; i++)
        {
            (_environments[i], _patients[i], _noise[i]) = (new TreatmentEnvironment(), streams.Stream($"patients {i}"), streams.Stream($"noise {i}"));
            _environments[i].Reset(_patients[i]);
        }
    }

    /// <summary>Runs the training.</summary>
    /// <param name="progress">Takes the share that is done; may be null.</param>
    /// <param name="cancellation">Looked at every day and every minibatch.</param>
    public DosePolicy Run(IProgress<double>? progress, CancellationToken cancellation)
    {
        using var learner = new PpoLearner(_options, _weights);
        var round = new PpoRound(_options.Patients, _options.DaysPerRound);
        var rounds = Math.Max(1, _options.Steps / round.Count);
        var averaged = Math.Max(1, (int)(_options.AveragedShare * rounds));
        var average = new double[learner.Weights.Length];
        for (var i = 0; i < rounds; i++)
        {
            Treat(learner.Policy(learner.Weights), round, cancellation);
            round.Estimate(learner.Values(round.Observations), _options.Discount, _options.AdvantageDecay);
            learner.Learn(round, _batches, _options.LearningRate * (1 - (double)i / rounds), cancellation);
            if (i >= rounds - averaged)
            {
                var theta = learner.Weights;
                for (var j = 0; j < average.Length; j++)
                {
                    average[j] += theta[j] / averaged;
                }
            }

            progress?.Report((i + 1.0) / rounds);
        }

        return learner.Policy(Array.ConvertAll(average, w => (float)w));
    }

    // A round of days with the policy as it is; a patient whose treatment ended is followed by the next.
    private void Treat(DosePolicy policy, PpoRound round, CancellationToken cancellation)
    {
        const int Inputs = TreatmentEnvironment.Observed, Doses = DosePolicy.Doses;
        Span<float> mean = stackalloc float[Doses];
        var norm = -Doses * 0.5 * Math.Log(2 * Math.PI) - Math.Log(policy.Deviation(0)) - Math.Log(policy.Deviation(1));
        for (var first = 0; first < round.Count; first += _options.Patients)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var patient = 0; patient < _options.Patients; patient++)
            {
                var row = first + patient;
                var observation = _environments[patient].Observation;
                observation.CopyTo(round.Observations.AsSpan(row * Inputs));
                policy.Mean(observation, mean);
                var squares = 0.0;
                for (var k = 0; k < Doses; k++)
                {
                    var z = _noise[patient].NextNormal();
                    squares += z * z;
                    round.Actions[row * Doses + k] = mean[k] + policy.Deviation(k) * (float)z;
                }

                round.LogDensities[row] = (float)(norm - squares / 2);
            }

            var days = TreatmentEnvironment.Step(_environments, round.Actions.AsSpan(first * Doses, _options.Patients * Doses), _solver);
            for (var patient = 0; patient < _options.Patients; patient++)
            {
                round.Rewards[first + patient] = (float)(days[patient].Weighted(_lambda, _tolerance) / RewardUnit);
                round.Ended[first + patient] = days[patient].Ended;
                if (days[patient].Ended)
                {
                    _environments[patient].Reset(_patients[patient]);
                }
            }
        }

        for (var patient = 0; patient < _options.Patients; patient++)
        {
            _environments[patient].Observation.CopyTo(round.Observations.AsSpan((round.Count + patient) * Inputs));
        }
    }
}

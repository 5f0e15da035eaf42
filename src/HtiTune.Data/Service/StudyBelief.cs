namespace HtiTune.Service;

/// <summary>What is believed of a study's objective at some configurations, and how much hangs on each hyperparameter.</summary>
/// <param name="Predictions">What is believed at each, in the order asked.</param>
/// <param name="Importances">Sobol indices of the posterior mean, in the order of the hyperparameters; null where they were not asked for.</param>
public sealed record StudyBelief(IReadOnlyList<PredictionAt> Predictions, IReadOnlyList<HyperparameterImportance>? Importances);

/// <summary>What is believed of the objective at a configuration, in its own units.</summary>
/// <param name="Configuration">The values of the hyperparameters.</param>
/// <param name="Mean">Posterior mean.</param>
/// <param name="Low">Lower end of the 90 % interval.</param>
/// <param name="High">Upper end of the 90 % interval.</param>
public sealed record PredictionAt(Configuration Configuration, double Mean, double Low, double High);

/// <summary>How much of the objective's variation hangs on a hyperparameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="First">First-order Sobol index: by itself.</param>
/// <param name="Total">Total index: with what it does together with others.</param>
public sealed record HyperparameterImportance(string Name, double First, double Total);

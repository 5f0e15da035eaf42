using System.Text.Json.Serialization;
using HtiTune.Data;

namespace HtiTune.Hosting;

/// <summary>A training that was made before a study began: where, and what the network answered.</summary>
/// <param name="Outputs">Outputs [n, D], a row for each of the definition's contexts.</param>
/// <param name="Lambda">λ, in its own units, of one continuous hyperparameter; null where the configuration tells.</param>
/// <param name="Configuration">The values of the hyperparameters; null where λ tells.</param>
[method: JsonConstructor]
public sealed record StudyAnchor(Matrix Outputs, double? Lambda = null, Configuration? Configuration = null)
{
    /// <summary>A training at a configuration.</summary>
    /// <param name="configuration">The values of the hyperparameters.</param>
    /// <param name="outputs">Outputs [n, D], a row for each of the definition's contexts.</param>
    public StudyAnchor(Configuration configuration, Matrix outputs)
        : this(outputs ?? throw new ArgumentNullException(nameof(outputs)), null, configuration ?? throw new ArgumentNullException(nameof(configuration)))
    {
    }

    /// <summary>A training of one continuous hyperparameter.</summary>
    /// <param name="lambda">λ, in its own units.</param>
    /// <param name="outputs">Outputs [n, D], a row for each of the definition's contexts.</param>
    public StudyAnchor(double lambda, Matrix outputs)
        : this(outputs ?? throw new ArgumentNullException(nameof(outputs)), lambda)
    {
    }

    /// <summary>Whether it is given as a study's hyperparameters are: λ of one continuous one, or a configuration of its names.</summary>
    internal bool IsOf(StudyProblem problem) => Configuration is not { } given
        ? problem.Space.IsLine
        : !problem.Space.IsLine || given.Count == 1 && given.TryGet(problem.Space.Line.Name, out var value) && value.IsNumber;

    internal Configuration At(StudyProblem problem) => problem.At(Lambda, Configuration);
}

using HtiTune.Data;

namespace HtiTune.Hosting;

/// <summary>A training that was made before a study began: where, and what the network answered.</summary>
public sealed class StudyAnchor
{
    /// <summary>A training at a configuration.</summary>
    /// <param name="configuration">The values of the hyperparameters.</param>
    /// <param name="outputs">Outputs [n, D], a row for each of the definition's contexts.</param>
    public StudyAnchor(Configuration configuration, Matrix outputs)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(outputs);
        (Configuration, Lambda, Outputs) = (configuration, configuration.Lambda, outputs);
    }

    /// <summary>A training of one continuous hyperparameter.</summary>
    /// <param name="lambda">λ, in its own units.</param>
    /// <param name="outputs">Outputs [n, D], a row for each of the definition's contexts.</param>
    public StudyAnchor(double lambda, Matrix outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        (Lambda, Outputs) = (lambda, outputs);
    }

    /// <summary>The values of the hyperparameters; null where λ tells.</summary>
    public Configuration? Configuration { get; }

    /// <summary>λ, in its own units; NaN where there are several hyperparameters.</summary>
    public double Lambda { get; }

    /// <summary>Outputs [n, D], a row for each of the definition's contexts.</summary>
    public Matrix Outputs { get; }

    /// <summary>Whether it is given as a study's hyperparameters are: λ of one continuous one, or a configuration of its names.</summary>
    internal bool IsOf(StudyProblem problem) => Configuration is not { } given
        ? problem.Space.IsLine
        : !problem.Space.IsLine || given.Count == 1 && given.TryGet(problem.Space.Line.Name, out var value) && value.IsNumber;

    internal Configuration At(StudyProblem problem) => problem.At(Lambda, Configuration);
}

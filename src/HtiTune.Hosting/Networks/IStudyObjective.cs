namespace HtiTune.Hosting;

/// <summary>What a study optimises, written in C#: a number made of outputs, of the real network or of the surrogate alike.</summary>
public interface IStudyObjective
{
    /// <summary>The value; the same for the same outputs. Called from several threads.</summary>
    /// <param name="samples">Outputs [n, D], one row for each context, beside the contexts.</param>
    /// <param name="lambda">λ of the outputs, in its own units.</param>
    double Value(Samples samples, double lambda);
}

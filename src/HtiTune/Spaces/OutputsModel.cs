using HtiTune.Data;

namespace HtiTune;

/// <summary>The objective at outputs [n, D] that are expected at a configuration; less is better, an exception or NaN is no answer there.</summary>
/// <param name="outputs">The outputs.</param>
/// <param name="at">Tells the configuration, where that is asked.</param>
internal delegate double SpaceObjective(Matrix outputs, Func<Configuration> at);

/// <summary>Outputs that the trainings lead to expect at a configuration.</summary>
/// <param name="contexts">The contexts that they answer.</param>
/// <param name="outputs">The outputs.</param>
/// <param name="at">Tells the configuration.</param>
internal sealed class OutputsModel(Contexts contexts, Matrix outputs, Func<Configuration> at) : IConditionalModel
{
    public double Lambda => Configuration.Lambda;

    public Configuration Configuration => at();

    public bool IsTrained => false;

    public Samples Sample(Contexts asked) => asked.SameAs(contexts)
        ? new Samples(outputs, contexts)
        : throw new NotSupportedException("Other contexts than the tuner's are asked; expected those, where several hyperparameters are tuned.");
}

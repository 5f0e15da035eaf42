using HtiTune.Data;

namespace HtiTune;

/// <summary>Makes a network from functions, for those who need no class of their own.</summary>
public static class Network
{
    /// <summary>A network from a function that trains and one that answers.</summary>
    /// <param name="train">Trains at λ and returns the trained model; disposed by the tuner where it is <see cref="IDisposable"/>.</param>
    /// <param name="answer">Answers n contexts with outputs [n, D]; the number is the seed of a stochastic model's draws.</param>
    /// <typeparam name="TModel">The trained model.</typeparam>
    public static INetwork Create<TModel>(
        Func<TrainingRequest, CancellationToken, TModel> train, Func<TModel, Contexts, long, Matrix> answer)
        where TModel : notnull
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(answer);
        return new Functions<TModel>(train, answer);
    }

    private sealed class Functions<TModel>(Func<TrainingRequest, CancellationToken, TModel> train, Func<TModel, Contexts, long, Matrix> answer)
        : INetwork
        where TModel : notnull
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) =>
            new Trained<TModel>(train(request, cancellation), answer);
    }

    private sealed class Trained<TModel>(TModel model, Func<TModel, Contexts, long, Matrix> answer) : ITrainedNetwork
        where TModel : notnull
    {
        public Matrix Answer(Contexts contexts, long seed) => answer(model, contexts, seed);

        public void Dispose() => (model as IDisposable)?.Dispose();
    }
}

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

    /// <summary>The same for a model that can be written to a file and read back: a study on disk then keeps the networks too.</summary>
    /// <param name="train">Trains at λ and returns the trained model; disposed by the tuner where it is <see cref="IDisposable"/>.</param>
    /// <param name="answer">Answers n contexts with outputs [n, D]; the number is the seed of a stochastic model's draws.</param>
    /// <param name="save">Writes a model to a file of this path.</param>
    /// <param name="load">Reads the model of a file; the number is the λ at which it was trained.</param>
    /// <typeparam name="TModel">The trained model.</typeparam>
    public static INetwork Create<TModel>(
        Func<TrainingRequest, CancellationToken, TModel> train,
        Func<TModel, Contexts, long, Matrix> answer,
        Action<TModel, string> save,
        Func<string, double, TModel> load)
        where TModel : notnull
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(save);
        ArgumentNullException.ThrowIfNull(load);
        return new PersistentFunctions<TModel>(train, answer, save, load);
    }

    /// <summary>A network that is trained and asked once: for outputs that have as many rows at every λ.</summary>
    /// <param name="train">Trains at λ and returns the trained model; disposed by the tuner where it is <see cref="IDisposable"/>.</param>
    /// <param name="predict">The model's outputs, [n, D].</param>
    internal static INetwork Create<TModel>(Func<TrainingRequest, TModel> train, Func<TModel, Matrix> predict)
        where TModel : notnull => new Predicting<TModel>(train, predict);

    private sealed class Predicting<TModel>(Func<TrainingRequest, TModel> train, Func<TModel, Matrix> predict) : INetwork
        where TModel : notnull
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            var model = train(request);
            return new TrainedOutputs(predict(model), model as IDisposable);
        }
    }

    private sealed class PersistentFunctions<TModel>(
        Func<TrainingRequest, CancellationToken, TModel> train,
        Func<TModel, Contexts, long, Matrix> answer,
        Action<TModel, string> save,
        Func<string, double, TModel> load)
        : IPersistentNetwork
        where TModel : notnull
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation) =>
            new Trained<TModel>(train(request, cancellation), answer);

        public void Save(ITrainedNetwork network, string path) => save(((Trained<TModel>)network).Model, path);

        public ITrainedNetwork Load(string path, double lambda) => new Trained<TModel>(load(path, lambda), answer);
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
        public TModel Model => model;

        public Matrix Answer(Contexts contexts, long seed) => answer(model, contexts, seed);

        public void Dispose() => (model as IDisposable)?.Dispose();
    }
}

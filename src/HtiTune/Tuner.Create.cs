namespace HtiTune;

public sealed partial class Tuner
{
    /// <summary>Finds the hyperparameter <paramref name="name"/>, a number from <paramref name="minimum"/> to <paramref name="maximum"/>, of least loss for any black box that reports one number.</summary>
    /// <inheritdoc cref="Minimize(SearchSpace, Func{TrainingRequest, double}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/>
    public static TuningResult Minimize(
        string name, double minimum, double maximum, Func<TrainingRequest, double> train, TunerOptions? options = null, IProgress<TunerProgress>? progress = null,
        CancellationToken cancellation = default) => Minimize(Data.Hyperparameter.Continuous(name, minimum, maximum), train, options, progress, cancellation);

    /// <summary>Finds the hyperparameters of least loss for any black box that reports one number: one, or several, whole numbers and words among them.</summary>
    /// <param name="space">What is tuned, a hyperparameter or e.g. <c>SearchSpace.Parse("lr=1e-5..1e-1:log", "layers=1..4:int", "act=relu,gelu")</c>.</param>
    /// <param name="train">Trains at the request's values, e.g. <c>at["lr"]</c>, and returns the loss. An exception, or a loss that is not finite, is a failed training.</param>
    /// <param name="options">How; null for the defaults. <see cref="TunerOptions.Goal"/> is not looked at.</param>
    /// <param name="progress">Is told what happens, on the calling thread.</param>
    /// <param name="cancellation">Ends the run once the trainings under way have ended; the result so far is returned.</param>
    /// <returns>What was found. It needs no tuner.</returns>
    /// <exception cref="ArgumentException">An option is not as it must be.</exception>
    /// <exception cref="NoValueException">No training has given a value.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before any training had given a value.</exception>
    public static TuningResult Minimize(
        SearchSpace space, Func<TrainingRequest, double> train, TunerOptions? options = null, IProgress<TunerProgress>? progress = null,
        CancellationToken cancellation = default) => BlackBox.Optimize(space, train, Goal.Minimize, options, progress, cancellation);

    /// <summary>Finds the hyperparameters of largest score, as <see cref="Minimize(SearchSpace, Func{TrainingRequest, double}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/> finds those of least loss.</summary>
    /// <inheritdoc cref="Minimize(SearchSpace, Func{TrainingRequest, double}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/>
    public static TuningResult Maximize(
        SearchSpace space, Func<TrainingRequest, double> train, TunerOptions? options = null, IProgress<TunerProgress>? progress = null,
        CancellationToken cancellation = default) => BlackBox.Optimize(space, train, Goal.Maximize, options, progress, cancellation);

    /// <summary>Finds the hyperparameter of largest score, as <see cref="Minimize(string, double, double, Func{TrainingRequest, double}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/> finds that of least loss.</summary>
    /// <inheritdoc cref="Minimize(string, double, double, Func{TrainingRequest, double}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/>
    public static TuningResult Maximize(
        string name, double minimum, double maximum, Func<TrainingRequest, double> train, TunerOptions? options = null, IProgress<TunerProgress>? progress = null,
        CancellationToken cancellation = default) => Maximize(Data.Hyperparameter.Continuous(name, minimum, maximum), train, options, progress, cancellation);

    /// <inheritdoc cref="Create{TModel}(SearchSpace, Func{TrainingRequest, TModel}, Func{TModel, Matrix}, Contexts?, TunerOptions?)"/>
    public static Tuner Create<TModel>(
        string name, double minimum, double maximum, Func<TrainingRequest, TModel> train, Func<TModel, Matrix> predict, TunerOptions? options = null)
        where TModel : notnull => Create(Data.Hyperparameter.Continuous(name, minimum, maximum), train, predict, null, options);

    /// <summary>A tuner of a model whose outputs are kept, so that other objectives of them need no further training.</summary>
    /// <param name="space">What is tuned: one hyperparameter, or several.</param>
    /// <param name="train">Trains at the request's values, e.g. <c>at["lr"]</c>; the tuner disposes the model where it is <see cref="IDisposable"/>.</param>
    /// <param name="predict">The trained model's outputs, [n, D]: n rows at every configuration, in the same order. Called once, after the training.</param>
    /// <param name="contexts">What each row of outputs answers, n of them; null: rows are draws, and the first training tells how many.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <typeparam name="TModel">The trained model.</typeparam>
    /// <exception cref="ArgumentException">An option is not as it must be.</exception>
    public static Tuner Create<TModel>(
        SearchSpace space, Func<TrainingRequest, TModel> train, Func<TModel, Matrix> predict, Contexts? contexts = null, TunerOptions? options = null)
        where TModel : notnull
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(predict);
        return new Tuner(Network.Create(train, predict), space, contexts, options);
    }

    /// <summary>
    /// Searches the configuration whose outputs have the least value of an objective, which judges outputs [n, D], of a trained network or of the surrogate at any λ; the
    /// same outputs give the same value.
    /// </summary>
    /// <inheritdoc cref="Optimize"/>
    /// <exception cref="InvalidOperationException">Another run is going on, or the study on disk has the other goal.</exception>
    public TuningResult Minimize(
        Func<Matrix, double> objective, int? maxTrainings = null, IProgress<TunerProgress>? progress = null, string? name = null, CancellationToken cancellation = default) =>
        Run(Request(OfOutputs(objective), Goal.Minimize, maxTrainings, name), progress, cancellation);

    /// <summary>Searches the configuration whose outputs have the largest value of an objective.</summary>
    /// <inheritdoc cref="Minimize(Func{Matrix, double}, int?, IProgress{TunerProgress}?, string?, CancellationToken)"/>
    public TuningResult Maximize(
        Func<Matrix, double> objective, int? maxTrainings = null, IProgress<TunerProgress>? progress = null, string? name = null, CancellationToken cancellation = default) =>
        Run(Request(OfOutputs(objective), Goal.Maximize, maxTrainings, name), progress, cancellation);

    private Func<IConditionalModel, double> OfOutputs(Func<Matrix, double> objective)
    {
        ArgumentNullException.ThrowIfNull(objective);
        // It is first asked when a training has told how many rows there are.
        return model => objective(model.Sample(Store.Contexts!).Outputs);
    }
}

using HtiTune.Data;

namespace HtiTune;

public sealed partial class Tuner
{
    /// <summary>Finds the hyperparameter of least loss for any black box that reports one number. Nothing but the number is kept: there is no surrogate of outputs.</summary>
    /// <param name="name">The hyperparameter's name.</param>
    /// <param name="minimum">The least value.</param>
    /// <param name="maximum">The largest value.</param>
    /// <param name="train">Trains at <see cref="TrainingRequest.Lambda"/> and returns the loss. An exception, or a loss that is not finite, is a failed training.</param>
    /// <param name="options">How; null for the defaults. <see cref="TunerOptions.Goal"/> is not looked at.</param>
    /// <param name="progress">Is told what happens, on the calling thread.</param>
    /// <param name="cancellation">Ends the run once the trainings under way have ended; the study so far is returned.</param>
    /// <returns>What was found. It needs no tuner.</returns>
    /// <exception cref="ArgumentException">The range or an option is not as it must be.</exception>
    /// <exception cref="NoValueException">No training has given a value.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before any training had given a value.</exception>
    public static Study Minimize(
        string name, double minimum, double maximum, Func<TrainingRequest, double> train, TunerOptions? options = null, IProgress<TunerProgress>? progress = null,
        CancellationToken cancellation = default) => Minimize(Data.Hyperparameter.Continuous(name, minimum, maximum), train, options, progress, cancellation);

    /// <summary>Finds the hyperparameters of least loss for any black box that reports one number: one, or several, whole numbers and words among them.</summary>
    /// <param name="space">What is tuned, a hyperparameter or e.g. <c>SearchSpace.Parse("lr=1e-5..1e-1:log", "layers=1..4:int", "act=relu,gelu")</c>.</param>
    /// <param name="train">Trains at the request's values, e.g. <c>at["lr"]</c>, and returns the loss. An exception, or a loss that is not finite, is a failed training.</param>
    /// <param name="options">How; null for the defaults. <see cref="TunerOptions.Goal"/> is not looked at.</param>
    /// <param name="progress">Is told what happens, on the calling thread.</param>
    /// <param name="cancellation">Ends the run once the trainings under way have ended; the study so far is returned.</param>
    /// <returns>What was found. It needs no tuner.</returns>
    /// <exception cref="ArgumentException">An option is not as it must be.</exception>
    /// <exception cref="NoValueException">No training has given a value.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before any training had given a value.</exception>
    public static Study Minimize(
        SearchSpace space, Func<TrainingRequest, double> train, TunerOptions? options = null, IProgress<TunerProgress>? progress = null,
        CancellationToken cancellation = default) => BlackBox(space, train, Goal.Minimize, options, progress, cancellation);

    /// <summary>Finds the hyperparameters of largest score, as <see cref="Minimize(SearchSpace, Func{TrainingRequest, double}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/> finds those of least loss.</summary>
    /// <inheritdoc cref="Minimize(SearchSpace, Func{TrainingRequest, double}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/>
    public static Study Maximize(
        SearchSpace space, Func<TrainingRequest, double> train, TunerOptions? options = null, IProgress<TunerProgress>? progress = null,
        CancellationToken cancellation = default) => BlackBox(space, train, Goal.Maximize, options, progress, cancellation);

    /// <summary>Finds the hyperparameter of largest score, as <see cref="Minimize(string, double, double, Func{TrainingRequest, double}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/> finds that of least loss.</summary>
    /// <inheritdoc cref="Minimize(string, double, double, Func{TrainingRequest, double}, TunerOptions?, IProgress{TunerProgress}?, CancellationToken)"/>
    public static Study Maximize(
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

    /// <summary>Searches the λ whose outputs have the least value of an objective.</summary>
    /// <param name="objective">Judges outputs [n, D], of a trained network or of the surrogate at any λ. The same outputs give the same value.</param>
    /// <param name="maxTrainings">New trainings allowed; null for <see cref="TunerOptions.MaxTrainings"/>; 0 answers from the trainings there are.</param>
    /// <param name="progress">Is told what happens, on the calling thread.</param>
    /// <param name="name">The objective's name, for the journal of a study on disk.</param>
    /// <param name="cancellation">Ends the run as soon as all trainings under way react; the study so far is returned.</param>
    /// <returns>The study, as <see cref="Optimize"/> returns it.</returns>
    /// <exception cref="NoValueException">No training has given a value.</exception>
    /// <exception cref="InvalidOperationException">Another run is going on, or a study on disk is one that maximises.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before any training had given a value.</exception>
    public Study Minimize(
        Func<Matrix, double> objective, int? maxTrainings = null, IProgress<TunerProgress>? progress = null, string? name = null, CancellationToken cancellation = default) =>
        Run(OfOutputs(objective), Goal.Minimize, maxTrainings, progress, name, cancellation);

    /// <summary>Searches the λ whose outputs have the largest value of an objective.</summary>
    /// <inheritdoc cref="Minimize(Func{Matrix, double}, int?, IProgress{TunerProgress}?, string?, CancellationToken)"/>
    public Study Maximize(
        Func<Matrix, double> objective, int? maxTrainings = null, IProgress<TunerProgress>? progress = null, string? name = null, CancellationToken cancellation = default) =>
        Run(OfOutputs(objective), Goal.Maximize, maxTrainings, progress, name, cancellation);

    private Func<IConditionalModel, double> OfOutputs(Func<Matrix, double> objective)
    {
        ArgumentNullException.ThrowIfNull(objective);
        // It is first asked when a training has told how many rows there are.
        return model => objective(model.Sample(_store.Contexts!).Outputs);
    }

    private static Study BlackBox(
        SearchSpace space, Func<TrainingRequest, double> train, Goal goal, TunerOptions? options, IProgress<TunerProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(train);
        var network = Network.Create(at => Reported(train(at)), number => Matrix.FromDoubles(1, 1, [number]));

        // One number has no distribution that a surrogate could learn. The tuner holds nothing that must be disposed of.
        var tuner = new Tuner(network, space, Contexts.None(1), (options ?? new TunerOptions()) with { Goal = goal, UseSurrogate = false });
        return tuner.Optimize(model => model.Sample(tuner.Contexts!).Outputs.Exact(0, 0), progress: progress, cancellation: cancellation);
    }

    private static double Reported(double value) => double.IsFinite(value) ? value : throw new ArithmeticException($"The training reported {value}; expected a finite number.");
}

using HtiTune.Diagnostics;

namespace HtiTune.Plotting;

/// <summary>Figures of a study.</summary>
public static class StudyFigures
{
    /// <summary>
    /// Draws the objective over λ: posterior mean and band, the surrogate's values, the real trainings in their order, the
    /// recommendation, where the best value may still lie, and a known curve if there is one; once over the whole range, once around the recommendation.
    /// </summary>
    /// <param name="study">A study with at least one real training.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="truth">The objective as known from elsewhere, ascending in λ; drawn with a mark at every point.</param>
    /// <param name="options">Size and words.</param>
    /// <exception cref="ArgumentException">The path's ending or the size is none of the allowed, or the study has no posterior.</exception>
    public static void Objective(TuningResult study, string path, IReadOnlyList<CurvePoint>? truth = null, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        Objective(
            study.Anchors.Hyperparameter, study.Posterior, study.Trials, new CurvePoint(study.Lambda, study.RealValue ?? study.PredictedValue), path, truth, options, study.Goal);
    }

    /// <summary>The same of a study that stands elsewhere.</summary>
    /// <param name="hyperparameter">The hyperparameter.</param>
    /// <param name="posterior">What is believed, ascending in λ; at least one point.</param>
    /// <param name="trials">Trials; those with a value are drawn.</param>
    /// <param name="recommended">The recommended λ, and the value expected or measured there.</param>
    /// <param name="path">A file ending in .png or .svg.</param>
    /// <param name="truth">A known curve, e.g. a dense sweep; null without.</param>
    /// <param name="options">Size and words.</param>
    /// <param name="goal">Which values are better: values that are so bad that they count as bad and no more are marked at the edge of the axes.</param>
    /// <exception cref="ArgumentException">There is no posterior, or the path's ending or the size is none of the allowed.</exception>
    public static void Objective(
        ContinuousHyperparameter hyperparameter, IReadOnlyList<PosteriorPoint> posterior, IReadOnlyList<Trial> trials, CurvePoint recommended, string path,
        IReadOnlyList<CurvePoint>? truth = null, FigureOptions? options = null, Goal goal = Goal.Minimize)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(trials);
        options ??= new FigureOptions();
        options.Validate();
        if (posterior.Count == 0)
        {
            throw new ArgumentException("The study has no posterior to draw; expected at least one completed training.", nameof(posterior));
        }

        Trial[] anchors = [.. trials.Where(trial => trial.Value is not null)];
        var figure = new ObjectiveFigure(hyperparameter, [.. posterior], anchors, recommended, truth ?? [], GoodPart.Of(goal, hyperparameter, anchors));
        FigureFile.Save(path, options, (canvas, area) => figure.Draw(canvas, area, options));
    }

    /// <summary>
    /// Draws what is believed of the objective along each hyperparameter, all others as recommended: a panel each with mean and 90 % band, the real trainings (faint, for most
    /// differ in the others too) and the recommendation; above it, how much of the variation hangs on it.
    /// </summary>
    /// <param name="study">A study with at least one real training.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="options">Size and words.</param>
    /// <exception cref="ArgumentException">The path's ending or the size is none of the allowed.</exception>
    public static void Slices(TuningResult study, string path, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        options ??= new FigureOptions();
        options.Validate();
        var figure = new SliceFigure(study);
        FigureFile.Save(path, options, (canvas, area) => figure.Draw(canvas, area, options));
    }

    /// <summary>
    /// Draws what is believed of the objective over pairs of hyperparameters, all others as recommended: colours and lines of equal means, the trainings and the recommendation.
    /// Of many pairs the six are drawn on which it hangs most.
    /// </summary>
    /// <param name="study">A study with at least one real training.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="options">Size and words.</param>
    /// <exception cref="ArgumentException">The path's ending or the size is none of the allowed, or fewer than two hyperparameters are active in the recommendation.</exception>
    public static void Contours(TuningResult study, string path, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        options ??= new FigureOptions();
        options.Validate();
        if (SpaceAxis.Active(study).Count < 2)
        {
            throw new ArgumentException($"The recommendation {study.Configuration} has {SpaceAxis.Active(study).Count} active hyperparameter; expected at least two, so that there are pairs.", nameof(study));
        }

        var figure = new ContourFigure(study);
        FigureFile.Save(path, options, (canvas, area) => figure.Draw(canvas, area, options));
    }

    /// <summary>Draws each training as a line over an axis for each hyperparameter and one for its value, coloured by the value's rank: what good configurations have in common.</summary>
    /// <param name="study">A study with at least one real training.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="options">Size and words.</param>
    /// <exception cref="ArgumentException">The path's ending or the size is none of the allowed, or no training has a value.</exception>
    public static void Parallel(TuningResult study, string path, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        options ??= new FigureOptions();
        options.Validate();
        RequireValue(study.Trials, nameof(study));
        var figure = new ParallelFigure(study);
        FigureFile.Save(path, options, (canvas, area) => figure.Draw(canvas, area, options));
    }

    /// <summary>Draws what the trainings brought, in their order: each value, the best so far with ε beside it, and those that failed.</summary>
    /// <param name="study">A study with at least one real training.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="options">Size and words.</param>
    /// <exception cref="ArgumentException">The path's ending or the size is none of the allowed, or no training has a value.</exception>
    public static void History(TuningResult study, string path, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        History(study.Trials, study.Goal, study.Epsilon, path, options, study.Anchors.Space);
    }

    /// <summary>The same of a study that stands elsewhere.</summary>
    /// <param name="trials">Trials in their order; at least one with a value.</param>
    /// <param name="goal">Which values are better.</param>
    /// <param name="epsilon">The regret that does not matter; 0 where none is known.</param>
    /// <param name="path">A file ending in .png or .svg.</param>
    /// <param name="options">Size and words.</param>
    /// <param name="space">The search space, which tells values that are so bad that they count as bad and no more: they are marked at the edge. Null: the trials' λ tell its range.</param>
    /// <exception cref="ArgumentException">No trial has a value, or the path's ending or the size is none of the allowed.</exception>
    public static void History(IReadOnlyList<Trial> trials, Goal goal, double epsilon, string path, FigureOptions? options = null, SearchSpace? space = null)
    {
        ArgumentNullException.ThrowIfNull(trials);
        options ??= new FigureOptions();
        options.Validate();
        RequireValue(trials, nameof(trials));
        var figure = new HistoryFigure(trials, goal, epsilon, GoodPart.Of(goal, space, trials));
        FigureFile.Save(path, options, (canvas, area) => figure.Draw(canvas, area, options));
    }

    /// <summary>
    /// Draws whether predictions have held: each value against the 90 % interval that was known before it, the trust in the surrogate, and the
    /// evidence against the intervals with the alarm's line.
    /// </summary>
    /// <param name="study">A study with at least two trainings, so that one was predicted.</param>
    /// <param name="path">The file, .png or .svg; replaced if it exists.</param>
    /// <param name="options">Size and words.</param>
    /// <exception cref="ArgumentException">The path's ending or the size is none of the allowed, or nothing was predicted.</exception>
    public static void Calibration(TuningResult study, string path, FigureOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        Calibration(study.Trials, study.Calibration, study.Goal, path, options, study.Anchors.Space);
    }

    /// <summary>The same of a study that stands elsewhere.</summary>
    /// <param name="trials">Trials in their order; at least one of them predicted. Where none was tested, the evidence is left out.</param>
    /// <param name="calibration">What all tests came to.</param>
    /// <param name="goal">Which values are better.</param>
    /// <param name="path">A file ending in .png or .svg.</param>
    /// <param name="options">Size and words.</param>
    /// <param name="space">The search space, which tells values that are so bad that they count as bad and no more. Null: the trials' λ tell its range.</param>
    /// <exception cref="ArgumentException">The path's ending or the size is none of the allowed, or nothing was predicted.</exception>
    public static void Calibration(
        IReadOnlyList<Trial> trials, Calibration calibration, Goal goal, string path, FigureOptions? options = null, SearchSpace? space = null)
    {
        ArgumentNullException.ThrowIfNull(trials);
        ArgumentNullException.ThrowIfNull(calibration);
        options ??= new FigureOptions();
        options.Validate();
        var predicted = trials.Where(trial => trial is { Predicted: not null, Value: not null }).ToList();
        if (predicted.Count == 0)
        {
            throw new ArgumentException("The study has no value that was predicted; expected at least two trainings.", nameof(trials));
        }

        var figure = new CalibrationFigure(predicted, calibration, GoodPart.Of(goal, space, trials));
        FigureFile.Save(path, options, (canvas, area) => figure.Draw(canvas, area, options));
    }

    private static void RequireValue(IReadOnlyList<Trial> trials, string name)
    {
        if (!trials.Any(trial => trial.Value is not null))
        {
            throw new ArgumentException("The study has no training with a value to draw; expected at least one.", name);
        }
    }
}

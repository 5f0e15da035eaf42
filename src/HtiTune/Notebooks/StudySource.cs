using HtiTune.Data.Notebooks;
using static HtiTune.Data.Notebooks.TextTable;

namespace HtiTune.Notebooks;

/// <summary>A study in a notebook: what it recommends, what can be said of that, and every training.</summary>
internal sealed class StudySource : HtmlSource<Study>
{
    protected override string Html(Study value) => Table(value).ToHtml();

    protected override string Text(Study value) => Table(value).ToString();

    private static TextTable Table(Study study) => new(
        $"{study.Anchors.Hyperparameter.Name} = {Number(study.Lambda)}, predicted {Number(study.PredictedValue)} ± {Number(study.PredictedDeviation)}; "
            + $"{Word(study.Outcome)}, {study.TrainingsUsed} new trainings, stopped: {study.StopReason}",
        ["training", study.Anchors.Hyperparameter.Name, "value", "predicted before", "90 % interval", "why"],
        [.. study.Trials.Select(trial => (IReadOnlyList<string>)
        [
            $"{trial.Number}", Number(trial.Lambda), trial.Value is { } value ? Number(value) : $"{trial.State}", Number(trial.Predicted),
            trial.PredictedLow is null ? "" : $"{Number(trial.PredictedLow)} to {Number(trial.PredictedHigh)}", trial.IsReused ? "earlier run" : trial.Reason,
        ])]);

    private static string Word(Outcome outcome) => outcome switch
    {
        Certified certified => $"certified to within {Number(certified.Epsilon)} at risk {Number(certified.Delta)}",
        NeedsTraining needs => $"a training is worth most at {Number(needs.At)}",
        _ => outcome.Describe(),
    };
}

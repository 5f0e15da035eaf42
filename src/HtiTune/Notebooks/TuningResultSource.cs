using HtiTune.Data.Notebooks;
using static HtiTune.Data.Notebooks.TextTable;

namespace HtiTune.Notebooks;

/// <summary>A study in a notebook: what it recommends, what can be said of that, and every training.</summary>
internal sealed class TuningResultSource : HtmlSource<TuningResult>
{
    protected override string Html(TuningResult value) => Table(value).ToHtml();

    protected override string Text(TuningResult value) => Table(value).ToString();

    private static TextTable Table(TuningResult study) => new(
        $"{Place(study.Configuration)}, predicted {Number(study.PredictedValue)} ± {Number(study.PredictedDeviation)}; "
            + $"{Word(study.Outcome)}, {study.TrainingsUsed} new trainings, stopped: {study.StopReason}",
        ["training", study.Anchors.Space.Label, "value", "predicted before", "90 % interval", "why"],
        [.. study.Trials.Select(trial => (IReadOnlyList<string>)
        [
            $"{trial.Number}", double.IsFinite(trial.Lambda) ? Number(trial.Lambda) : trial.Configuration.ToText(), trial.Value is { } value ? Number(value) : $"{trial.State}", Number(trial.Predicted),
            trial.PredictedLow is null ? "" : $"{Number(trial.PredictedLow)} to {Number(trial.PredictedHigh)}", trial.IsReused ? "earlier run" : trial.Reason,
        ])]);

    private static string Place(Configuration configuration) =>
        double.IsFinite(configuration.Lambda) ? $"{configuration.Names.First()} = {Number(configuration.Lambda)}" : configuration.ToText();

    private static string Word(Outcome outcome) => outcome switch
    {
        Certified { IsExhaustive: true } => "certified: every configuration has been tried, and none is better",
        Certified certified => $"certified to within {Number(certified.Epsilon)} at risk {Number(certified.Delta)}",
        NeedsTraining needs => $"a training is worth most at {(double.IsFinite(needs.At) ? Number(needs.At) : needs.Configuration.ToText())}",
        _ => outcome.Describe(),
    };
}

namespace HtiTune.Diagnostics;

/// <summary>What a <see cref="Remark"/> is about; the names are stable.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RemarkKind>))]
public enum RemarkKind
{
    /// <summary>The objective has the same value at every trained λ.</summary>
    ConstantObjective,

    /// <summary>Values are so bad beside the others that they count as bad and no more: penalties, or trainings that diverged.</summary>
    ExtremeValues,

    /// <summary>Runs of the study's journal were made by another version of the algorithm: their trainings are kept, and a new run goes on.</summary>
    OtherAlgorithm,

    /// <summary>The surrogate works in single precision, and differences of a column of the outputs are lost in it.</summary>
    LostPrecision,
}

/// <summary>Something about a study that its user should know, in a sentence without a full stop.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Text">The sentence, independent of the locale.</param>
public sealed record Remark(RemarkKind Kind, string Text);

/// <summary>Size and length of the forecaster's training.</summary>
internal sealed record ForecasterOptions
{
    /// <summary>Units of the first hidden layer; the second has half as many.</summary>
    public int Width { get; init; } = 256;

    /// <summary>Windows in a batch.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Most passes over the training windows.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>Passes without a better validation loss that end the training.</summary>
    public int Patience { get; init; } = 8;

    /// <summary>Adam's first step size; it falls to 0 as a half cosine over all epochs.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Share α of the newest weights in their moving average w̄ ← (1 − α) w̄ + α w.</summary>
    public double AveragingShare { get; init; } = 0.01;

    /// <summary>A small network on short training, for tests: not well trained, but trained.</summary>
    public static ForecasterOptions Quick { get; } =
        new() { Width = 64, BatchSize = 512, Epochs = 12, LearningRate = 4e-3, AveragingShare = 0.05 };
}

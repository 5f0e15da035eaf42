/// <summary>Size of the autoencoder and length of its training.</summary>
internal sealed record VaeOptions
{
    /// <summary>Training images.</summary>
    public int Images { get; init; } = 2000;

    /// <summary>Latents d.</summary>
    public int Latents { get; init; } = 4;

    /// <summary>Units of the hidden layer at the image; the one at the latents has half as many.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Gradient steps.</summary>
    public int TrainingSteps { get; init; } = 1500;

    /// <summary>Images in a batch.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Adam's first step size; it falls to 0 as a half cosine.</summary>
    public double LearningRate { get; init; } = 6e-3;

    /// <summary>Share of the steps in which β grows from its least value to λ.</summary>
    public double WarmUp { get; init; } = 0.5;

    /// <summary>Share α of the newest weights in their moving average w̄ ← (1 − α) w̄ + α w.</summary>
    public double AveragingShare { get; init; } = 0.005;

    /// <summary>Draws of the latents by which an image's reconstruction error is measured.</summary>
    public int Draws { get; init; } = 8;

    /// <summary>Seed of the training images.</summary>
    public long DataSeed { get; init; } = 2024;

    /// <summary>A small network on short training, for tests: not well trained, but trained.</summary>
    public static VaeOptions Quick { get; } =
        new() { Images = 600, Width = 48, TrainingSteps = 250, BatchSize = 64, LearningRate = 5e-3, AveragingShare = 0.03, Draws = 2 };
}

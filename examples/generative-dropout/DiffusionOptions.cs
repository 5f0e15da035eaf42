/// <summary>Size of the diffusion model and length of its training.</summary>
internal sealed record DiffusionOptions
{
    /// <summary>Training points of each moon.</summary>
    public int PointsPerMoon { get; init; } = 60;

    /// <summary>Standard deviation of the points' noise.</summary>
    public double Noise { get; init; } = 0.08;

    /// <summary>Denoising steps T.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Units of each of the three hidden layers.</summary>
    public int Width { get; init; } = 96;

    /// <summary>Gradient steps.</summary>
    public int TrainingSteps { get; init; } = 1500;

    /// <summary>Points in a batch.</summary>
    public int BatchSize { get; init; } = 160;

    /// <summary>Adam's first step size; it falls to 0 as a half cosine.</summary>
    public double LearningRate { get; init; } = 8e-3;

    /// <summary>Share α of the newest weights in their moving average w̄ ← (1 − α) w̄ + α w.</summary>
    public double AveragingShare { get; init; } = 0.005;

    /// <summary>Seed of the data.</summary>
    public long DataSeed { get; init; } = 2024;

    /// <summary>A small model on short training, for tests: not well trained, but trained.</summary>
    public static DiffusionOptions Quick { get; } = new() { Width = 48, TrainingSteps = 300, BatchSize = 128, LearningRate = 5e-3, AveragingShare = 0.02 };
}

/// <summary>Length of the regulator's training.</summary>
internal sealed record RegulatorOptions
{
    /// <summary>Steps of Adam.</summary>
    public int Steps { get; init; } = 600;

    /// <summary>Adam's first step size; it falls to 0 as a half cosine.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>A short training, for tests.</summary>
    public static RegulatorOptions Quick { get; } = new() { Steps = 150, LearningRate = 0.15 };
}

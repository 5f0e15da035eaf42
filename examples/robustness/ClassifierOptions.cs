/// <summary>Size of the classifier, and length of its training.</summary>
internal sealed record ClassifierOptions
{
    /// <summary>Training points.</summary>
    public int Points { get; init; } = 768;

    /// <summary>Units of each of the two hidden layers.</summary>
    public int Width { get; init; } = 48;

    /// <summary>Steps of Adam, each on all points.</summary>
    public int Steps { get; init; } = 250;

    /// <summary>Adam's first step size; it falls to 0 as a half cosine.</summary>
    public double LearningRate { get; init; } = 0.015;

    /// <summary>Steps of the attack within each step of training.</summary>
    public int AttackSteps { get; init; } = 5;

    /// <summary>Share of the weights that decays with each unit of step size: keeps logits from growing without end.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>A small classifier on a short training, for tests.</summary>
    public static ClassifierOptions Quick { get; } = new() { Points = 256, Width = 24, Steps = 150, LearningRate = 0.02, AttackSteps = 3 };
}

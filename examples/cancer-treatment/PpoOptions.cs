/// <summary>Size and length of a training by proximal policy optimisation.</summary>
internal sealed record PpoOptions
{
    /// <summary>Days of treatment to learn from, all patients together.</summary>
    public int Steps { get; init; } = 500_000;

    /// <summary>Patients treated side by side.</summary>
    public int Patients { get; init; } = 32;

    /// <summary>Days of each patient between two updates.</summary>
    public int DaysPerRound { get; init; } = 128;

    /// <summary>Width of the two hidden layers.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Passes over the days of a round.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Days in a minibatch.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>First step size of Adam; it falls linearly to 0.</summary>
    public double LearningRate { get; init; } = 5e-4;

    /// <summary>γ: what tomorrow's reward is worth today.</summary>
    public double Discount { get; init; } = 0.99;

    /// <summary>Decay of the advantage estimate over days.</summary>
    public double AdvantageDecay { get; init; } = 0.95;

    /// <summary>How far a probability ratio may move before its gradient is cut.</summary>
    public double Clip { get; init; } = 0.2;

    /// <summary>Weight of the critic's loss.</summary>
    public double ValueWeight { get; init; } = 0.5;

    /// <summary>Most norm of a gradient.</summary>
    public double MostGradient { get; init; } = 0.5;

    /// <summary>Share of the last rounds whose weights are averaged into the policy that is kept.</summary>
    public double AveragedShare { get; init; } = 0.25;

    /// <summary>A short training, for tests.</summary>
    public static PpoOptions Quick { get; } = new() { Steps = 4_096, Patients = 16, DaysPerRound = 64, BatchSize = 256, LearningRate = 2e-3 };
}

using HtiTune.Data;

// x    position and speed                    [2]
// u    push                                  scalar
// x' = A x + B u,   A = (1  h; 0  1 − c h),  B = (0; h)        h time step, c drag
// costs of an episode from x₀: Σ_t γᵗ |x_t|² of state, Σ_t γᵗ u_t² of control; γ discount

/// <summary>A mass that slides with some drag, and is pushed to rest at the origin.</summary>
internal static class PushedMass
{
    /// <summary>Discount γ of a time step.</summary>
    public const double Discount = 0.95;

    private const double Step = 0.3;
    private const double Drag = 0.2;

    // γ^600 is 4e-14.
    private const int EpisodeSteps = 600;

    /// <summary>A, shape [2, 2].</summary>
    public static double[,] A => new[,] { { 1, Step }, { 0, 1 - Drag * Step } };

    /// <summary>B, shape [2].</summary>
    public static double[] B => [0, Step];

    /// <summary>Starts x₀, standard normal: what every trained regulator is asked.</summary>
    /// <param name="count">Number of episodes.</param>
    /// <param name="seed">Seed of the draws.</param>
    public static Contexts Starts(int count, long seed)
    {
        var chance = new RandomStreams(seed).Stream("starts");
        return new Contexts(Matrix.Create(count, 2, (_, x) => (x[0], x[1]) = ((float)chance.NextNormal(), (float)chance.NextNormal())));
    }

    /// <summary>Both costs of an episode under u = −K x, step by step.</summary>
    /// <param name="position">Position at the start.</param>
    /// <param name="speed">Speed at the start.</param>
    /// <param name="gain">K, shape [2].</param>
    public static (double State, double Control) Episode(double position, double speed, ReadOnlySpan<float> gain)
    {
        var (state, control, weight) = (0.0, 0.0, 1.0);
        for (var t = 0; t < EpisodeSteps; t++)
        {
            var u = -gain[0] * position - gain[1] * speed;
            state += weight * (position * position + speed * speed);
            control += weight * u * u;
            (position, speed) = (position + Step * speed, (1 - Drag * Step) * speed + Step * u);
            weight *= Discount;
        }

        return (state, control);
    }
}

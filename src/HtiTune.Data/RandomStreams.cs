using System.Security.Cryptography;
using System.Text;

namespace HtiTune.Data;

/// <summary>
/// All chance of a computation from one seed: every consumer draws from its own named stream, so that adding a draw in one
/// place moves no other.
/// </summary>
/// <remarks>
/// The key of a stream is SHA-256(seed ‖ name); names nest with <see cref="Fork"/>. The generator is xoshiro256**
/// [Blackman2021], the same on every platform and runtime.
/// </remarks>
public sealed class RandomStreams
{
    private readonly string _path;

    /// <summary>The streams of a seed.</summary>
    /// <param name="seed">Any integer.</param>
    public RandomStreams(long seed)
        : this(seed, "")
    {
    }

    private RandomStreams(long seed, string path)
    {
        Seed = seed;
        _path = path;
    }

    /// <summary>The seed.</summary>
    public long Seed { get; }

    /// <summary>Streams nested under a name.</summary>
    /// <param name="name">The consumer's name, without a slash.</param>
    public RandomStreams Fork(string name)
    {
        return new RandomStreams(Seed, $"{_path}/{Checked(name)}");
    }

    /// <summary>A new generator at the start of a named stream.</summary>
    /// <param name="name">The consumer's name, without a slash.</param>
    public RandomStream Stream(string name)
    {
        return new RandomStream(Key(name));
    }

    /// <summary>A non-negative seed for a library that draws its own numbers (a torch generator, a trainer).</summary>
    /// <param name="name">The consumer's name, without a slash.</param>
    public long SeedOf(string name)
    {
        return BitConverter.ToInt64(Key(name)) & long.MaxValue;
    }

    private byte[] Key(string name) => SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed}{_path}/{Checked(name)}"));

    /// <summary>A slash separates nested names: inside one it would make two streams the same.</summary>
    private static string Checked(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return name.Contains('/', StringComparison.Ordinal)
            ? throw new ArgumentException($"The stream's name '{name}' contains a slash; nest it with {nameof(Fork)}.", nameof(name))
            : name;
    }
}

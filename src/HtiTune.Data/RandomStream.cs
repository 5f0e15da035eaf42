using System.Numerics;

namespace HtiTune.Data;

/// <summary>A stream of pseudo-random numbers: xoshiro256** [Blackman2021]. Not thread-safe.</summary>
public sealed class RandomStream
{
    private ulong _a, _b, _c, _d;
    private double _spareNormal = double.NaN;

    internal RandomStream(ReadOnlySpan<byte> key)
    {
        _a = BitConverter.ToUInt64(key) | 1;
        _b = BitConverter.ToUInt64(key[8..]);
        _c = BitConverter.ToUInt64(key[16..]);
        _d = BitConverter.ToUInt64(key[24..]);
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>A uniform number in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform integer in 0 … limit − 1, without bias [Lemire2019].</summary>
    /// <param name="limit">At least 1.</param>
    public int NextInt(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var product = (UInt128)NextBits() * (ulong)limit;
        if ((ulong)product < (ulong)limit)
        {
            var floor = (0UL - (ulong)limit) % (ulong)limit;
            while ((ulong)product < floor)
            {
                product = (UInt128)NextBits() * (ulong)limit;
            }
        }

        return (int)(product >> 64);
    }

    /// <summary>A standard normal number (polar method, [Marsaglia1964]).</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            var spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }

        double u, v, s;
        do
        {
            u = 2 * NextDouble() - 1;
            v = 2 * NextDouble() - 1;
            s = u * u + v * v;
        }
        while (s >= 1 || s == 0);

        var scale = Math.Sqrt(-2 * Math.Log(s) / s);
        _spareNormal = v * scale;
        return u * scale;
    }

    /// <summary>Puts items in a uniformly random order (Fisher and Yates).</summary>
    /// <param name="items">The items.</param>
    /// <typeparam name="T">Their type.</typeparam>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}

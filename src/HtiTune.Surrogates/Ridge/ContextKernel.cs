// Notation
//   s      squared distance of two contexts, each input over its own length
//   κ(s)   Gauss  e^(−s/2);   Matérn 5/2  (1 + a + a²/3) e^(−a), a = √(5s);   Matérn 3/2  (1 + a) e^(−a), a = √(3s)

using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates;

/// <summary>How alike outputs of contexts are.</summary>
internal enum ContextKernel
{
    /// <summary>Of functions with any number of derivatives.</summary>
    Gauss,

    /// <summary>Of functions that are twice differentiable.</summary>
    Matern5,

    /// <summary>Of functions that have a derivative, or a kink.</summary>
    Matern3,
}

/// <summary>Values of kernels.</summary>
internal static class ContextKernels
{
    /// <summary>κ and dκ/ds.</summary>
    internal static (double Value, double Slope) At(this ContextKernel kernel, double s)
    {
        switch (kernel)
        {
            case ContextKernel.Gauss:
                var value = Math.Exp(-0.5 * s);
                return (value, -0.5 * value);
            case ContextKernel.Matern5:
                var five = Math.Sqrt(5 * s);
                var fall = Math.Exp(-five);
                return ((1 + five + five * five / 3) * fall, -5.0 / 6 * (1 + five) * fall);
            default:
                var three = Math.Sqrt(3 * s);
                var decay = Math.Exp(-three);
                return ((1 + three) * decay, -1.5 * decay);
        }
    }

    /// <summary>κ of one context beside many.</summary>
    /// <param name="kernel">κ.</param>
    /// <param name="columns">The many, over their lengths, by column, [p, padded].</param>
    /// <param name="at">The one, length p.</param>
    /// <param name="values">Takes κ, length padded.</param>
    internal static void At(this ContextKernel kernel, ReadOnlySpan<double> columns, ReadOnlySpan<double> at, Span<double> values)
    {
        if (kernel == ContextKernel.Gauss)
        {
            RowColumns.Gaussians(columns, at, values);
            return;
        }

        if (Vector512.IsHardwareAccelerated)
        {
            Wide(kernel, columns, at, values);
            return;
        }

        var z = MemoryMarshal.Cast<double, Vector<double>>(columns);
        var to = MemoryMarshal.Cast<double, Vector<double>>(values);
        Vector<double> factor = new(kernel == ContextKernel.Matern5 ? 5 : 3), third = new(kernel == ContextKernel.Matern5 ? 1.0 / 3 : 0);
        for (var i = 0; i < to.Length; i++)
        {
            var squares = Vector<double>.Zero;
            for (int j = 0, k = i; j < at.Length; j++, k += to.Length)
            {
                var away = z[k] - new Vector<double>(at[j]);
                squares += away * away;
            }

            var a = Vector.SquareRoot(factor * squares);
            to[i] = (Vector<double>.One + a + third * a * a) * Vector.Exp(-a);
        }
    }

    // The same, value by value, eight contexts at a time.
    private static void Wide(ContextKernel kernel, ReadOnlySpan<double> columns, ReadOnlySpan<double> at, Span<double> values)
    {
        var z = MemoryMarshal.Cast<double, Vector512<double>>(columns);
        var to = MemoryMarshal.Cast<double, Vector512<double>>(values);
        var (factor, third) = (Vector512.Create(kernel == ContextKernel.Matern5 ? 5.0 : 3), Vector512.Create(kernel == ContextKernel.Matern5 ? 1.0 / 3 : 0));
        for (var i = 0; i < to.Length; i++)
        {
            var squares = Vector512<double>.Zero;
            for (int j = 0, k = i; j < at.Length; j++, k += to.Length)
            {
                var away = z[k] - Vector512.Create(at[j]);
                squares += away * away;
            }

            var a = Vector512.Sqrt(factor * squares);
            to[i] = (Vector512<double>.One + a + third * a * a) * Vector512.Exp(-a);
        }
    }
}

// Notation
//   Y [4, W] += Σ_k X_·k w_k,  X_ik at x[i·across + k·along], w_k [W] at w[k·stride]: columns of X may be rows of what is stored, so that XᵀW is one of these
// Four rows by sixteen columns (by eight where vectors are not that wide) stay in registers while all k are summed, one after another.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates.Networks;

/// <summary>Products of matrices in double precision, whose widths are padded to whole blocks.</summary>
internal static class ProductKernel
{
    /// <summary>What rows of Y are a multiple of.</summary>
    internal const int Rows = 4;

    /// <summary>What columns of Y are a multiple of.</summary>
    internal const int Columns = 16;

    /// <summary>A width, padded to whole blocks.</summary>
    internal static int Padded(int width) => (width + Columns - 1) / Columns * Columns;

    /// <summary>Y += X W.</summary>
    /// <param name="x">Where X_00 stands.</param>
    /// <param name="across">From a row of X to the next.</param>
    /// <param name="along">From a column of X to the next.</param>
    /// <param name="count">Columns of X.</param>
    /// <param name="w">W, [count, stride].</param>
    /// <param name="stride">From a row of W, and of Y, to the next.</param>
    /// <param name="y">Y; its rows and columns are whole blocks.</param>
    /// <param name="rows">Rows of Y.</param>
    /// <param name="from">The first column of W and Y that is meant, a multiple of <see cref="Columns"/>.</param>
    /// <param name="to">The first that no longer is, such a multiple too.</param>
    internal static void Add(
        ReadOnlySpan<double> x, int across, int along, int count, ReadOnlySpan<double> w, int stride, Span<double> y, int rows, int from, int to)
    {
        if (count == 0)
        {
            return;
        }

        for (var o = from; o < to; o += Columns)
        {
            var columns = w[o..((count - 1) * stride + o + Columns)];
            for (var i = 0; i < rows; i += Rows)
            {
                var own = y[(i * stride + o)..((i + Rows - 1) * stride + o + Columns)];
                var left = x[(i * across)..((i + Rows - 1) * across + (count - 1) * along + 1)];
                if (Vector512.IsHardwareAccelerated)
                {
                    Wide(left, across, along, count, columns, stride, own);
                }
                else
                {
                    Narrow(left, across, along, count, columns, stride, own);
                    Narrow(left, across, along, count, columns[(Columns / 2)..], stride, own[(Columns / 2)..]);
                }
            }
        }
    }

    private static void Wide(ReadOnlySpan<double> left, int across, int along, int count, ReadOnlySpan<double> columns, int stride, Span<double> own)
    {
        ref var x = ref MemoryMarshal.GetReference(left);
        ref var w = ref MemoryMarshal.GetReference(columns);
        ref var y = ref MemoryMarshal.GetReference(own);
        Vector512<double> a0 = Vector512.LoadUnsafe(ref y), a1 = Vector512.LoadUnsafe(ref y, 8);
        Vector512<double> b0 = Vector512.LoadUnsafe(ref y, (nuint)stride), b1 = Vector512.LoadUnsafe(ref y, (nuint)stride + 8);
        Vector512<double> c0 = Vector512.LoadUnsafe(ref y, (nuint)(2 * stride)), c1 = Vector512.LoadUnsafe(ref y, (nuint)(2 * stride + 8));
        Vector512<double> d0 = Vector512.LoadUnsafe(ref y, (nuint)(3 * stride)), d1 = Vector512.LoadUnsafe(ref y, (nuint)(3 * stride + 8));
        for (int k = 0, at = 0; k < count; k++, at += along)
        {
            var w0 = Vector512.LoadUnsafe(ref w, (nuint)(k * stride));
            var w1 = Vector512.LoadUnsafe(ref w, (nuint)(k * stride + 8));
            var v = Vector512.Create(Unsafe.Add(ref x, at));
            a0 = Vector512.FusedMultiplyAdd(v, w0, a0);
            a1 = Vector512.FusedMultiplyAdd(v, w1, a1);
            v = Vector512.Create(Unsafe.Add(ref x, at + across));
            b0 = Vector512.FusedMultiplyAdd(v, w0, b0);
            b1 = Vector512.FusedMultiplyAdd(v, w1, b1);
            v = Vector512.Create(Unsafe.Add(ref x, at + 2 * across));
            c0 = Vector512.FusedMultiplyAdd(v, w0, c0);
            c1 = Vector512.FusedMultiplyAdd(v, w1, c1);
            v = Vector512.Create(Unsafe.Add(ref x, at + 3 * across));
            d0 = Vector512.FusedMultiplyAdd(v, w0, d0);
            d1 = Vector512.FusedMultiplyAdd(v, w1, d1);
        }

        a0.StoreUnsafe(ref y);
        a1.StoreUnsafe(ref y, 8);
        b0.StoreUnsafe(ref y, (nuint)stride);
        b1.StoreUnsafe(ref y, (nuint)stride + 8);
        c0.StoreUnsafe(ref y, (nuint)(2 * stride));
        c1.StoreUnsafe(ref y, (nuint)(2 * stride + 8));
        d0.StoreUnsafe(ref y, (nuint)(3 * stride));
        d1.StoreUnsafe(ref y, (nuint)(3 * stride + 8));
    }

    private static void Narrow(ReadOnlySpan<double> left, int across, int along, int count, ReadOnlySpan<double> columns, int stride, Span<double> own)
    {
        ref var x = ref MemoryMarshal.GetReference(left);
        ref var w = ref MemoryMarshal.GetReference(columns);
        ref var y = ref MemoryMarshal.GetReference(own);
        Vector256<double> a0 = Vector256.LoadUnsafe(ref y), a1 = Vector256.LoadUnsafe(ref y, 4);
        Vector256<double> b0 = Vector256.LoadUnsafe(ref y, (nuint)stride), b1 = Vector256.LoadUnsafe(ref y, (nuint)stride + 4);
        Vector256<double> c0 = Vector256.LoadUnsafe(ref y, (nuint)(2 * stride)), c1 = Vector256.LoadUnsafe(ref y, (nuint)(2 * stride + 4));
        Vector256<double> d0 = Vector256.LoadUnsafe(ref y, (nuint)(3 * stride)), d1 = Vector256.LoadUnsafe(ref y, (nuint)(3 * stride + 4));
        for (int k = 0, at = 0; k < count; k++, at += along)
        {
            var w0 = Vector256.LoadUnsafe(ref w, (nuint)(k * stride));
            var w1 = Vector256.LoadUnsafe(ref w, (nuint)(k * stride + 4));
            var v = Vector256.Create(Unsafe.Add(ref x, at));
            a0 = Vector256.FusedMultiplyAdd(v, w0, a0);
            a1 = Vector256.FusedMultiplyAdd(v, w1, a1);
            v = Vector256.Create(Unsafe.Add(ref x, at + across));
            b0 = Vector256.FusedMultiplyAdd(v, w0, b0);
            b1 = Vector256.FusedMultiplyAdd(v, w1, b1);
            v = Vector256.Create(Unsafe.Add(ref x, at + 2 * across));
            c0 = Vector256.FusedMultiplyAdd(v, w0, c0);
            c1 = Vector256.FusedMultiplyAdd(v, w1, c1);
            v = Vector256.Create(Unsafe.Add(ref x, at + 3 * across));
            d0 = Vector256.FusedMultiplyAdd(v, w0, d0);
            d1 = Vector256.FusedMultiplyAdd(v, w1, d1);
        }

        a0.StoreUnsafe(ref y);
        a1.StoreUnsafe(ref y, 4);
        b0.StoreUnsafe(ref y, (nuint)stride);
        b1.StoreUnsafe(ref y, (nuint)stride + 4);
        c0.StoreUnsafe(ref y, (nuint)(2 * stride));
        c1.StoreUnsafe(ref y, (nuint)(2 * stride + 4));
        d0.StoreUnsafe(ref y, (nuint)(3 * stride));
        d1.StoreUnsafe(ref y, (nuint)(3 * stride + 4));
    }
}

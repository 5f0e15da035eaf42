// Notation
//   A [D, D]    symmetric, positive semi-definite;  A = V diag(e) Vᵀ by cyclic Jacobi rotations                         [Golub2013, section 8.5]
//   T           C^(−½)(C^½ C' C^½)^½ C^(−½): the linear map that takes N(0, C) to N(0, C') at the least mean squared move  [Olkin1982]

namespace HtiTune.Surrogates;

/// <summary>Roots of small symmetric matrices.</summary>
internal static class SymmetricRoot
{
    private const int MostSweeps = 30;

    /// <summary>T of two covariances.</summary>
    /// <param name="from">C, [D, D], positive definite.</param>
    /// <param name="to">C', [D, D].</param>
    /// <param name="d">D.</param>
    internal static double[] Map(double[] from, double[] to, int d)
    {
        var (root, inverse) = Roots(from, d);
        var (middle, _) = Roots(Product(Product(root, to, d), root, d), d);
        return Product(Product(inverse, middle, d), inverse, d);
    }

    /// <summary>A^½ and A^(−½).</summary>
    internal static (double[] Root, double[] Inverse) Roots(double[] a, int d)
    {
        var (values, vectors) = Eigen(a, d);
        double[] root = new double[d * d], inverse = new double[d * d];
        for (var e = 0; e < d; e++)
        {
            var size = Math.Sqrt(Math.Max(values[e], 0));
            for (var i = 0; i < d; i++)
            {
                for (var j = 0; j < d; j++)
                {
                    var part = vectors[i * d + e] * vectors[j * d + e];
                    root[i * d + j] += size * part;
                    inverse[i * d + j] += size > 0 ? part / size : 0;
                }
            }
        }

        return (root, inverse);
    }

    /// <summary>A B.</summary>
    internal static double[] Product(double[] a, double[] b, int d)
    {
        var product = new double[d * d];
        for (var i = 0; i < d; i++)
        {
            for (var k = 0; k < d; k++)
            {
                for (var j = 0; j < d; j++)
                {
                    product[i * d + j] += a[i * d + k] * b[k * d + j];
                }
            }
        }

        return product;
    }

    /// <summary>Eigenvalues, and eigenvectors as columns.</summary>
    private static (double[] Values, double[] Vectors) Eigen(double[] matrix, int d)
    {
        var a = (double[])matrix.Clone();
        var v = new double[d * d];
        for (var i = 0; i < d; i++)
        {
            v[i * d + i] = 1;
        }

        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            double off = 0, on = 0;
            for (var p = 0; p < d; p++)
            {
                on += a[p * d + p] * a[p * d + p];
                for (var q = 0; q < p; q++)
                {
                    off += a[p * d + q] * a[p * d + q];
                }
            }

            if (off <= 1e-30 * on)
            {
                break;
            }

            for (var p = 1; p < d; p++)
            {
                for (var q = 0; q < p; q++)
                {
                    if (a[p * d + q] != 0)
                    {
                        Rotate(a, v, p, q, d);
                    }
                }
            }
        }

        return ([.. Enumerable.Range(0, d).Select(i => a[i * d + i])], v);
    }

    private static void Rotate(double[] a, double[] v, int p, int q, int d)
    {
        var theta = (a[q * d + q] - a[p * d + p]) / (2 * a[p * d + q]);
        var t = (theta >= 0 ? 1 : -1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        var c = 1 / Math.Sqrt(t * t + 1);
        var s = t * c;
        for (var i = 0; i < d; i++)
        {
            (a[i * d + p], a[i * d + q]) = (c * a[i * d + p] - s * a[i * d + q], s * a[i * d + p] + c * a[i * d + q]);
            (v[i * d + p], v[i * d + q]) = (c * v[i * d + p] - s * v[i * d + q], s * v[i * d + p] + c * v[i * d + q]);
        }

        for (var i = 0; i < d; i++)
        {
            (a[p * d + i], a[q * d + i]) = (c * a[p * d + i] - s * a[q * d + i], s * a[p * d + i] + c * a[q * d + i]);
        }
    }
}

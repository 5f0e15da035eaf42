using HtiTune.Data;

namespace HtiTune.Benchmarks.Choice;

// Deterministic laws that rise, saturate or turn, and answers of small networks.
internal static partial class ChoiceLaws
{
    /// <summary>Conditional quantiles at the level u of positive outputs with a tail: log-normal, or of a power of a normal number like gamma ones.</summary>
    private static RowLaw Tail(RandomStream stream, int kind)
    {
        var a = Normals(stream, 24);
        var shape = 0.25 + 0.4 * stream.NextDouble();
        return (u, x, _, _, y) =>
        {
            var z = NormalDistribution.Quantile(u);
            for (var j = 0; j < y.Length; j++)
            {
                var s = shape * Math.Exp(0.2 * Math.Tanh(Along(a, x, 4 + 2 * j)));
                y[j] = (float)(Math.Exp(0.3 * Along(a, x, 2 * j)) * (kind == 0 ? Math.Exp(s * z) : Math.Pow(1 - s * s / 9 + s * z / 3, 3)));
            }
        };
    }

    /// <summary>The level at a place of the scale of normal quantiles.</summary>
    private static double Level(double place) => s_level.FromUnit(place);

    /// <summary>Conditional quantiles at the level u with heavy tails, those above apart from those below: Student's with 2 or 4 degrees of freedom, or logistic.</summary>
    private static RowLaw Heavy(RandomStream stream, int freedom)
    {
        var a = Normals(stream, 24);
        var skew = 0.5 * stream.NextNormal();
        return (u, x, _, _, y) =>
        {
            var beside = 4 * u * (1 - u);
            var turn = Math.Cos(Math.Acos(Math.Sqrt(beside)) / 3) / Math.Sqrt(beside);
            var q = freedom == 2 ? (2 * u - 1) / Math.Sqrt(2 * u * (1 - u)) : freedom == 4 ? Math.Sign(u - 0.5) * 2 * Math.Sqrt(turn - 1) : Math.Log(u / (1 - u));
            for (var j = 0; j < y.Length; j++)
            {
                var side = Math.Exp((u > 0.5 ? 1 : -1) * (skew + 0.15 * Along(a, x, 8 + 2 * j)));
                y[j] = (float)(Math.Sin(Along(a, x, 2 * j)) + 0.6 * side * Math.Exp(0.2 * Along(a, x, 4 + 2 * j)) * q);
            }
        };
    }

    /// <summary>Growth at a rate of the context's own.</summary>
    private static RowLaw Growth(RandomStream stream)
    {
        var a = Normals(stream, 12);
        var rate = 1 + 1.5 * stream.NextDouble();
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)((1 + 0.4 * Along(a, x, 3 * j)) * Math.Exp(rate * (1 + 0.3 * x[0]) * u) + 0.5 * Along(a, x, 6));
            }
        };
    }

    /// <summary>Outputs that come near an end, at a half-way place of the context's own.</summary>
    private static RowLaw Saturation(RandomStream stream)
    {
        var a = Normals(stream, 12);
        var half = 0.2 + 0.6 * stream.NextDouble();
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)((1 + 0.5 * Along(a, x, 3 * j)) * u / (u + half * Math.Exp(0.4 * x[1])) + 0.3 * Along(a, x, 6));
            }
        };
    }

    /// <summary>Coefficients of the conditions that turn with λ.</summary>
    private static RowLaw Turn(RandomStream stream)
    {
        var a = Normals(stream, 24);
        double turn = 1 + 2 * stream.NextDouble(), drift = 0.5 * stream.NextNormal();
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(Math.Cos(turn * u) * Along(a, x, 4 * j) + Math.Sin(turn * u) * Along(a, x, 12 + 4 * j) + drift * u * u);
            }
        };
    }

    /// <summary>A picture of spots whose heights turn with λ.</summary>
    private static RowLaw PictureTurn(RandomStream stream)
    {
        double[] a = Normals(stream, 48), at = Normals(stream, 12);
        double turn = 1.2 + 1.5 * stream.NextDouble(), phase = 0.8 * stream.NextDouble();
        return (u, x, _, _, y) =>
        {
            for (var p = 0; p < y.Length; p++)
            {
                double h = p % 8 / 3.5 - 1, v = p / 8 / 3.5 - 1, sum = 0;
                for (var s = 0; s < 4; s++)
                {
                    double dh = h - 0.5 * at[s], dv = v - 0.5 * at[4 + s];
                    sum += (Math.Cos(turn * u) * Along(a, x, 6 * s) + Math.Sin(turn * u + phase) * Along(a, x, 24 + 6 * s)) * Math.Exp(-(dh * dh + dv * dv) / 0.3);
                }

                y[p] = (float)sum;
            }
        };
    }

    /// <summary>Doses that a small network gives, whose last layer follows λ.</summary>
    private static RowLaw Policy(RandomStream stream)
    {
        double[] a = Normals(stream, 48), tilt = Normals(stream, 16), first = Normals(stream, 16);
        return (u, x, _, _, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0;
                for (var h = 0; h < 8; h++)
                {
                    sum += (first[8 * j + h] * (1 - u) + tilt[8 * j + h] * u * u) * Math.Tanh(Along(a, x, 6 * h));
                }

                y[j] = (float)sum;
            }
        };
    }
}

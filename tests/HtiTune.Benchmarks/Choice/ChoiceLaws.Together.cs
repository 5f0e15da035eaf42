using HtiTune.Benchmarks.Laws;
using HtiTune.Data;

namespace HtiTune.Benchmarks.Choice;

// Laws of draws whose conditions and λ act together, or clearly apart.
internal static partial class ChoiceLaws
{
    /// <summary>Doses about those of a small network whose last layer follows λ.</summary>
    private static RowLaw Policies(RandomStream stream)
    {
        double[] a = Normals(stream, 48), tilt = Normals(stream, 16), first = Normals(stream, 16);
        return (u, x, _, chance, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                double sum = 0;
                for (var h = 0; h < 8; h++)
                {
                    sum += (first[8 * j + h] * (1 - u) + tilt[8 * j + h] * u) * Math.Tanh(Along(a, x, 6 * h));
                }

                y[j] = (float)(sum + 0.5 * chance.NextNormal());
            }
        };
    }

    /// <summary>Draws about a mean of linear conditions that turn with λ.</summary>
    private static RowLaw Turned(RandomStream stream)
    {
        var a = Normals(stream, 8);
        double turn = 1 + 2 * stream.NextDouble(), drift = stream.NextNormal();
        return (u, x, _, chance, y) =>
        {
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)(Math.Cos(turn * u) * Along(a, x, 2 * j) + Math.Sin(turn * u) * (Along(a, x, 4 + 2 * j) + drift) + (0.2 + 0.2 * u) * chance.NextNormal());
            }
        };
    }

    /// <summary>A phase that λ and a condition both turn, seen by three sensors.</summary>
    private static RowLaw Phase(RandomStream stream)
    {
        double[] at = Normals(stream, 3);
        double turn = 1.5 + 1.5 * stream.NextDouble(), follow = 0.8 + stream.NextDouble();
        return (u, x, _, chance, y) =>
        {
            var phase = turn * u + follow * x[0] + 0.15 * chance.NextNormal();
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = (float)((1 + 0.3 * x[1]) * Math.Cos(phase + 2 * at[j]) + 0.3 * at[j] * u + 0.05 * chance.NextNormal());
            }
        };
    }

    /// <summary>A response to a dose, shifted by λ.</summary>
    private static RowLaw Shift(RandomStream stream)
    {
        double a = 1.5 + stream.NextDouble(), b = 2 + stream.NextDouble(), side = stream.NextNormal();
        return (u, x, _, chance, y) => y[0] = (float)(Math.Tanh(a * x[0] + b * (u - 0.5)) + 0.3 * side * x[1] + 0.15 * chance.NextNormal());
    }

    /// <summary>What conditions do and what λ does, each for itself.</summary>
    private static RowLaw Apart(RandomStream stream)
    {
        Wave a = new(stream, 0.7), b = new(stream, 0.7);
        var turn = Normals(stream, 4);
        return (u, x, _, chance, y) =>
        {
            y[0] = (float)(a.At(u) + Math.Sin(Along(turn, x)) + 0.25 * chance.NextNormal());
            y[1] = (float)(b.At(u) * (1 + 0.3 * x[0]) + Math.Cos(Along(turn, x, 2)) + 0.25 * chance.NextNormal());
        };
    }
}

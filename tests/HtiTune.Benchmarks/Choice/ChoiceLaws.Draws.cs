using HtiTune.Benchmarks.Laws;
using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Choice;

// Laws of draws: without conditions, in contexts that all anchors share, and in contexts of each anchor's own.
internal static partial class ChoiceLaws
{
    private static IEnumerable<ChoiceLaw> Draws()
    {
        static ChoiceLaw Law(string name, double[] places, int d, Func<RandomStream, RowLaw> make) => new(name, s_unit, places, d, make);

        yield return Law("arcs-2", [0, 1], 2, stream => Arcs(stream, 1.6)) with { Categories = 2 };
        yield return Law("arcs-3", [0, 0.5, 1], 2, stream => Arcs(stream, 2.6)) with { Categories = 2 };
        yield return Law("arcs-5", [0, 0.25, 0.5, 0.75, 1], 2, stream => Arcs(stream, 4)) with { Categories = 2 };
        yield return Law("cloud-2", [0, 1], 3, Cloud);
        yield return Law("cloud-3", [0, 0.5, 1], 3, Cloud);
        yield return Law("cloud-5", [0, 0.2, 0.5, 0.8, 1], 3, Cloud);
        yield return Law("split-4", [0, 0.3, 0.6, 1], 2, Split);
        yield return Law("shares-3", [0, 0.5, 1], 2, Shares);
        yield return Law("shares-5", [0, 0.25, 0.5, 0.75, 1], 2, Shares);
        yield return Law("late-noise-3", [0, 0.5, 1], 2, stream => Noise(stream, 6)) with { Categories = 2 };
        yield return Law("early-noise-3", [0, 0.5, 1], 2, stream => Noise(stream, 0.4)) with { Categories = 2 };
        yield return Law("heavy-4", [0, 0.35, 0.7, 1], 2, Heavy);
        yield return Law("wrong-scale-draws-3", [0, 0.004, 1], 2, Cloud2) with { Truth = place => Math.Log(1 + 6e4 * place) / Math.Log(1 + 6e4) };
        yield return Law("portions-3", [0, 0.5, 1], 3, Portions);
        foreach (var k in (int[])[2, 3, 5])
        {
            double[] places = [.. Enumerable.Range(0, k).Select(i => i / (k - 1.0))];
            yield return Law($"own-curve-{k}", places, 2, Bent) with { Asking = Asking.OwnContexts, Conditions = 1, Rows = 500 };
            yield return Law($"own-scale-{k}", places, 1, Scale) with { Asking = Asking.OwnContexts, Conditions = 2, Rows = 500 };
            yield return Law($"one-draw-{k}", places, 2, stream => Scattered(stream, 0.35)) with { Asking = Asking.SameContexts, Conditions = 2, Rows = 500 };
            yield return Law($"capped-{k}", places, 2, Capped) with { Asking = Asking.SameContexts, Conditions = 2, Repeats = 8, Rows = 480, Bounds = [new(0, 2), new(0, 2)] };
        }

        yield return Law("own-phase-3", [0, 0.5, 1], 3, Phase) with { Asking = Asking.OwnContexts, Conditions = 2, Rows = 500 };
        yield return Law("own-shift-3", [0, 0.5, 1], 1, Shift) with { Asking = Asking.OwnContexts, Conditions = 2, Rows = 500 };
        yield return Law("own-apart-3", [0, 0.5, 1], 2, Apart) with { Asking = Asking.OwnContexts, Conditions = 2, Rows = 500 };
        yield return Law("own-shares-3", [0, 0.5, 1], 1, OwnShares) with { Asking = Asking.OwnContexts, Conditions = 1, Rows = 500 };
        yield return Law("ten-draws-3", [0, 0.5, 1], 2, Bent) with { Asking = Asking.SameContexts, Conditions = 1, Repeats = 10, Rows = 500 };
        yield return Law("ten-policies-3", [0, 0.5, 1], 2, Policies) with { Asking = Asking.SameContexts, Conditions = 6, Repeats = 10, Rows = 1000 };
        yield return Law("ten-policies-trained-3", [0, 0.5, 1], 2, Policies) with { Asking = Asking.SameContexts, Conditions = 6, Repeats = 10, Rows = 1000, TrainingNoise = 0.7 };
        yield return Law("ten-draws-trained-3", [0, 0.5, 1], 2, Bent) with { Asking = Asking.SameContexts, Conditions = 1, Repeats = 10, Rows = 500, TrainingNoise = 0.4 };
        yield return Law("ten-turns-3", [0, 0.5, 1], 2, Turned) with { Asking = Asking.SameContexts, Conditions = 2, Repeats = 10, Rows = 500 };
        yield return Law("events-3", [0, 0.5, 1], 2, Events) with { Asking = Asking.SameContexts, Conditions = 2, Repeats = 8, Rows = 480 };
        yield return Law("yes-or-no-3", [0, 0.5, 1], 1, YesOrNo) with { Asking = Asking.SameContexts, Conditions = 2, Repeats = 10, Rows = 500 };
    }

    /// <summary>Pieces of rings, one a category, that turn about their centres.</summary>
    private static RowLaw Arcs(RandomStream stream, double turn)
    {
        double[] start = [6 * stream.NextDouble(), 6 * stream.NextDouble()];
        var spread = 0.3 + 0.2 * stream.NextDouble();
        return (u, _, category, chance, y) =>
        {
            var angle = start[category] + (category == 0 ? 1 : -0.8) * turn * u + spread * chance.NextNormal();
            var radius = 1 + 0.05 * chance.NextNormal();
            y[0] = (float)(radius * Math.Cos(angle) + 3 * category);
            y[1] = (float)(radius * Math.Sin(angle));
        };
    }

    /// <summary>A cloud that moves along a curve, turns and widens.</summary>
    private static RowLaw Cloud(RandomStream stream)
    {
        Wave[] way = [.. Enumerable.Range(0, 3).Select(_ => new Wave(stream, 0.7))];
        double turn = 1 + stream.NextDouble(), widening = 0.6 * stream.NextNormal();
        return (u, _, _, chance, y) =>
        {
            double a = 0.5 * chance.NextNormal() * Math.Exp(widening * u), b = 0.12 * chance.NextNormal(), c = 0.25 * chance.NextNormal();
            y[0] = (float)(2 * way[0].At(u) + a * Math.Cos(turn * u) - b * Math.Sin(turn * u));
            y[1] = (float)(2 * way[1].At(u) + a * Math.Sin(turn * u) + b * Math.Cos(turn * u));
            y[2] = (float)(way[2].At(u) + c);
        };
    }

    /// <summary>A cloud that goes straight in the plane.</summary>
    private static RowLaw Cloud2(RandomStream stream)
    {
        var a = Normals(stream, 2);
        return (u, _, _, chance, y) =>
        {
            y[0] = (float)(3 * Math.Sign(a[0]) * u + 0.3 * a[1] * Math.Sin(3 * u) + 0.2 * chance.NextNormal());
            y[1] = (float)(a[1] * u + (0.1 + 0.3 * u) * chance.NextNormal());
        };
    }

    /// <summary>One cloud that parts into two.</summary>
    private static RowLaw Split(RandomStream stream)
    {
        var share = 0.3 + 0.4 * stream.NextDouble();
        var bend = stream.NextNormal();
        return (u, _, _, chance, y) =>
        {
            var side = chance.NextDouble() < share ? 1 : -1;
            y[0] = (float)(side * 2 * Math.Max(0, u - 0.15) + 0.25 * chance.NextNormal());
            y[1] = (float)(bend * u * u * side + 0.25 * chance.NextNormal());
        };
    }

    /// <summary>Three clouds that stay, whose shares change.</summary>
    private static RowLaw Shares(RandomStream stream)
    {
        double[] places = Normals(stream, 6), start = Normals(stream, 3), tilt = Normals(stream, 3);
        return (u, _, _, chance, y) =>
        {
            Span<double> e = [Math.Exp(start[0] + 3 * tilt[0] * u), Math.Exp(start[1] + 3 * tilt[1] * u), Math.Exp(start[2] + 3 * tilt[2] * u)];
            var at = chance.NextDouble() * (e[0] + e[1] + e[2]);
            var cloud = at < e[0] ? 0 : at < e[0] + e[1] ? 1 : 2;
            y[0] = (float)(4 * Math.Cos(2.1 * cloud + places[0]) + 0.4 * chance.NextNormal());
            y[1] = (float)(4 * Math.Sin(2.1 * cloud + places[0]) + 0.4 * chance.NextNormal());
        };
    }

    /// <summary>Shapes, one a category, that dissolve late or early.</summary>
    private static RowLaw Noise(RandomStream stream, double power)
    {
        var drift = stream.NextNormal();
        return (u, _, category, chance, y) =>
        {
            var noise = 0.08 + 1.5 * Math.Pow(u, power);
            var t = Math.PI * chance.NextDouble();
            y[0] = (float)(Math.Cos(t) + category + noise * chance.NextNormal());
            y[1] = (float)((category == 0 ? 1 : -1) * Math.Sin(t) + 0.3 * category + drift * Math.Pow(u, power) + noise * chance.NextNormal());
        };
    }

    /// <summary>Heavy tails about a centre that moves, with a scale that follows.</summary>
    private static RowLaw Heavy(RandomStream stream)
    {
        Wave a = new(stream, 0.8), b = new(stream, 0.8);
        return (u, _, _, chance, y) =>
        {
            var tail = Math.Sqrt(2.5 / -Math.Log(0.005 + 0.99 * chance.NextDouble())) * 0.3 * (0.7 + u);
            y[0] = (float)(2 * a.At(u) + tail * chance.NextNormal());
            y[1] = (float)(2 * b.At(u) + tail * chance.NextNormal());
        };
    }

    /// <summary>Random portions of a whole.</summary>
    private static RowLaw Portions(RandomStream stream)
    {
        double[] start = Normals(stream, 3), tilt = Normals(stream, 3);
        return (u, _, _, chance, y) =>
        {
            Span<double> e = stackalloc double[3];
            double sum = 0;
            for (var j = 0; j < 3; j++)
            {
                sum += e[j] = Math.Exp(start[j] + 2 * tilt[j] * u + 0.7 * chance.NextNormal());
            }

            for (var j = 0; j < 3; j++)
            {
                y[j] = (float)(e[j] / sum);
            }
        };
    }

    /// <summary>A bent stick of draws about a mean that turns with λ and the condition.</summary>
    private static RowLaw Bent(RandomStream stream)
    {
        double turn = 1.5 + stream.NextDouble(), phase = 6 * stream.NextDouble(), follow = 0.5 + 0.5 * stream.NextDouble();
        return (u, x, _, chance, y) =>
        {
            var angle = phase + turn * u + follow * x[0];
            double a = 0.35 * chance.NextNormal(), b = 0.1 * chance.NextNormal();
            y[0] = (float)(1.5 * Math.Cos(angle) + a + 0.5 * u * u);
            y[1] = (float)(1.5 * Math.Sin(angle) + b + (0.8 * u - 0.4) * a);
        };
    }

    /// <summary>One output whose mean and scale follow λ and two conditions.</summary>
    private static RowLaw Scale(RandomStream stream)
    {
        var a = Normals(stream, 6);
        return (u, x, _, chance, y) => y[0] = (float)(Math.Sin(2 * u + Along(a, x)) + 0.5 * u * Along(a, x, 2) + 0.25 * Math.Exp(u * (0.5 + 0.4 * Along(a, x, 4))) * chance.NextNormal());
    }

    /// <summary>A smooth mean, and a draw about it.</summary>
    private static RowLaw Scattered(RandomStream stream, double noise)
    {
        Wave wave = new(stream, 0.8);
        var a = Normals(stream, 4);
        return (u, x, _, chance, y) =>
        {
            y[0] = (float)(Math.Sin(Along(a, x) + 2 * u) + noise * chance.NextNormal());
            y[1] = (float)(wave.At(u) * (1 + 0.5 * x[0]) + 0.5 * Along(a, x, 2) + noise * (0.5 + u) * chance.NextNormal());
        };
    }

    /// <summary>Draws that are cut off at 0 and 2.</summary>
    private static RowLaw Capped(RandomStream stream)
    {
        var a = Normals(stream, 6);
        return (u, x, _, chance, y) =>
        {
            for (var j = 0; j < 2; j++)
            {
                y[j] = (float)Math.Clamp(1 + (1.2 * u - 0.5) * Math.Sign(a[j]) + 0.5 * Along(a, x, 2 + 2 * j) + (0.3 + 0.3 * u) * chance.NextNormal(), 0, 2);
            }
        };
    }

    /// <summary>One of two values, whose share follows λ and the condition.</summary>
    private static RowLaw OwnShares(RandomStream stream)
    {
        double a = 2 * stream.NextNormal(), b = 2 + stream.NextDouble();
        return (u, x, _, chance, y) =>
        {
            var share = 1 / (1 + Math.Exp(-(b * (2 * u - 1) + a * x[0])));
            y[0] = (float)((chance.NextDouble() < share ? 2 : -2) + 0.3 * chance.NextNormal());
        };
    }

    /// <summary>Numbers of events.</summary>
    private static RowLaw Events(RandomStream stream)
    {
        var a = Normals(stream, 6);
        return (u, x, _, chance, y) =>
        {
            for (var j = 0; j < 2; j++)
            {
                var rate = Math.Exp(0.5 + 0.8 * a[j] * u + 0.4 * Along(a, x, 2 + 2 * j));
                var left = Math.Exp(-rate);
                var count = 0;
                for (var product = chance.NextDouble(); product > left; product *= chance.NextDouble())
                {
                    count++;
                }

                y[j] = count;
            }
        };
    }

    /// <summary>0 or 1.</summary>
    private static RowLaw YesOrNo(RandomStream stream)
    {
        var a = Normals(stream, 3);
        return (u, x, _, chance, y) => y[0] = chance.NextDouble() < 1 / (1 + Math.Exp(-(3 * u - 1.5 + Along(a, x)))) ? 1 : 0;
    }
}

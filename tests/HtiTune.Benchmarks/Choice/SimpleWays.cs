using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Geometry;

namespace HtiTune.Benchmarks.Choice;

// Notation
//   u_k, y_k, x_k   an anchor's place, outputs and conditions;  w_k(x)  weights of its rows: normal in the distance of conditions, by the width that foretells
//                   outputs best without the row's own context; those of a category alike
//   curve           polynomial through the anchors up to four, monotone cubics beyond

/// <summary>What one would write in an hour for one hyperparameter: rows of the first anchor, taken to a place.</summary>
internal sealed partial class SimpleWays
{
    private static readonly double[] s_widths = [0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7, 1];

    private readonly Samples[] _anchors;
    private readonly double[] _places, _scale, _widths;
    private readonly int _c, _d;
    private readonly bool _isDeterministic;

    /// <param name="anchors">The anchors.</param>
    /// <param name="isDeterministic">Whether a context has one answer.</param>
    internal SimpleWays(AnchorSet anchors, bool isDeterministic)
    {
        _anchors = [.. anchors.Select(anchor => anchor.Samples)];
        _places = [.. anchors.Select(anchor => anchors.Hyperparameter.ToUnit(anchor.Lambda))];
        (_c, _d, _isDeterministic) = (anchors.ConditionCount, anchors.Dimension, isDeterministic);
        double Scale(int j) => Deviation(_anchors.SelectMany(s => Enumerable.Range(0, s.Count).Select(i => (double)s.Conditions[i, j])));
        _scale = [.. Enumerable.Range(0, _c).Select(Scale)];
        _widths = Array.ConvertAll(_anchors, s => _c == 0 || isDeterministic ? 1 : Width(s));
    }

    /// <summary>All ideas that apply, by name.</summary>
    internal IEnumerable<(string Name, Func<double, Samples, Matrix> Of)> All()
    {
        if (_isDeterministic)
        {
            var moved = new Lazy<Func<Samples, double[][]>>(Ridge);
            yield return ("ridge, monotone", (u, rows) => Along(moved.Value(rows), values => Monotone(values, u)));
            yield return ("ridge, polynomial", (u, rows) => Along(moved.Value(rows), values => Polynomial(values, u)));
            yield return ("ridge, Gaussian process", (u, rows) => Along(moved.Value(rows), Process(u)));
            yield break;
        }

        yield return ("mixture of near rows", Mixture);
        yield return ("local normal", Normal);
        if (_d == 1)
        {
            yield return ("local quantiles", Quantiles);
        }
    }

    private Matrix Along(double[][] values, Func<double[], double> curve) =>
        Matrix.Create(values[0].Length / _d, _d, (i, row) =>
        {
            for (var j = 0; j < _d; j++)
            {
                row[j] = (float)curve([.. values.Select(v => v[i * _d + j])]);
            }
        });

    private (int Before, double Share) Between(double u)
    {
        var before = Math.Clamp(Array.FindLastIndex(_places, place => place <= u), 0, _places.Length - 2);
        return (before, (u - _places[before]) / (_places[before + 1] - _places[before]));
    }

    private Matrix Mixture(double u, Samples rows)
    {
        var (before, share) = Between(u);
        var stream = new RandomStreams(1).Fork("simple").Stream("mixture");
        return Grouped(rows, (group, outputs) =>
        {
            double[][] sums = [.. new[] { before, before + 1 }.Select(k => Cumulated(Weights(k, rows.Contexts, group[0])))];
            for (var a = 0; a < group.Length; a++)
            {
                var side = (a + 0.5) / group.Length < share ? 1 : 0;
                var at = Array.BinarySearch(sums[side], stream.NextDouble());
                _anchors[before + side].Outputs.Row(Math.Min(at < 0 ? ~at : at, sums[side].Length - 1)).CopyTo(outputs(group[a]));
            }
        });
    }

    private Matrix Quantiles(double u, Samples rows) => Grouped(rows, (group, outputs) =>
    {
        int[] order = [.. group.OrderBy(i => rows.Outputs[i, 0])];
        var anchors = _places.Select((_, k) =>
        {
            var weights = Weights(k, rows.Contexts, group[0]);
            int[] sorted = [.. Enumerable.Range(0, weights.Length).OrderBy(i => _anchors[k].Outputs[i, 0])];
            var sum = 0.0;
            return (Values: sorted.Select(i => (double)_anchors[k].Outputs[i, 0]).ToArray(), Levels: sorted.Select(i => (sum += weights[i]) - weights[i] / 2).ToArray());
        }).ToArray();
        for (var a = 0; a < order.Length; a++)
        {
            var level = (a + 0.5) / order.Length;
            outputs(order[a])[0] = (float)Monotone([.. anchors.Select(anchor => Interpolated(anchor.Levels, anchor.Values, level))], u);
        }
    });

    private Matrix Normal(double u, Samples rows) => Grouped(rows, (group, outputs) =>
    {
        var moments = _places.Select((_, k) => Moments(k, rows.Contexts, group[0])).ToArray();
        var (before, share) = Between(u);
        double[] mean = [.. Enumerable.Range(0, _d).Select(j => Polynomial([.. moments.Select(m => m.Mean[j])], u))];
        double[] spread = [.. moments[before].Spread.Zip(moments[before + 1].Spread, (a, b) => (1 - share) * a + share * b)];
        var map = SymmetricRoot.Map(moments[0].Spread, spread, _d);
        foreach (var i in group)
        {
            for (var p = 0; p < _d; p++)
            {
                outputs(i)[p] = (float)(mean[p] + Enumerable.Range(0, _d).Sum(q => map[p * _d + q] * (rows.Outputs[i, q] - moments[0].Mean[q])));
            }
        }
    });

    private delegate Span<float> RowOf(int row);

    private Matrix Grouped(Samples rows, Action<int[], RowOf> fill)
    {
        var values = new float[rows.Count * _d];
        foreach (var group in Enumerable.Range(0, rows.Count).GroupBy(i => Key(rows.Contexts, i)))
        {
            fill([.. group], row => values.AsSpan(row * _d, _d));
        }

        return new Matrix(rows.Count, _d, values);
    }

    private static string Key(Contexts contexts, int i) => $"{(contexts.CategoryCount > 0 ? contexts.Categories[i] : 0)} {string.Join(' ', contexts.Conditions.Row(i).ToArray())}";

    private double[] Away(Samples anchor, ReadOnlySpan<float> x)
    {
        var squares = new double[anchor.Count];
        for (var i = 0; i < squares.Length; i++)
        {
            for (var j = 0; j < _c; j++)
            {
                var away = (anchor.Conditions[i, j] - x[j]) / _scale[j];
                squares[i] += away * away;
            }
        }

        return squares;
    }

    private double[] Weights(int k, Contexts contexts, int row)
    {
        var own = _anchors[k];
        var squares = Away(own, contexts.Conditions.Row(row));
        bool IsOther(int i) => own.Contexts.CategoryCount > 0 && own.Contexts.Categories[i] != contexts.Categories[row];
        double[] weights = [.. squares.Select((square, i) => IsOther(i) ? 0 : Math.Exp(-0.5 * square / _widths[k] / _widths[k]))];
        var sum = weights.Sum();
        if (sum > 1e-12)
        {
            return Array.ConvertAll(weights, w => w / sum);
        }

        var least = squares.Min();
        return Array.ConvertAll(squares, square => square == least ? 1.0 / squares.Count(s => s == least) : 0);
    }

    private static double[] Cumulated(double[] weights)
    {
        var sum = 0.0;
        return Array.ConvertAll(weights, w => sum += w);
    }

    private double Width(Samples own)
    {
        var errors = new double[s_widths.Length];
        for (var i = 0; i < own.Count; i += Math.Max(1, own.Count / 200))
        {
            var squares = Away(own, own.Conditions.Row(i));
            for (var w = 0; w < errors.Length; w++)
            {
                double[] weights = Array.ConvertAll(squares, square => square < 1e-12 ? 0 : Math.Exp(-0.5 * square / s_widths[w] / s_widths[w]));
                var sum = weights.Sum();
                for (var j = 0; j < _d; j++)
                {
                    var mean = sum > 1e-9 ? weights.Select((weight, r) => weight * own.Outputs[r, j]).Sum() / sum : own.Outputs[i, j] + 3.16;
                    errors[w] += (own.Outputs[i, j] - mean) * (own.Outputs[i, j] - mean);
                }
            }
        }

        return s_widths[Array.IndexOf(errors, errors.Min())];
    }

    private (double[] Mean, double[] Spread) Moments(int k, Contexts contexts, int row)
    {
        var (own, weights, width) = (_anchors[k], Weights(k, contexts, row), _c + 1);
        var features = new double[own.Count * width];
        for (var i = 0; i < own.Count; i++)
        {
            features[i * width] = 1;
            for (var j = 0; j < _c; j++)
            {
                features[i * width + j + 1] = (own.Conditions[i, j] - contexts.Conditions[row, j]) / _scale[j];
            }
        }

        double[] normal = new double[width * width], spread = new double[_d * _d];
        for (var i = 0; i < own.Count; i++)
        {
            for (var p = 0; p < width && weights[i] > 0; p++)
            {
                CholeskyFactor.Add(weights[i] * features[i * width + p], features.AsSpan(i * width, width), normal.AsSpan(p * width, width));
            }
        }

        for (var p = 0; p < width; p++)
        {
            normal[p * width + p] += 1e-6;
        }

        var factor = CholeskyFactor.Of(normal, width);
        var slopes = Enumerable.Range(0, _d).Select(j =>
        {
            var right = new double[width];
            for (var i = 0; i < own.Count; i++)
            {
                CholeskyFactor.Add(weights[i] * own.Outputs[i, j], features.AsSpan(i * width, width), right);
            }

            factor.SolveLower(right, right);
            factor.SolveUpper(right, right);
            return right;
        }).ToArray();
        for (var i = 0; i < own.Count; i++)
        {
            double[] left = [.. slopes.Select((slope, j) => own.Outputs[i, j] - CholeskyFactor.Dot(features.AsSpan(i * width, width), slope))];
            for (var p = 0; p < _d; p++)
            {
                CholeskyFactor.Add(weights[i] * left[p], left, spread.AsSpan(p * _d, _d));
            }
        }

        for (var p = 0; p < _d; p++)
        {
            spread[p * _d + p] += 1e-8;
        }

        return ([.. slopes.Select(slope => slope[0])], spread);
    }

    private double Polynomial(double[] values, double u) => values.Length > 4 ? Monotone(values, u)
        : values.Select((v, k) => v * _places.Where((_, l) => l != k).Aggregate(1.0, (product, place) => product * (u - place) / (_places[k] - place))).Sum();

    private double Monotone(double[] values, double u)
    {
        var (before, share) = Between(u);
        return values.Length == 2 ? values[0] + share * (values[1] - values[0]) : MonotoneCubic.At(_places, values, before, u);
    }

    private static double Interpolated(double[] at, double[] values, double level)
    {
        var after = Array.BinarySearch(at, level) is var found && found < 0 ? ~found : found;
        return after == 0 ? values[0] : after == at.Length ? values[^1]
            : values[after - 1] + (level - at[after - 1]) / Math.Max(1e-300, at[after] - at[after - 1]) * (values[after] - values[after - 1]);
    }

    private static double Deviation(IEnumerable<double> values)
    {
        double[] all = [.. values];
        var mean = all.Average();
        return Math.Sqrt(all.Average(v => (v - mean) * (v - mean))) + 1e-9;
    }
}

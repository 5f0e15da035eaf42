// Notation
//   y_k(x)      standardised answers at anchor k in a context;  ȳ their mean over the K anchors
//   m_k(x)      kernel ridge of ȳ, and of y_k − ȳ of all anchors at once: what λ does is often smoother in the context than what every anchor answers
//   e_k         answers of stored rows less m_k learned without them (ContextProcess)
//   B_sk        [D, D] of least |e_k − e_s Bᵀ|² + κ |e_s|²/D |B − I|²: what a row's own answer at s says of its answer at k
//   given       m_k(x);  carried from anchor s  m_k(x) + B_sk (y − m_s(x))

using System.Collections.Concurrent;
using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Answers of all anchors in contexts that none of them answered, by kernel ridge; one answer a context.</summary>
internal sealed class ContextRidge
{
    /// <summary>Outputs up to which a row's own answer tells of every output, and not of its own column alone.</summary>
    private const int MostJoint = 24;

    private const double Shrinkage = 0.02;

    /// <summary>Rows that are kept, and rows squared times outputs of all anchors at most: what solving takes.</summary>
    private const int MostRows = 800;

    private const double MostWork = 1.5e9;

    private readonly Trajectories _trajectories;
    private readonly RidgeInputs _inputs;
    private readonly int _k, _d;
    private readonly int[] _rows;
    private readonly Lazy<double[][]> _leftOut;
    private readonly ConcurrentDictionary<(int From, int To), double[]> _own = [];

    /// <param name="trajectories">Stored rows of the same contexts at every anchor.</param>
    /// <param name="state">What was learned.</param>
    internal ContextRidge(Trajectories trajectories, RidgeState state)
    {
        (_trajectories, _k, _d) = (trajectories, trajectories.Points.Length, trajectories.Dimension);
        _inputs = new RidgeInputs(trajectories.ConditionCount, trajectories.CategoryCount);
        _rows = Kept(trajectories, MostRows);
        var (z, middle, moves) = Targets(trajectories, _rows, _inputs);
        Middle = state.Middle is null ? null : new ContextProcess(z, middle, _d, _inputs, state.Middle);
        Moves = state.Moves is null ? null : new ContextProcess(z, moves, _k * _d, _inputs, state.Moves);
        MiddleMean = Middle is null ? ContextProcess.MeanOf(middle, _d) : new double[_d];
        MovesMean = Moves is null ? ContextProcess.MeanOf(moves, _k * _d) : new double[_k * _d];
        _leftOut = new Lazy<double[][]>(() => [.. Enumerable.Range(0, _k).Select(LeftOutOf)]);
    }

    /// <summary>Of the anchors' mean; null where it is the same in all contexts.</summary>
    internal ContextProcess? Middle { get; }

    /// <summary>Of the anchors less their mean; null where that is the same in all contexts.</summary>
    internal ContextProcess? Moves { get; }

    /// <summary>The anchors' mean where it is the same in all contexts, else 0, [D].</summary>
    internal double[] MiddleMean { get; }

    /// <summary>The anchors less their mean where that is the same in all contexts, else 0, [K·D].</summary>
    internal double[] MovesMean { get; }

    /// <summary>Learns lengths and noise; the shares of networks are 0.</summary>
    /// <param name="trajectories">Stored rows of the same contexts at every anchor.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal static RidgeState Learn(Trajectories trajectories, CancellationToken cancellation)
    {
        var inputs = new RidgeInputs(trajectories.ConditionCount, trajectories.CategoryCount);
        var (z, middle, moves) = Targets(trajectories, Kept(trajectories, ProcessLearning.MostRows), inputs);
        return new RidgeState(
            ProcessLearning.Learn(z, middle, trajectories.Dimension, inputs, cancellation),
            ProcessLearning.Learn(z, moves, trajectories.Points.Length * trajectories.Dimension, inputs, cancellation));
    }

    /// <summary>m of contexts at every anchor that has a weight, [n, D] each; null at the others.</summary>
    /// <param name="conditions">Standardised conditions, [n, C].</param>
    /// <param name="categories">Category of each row.</param>
    /// <param name="isWanted">Whether an anchor has a weight.</param>
    internal float[]?[] Given(float[] conditions, int[] categories, Func<int, bool> isWanted)
    {
        var z = _inputs.Of(conditions, categories);
        var given = Enumerable.Range(0, _k).Select(k => isWanted(k) ? new float[categories.Length * _d] : null).ToArray();
        double[] sums = new double[_k * _d], middle = new double[_d], kernels = new double[Math.Max(Middle?.Room ?? 0, Moves?.Room ?? 0)];
        for (var i = 0; i < categories.Length; i++)
        {
            MovesMean.CopyTo(sums, 0);
            MiddleMean.CopyTo(middle, 0);
            Middle?.AddTo(z.AsSpan(i * _inputs.Count, _inputs.Count), kernels, middle);
            Moves?.AddTo(z.AsSpan(i * _inputs.Count, _inputs.Count), kernels, sums);
            for (var k = 0; k < _k; k++)
            {
                for (var j = 0; j < _d && given[k] is not null; j++)
                {
                    given[k]![i * _d + j] = (float)(middle[j] + sums[k * _d + j]);
                }
            }
        }

        return given;
    }

    /// <summary>Rows of one anchor at every anchor that has a weight, and at their own.</summary>
    /// <param name="y">Standardised rows, [n, D].</param>
    /// <param name="conditions">Standardised conditions, [n, C].</param>
    /// <param name="categories">Category of each row.</param>
    /// <param name="source">s.</param>
    /// <param name="isWanted">Whether an anchor has a weight.</param>
    internal float[]?[] Carry(float[] y, float[] conditions, int[] categories, int source, Func<int, bool> isWanted)
    {
        var rows = Given(conditions, categories, k => k == source || isWanted(k));
        var left = y.Zip(rows[source]!, (own, given) => own - given).ToArray();
        for (var k = 0; k < _k; k++)
        {
            if (rows[k] is { } target && k != source)
            {
                Add(OwnOf(source, k), left, target);
            }
        }

        rows[source] = y;
        return rows;
    }

    /// <summary>Answers of all stored rows less what is given without them (of those that are not kept, as they are given), [K] of [N, D].</summary>
    internal float[][] Errors()
    {
        var given = Given(_trajectories.Conditions[0], _trajectories.Categories, _ => true);
        float[][] errors = [.. given.Select((rows, k) => rows!.Zip(_trajectories.Points[k], (m, y) => m - y).ToArray())];
        for (var a = 0; a < _rows.Length; a++)
        {
            for (var k = 0; k < _k; k++)
            {
                for (var j = 0; j < _d; j++)
                {
                    errors[k][_rows[a] * _d + j] = -(float)_leftOut.Value[k][a * _d + j];
                }
            }
        }

        return errors;
    }

    private static int[] Kept(Trajectories trajectories, int most)
    {
        var outputs = trajectories.Points.Length * trajectories.Dimension;
        return ConditionalMoments.Thinned([.. Enumerable.Range(0, trajectories.Count)], Math.Clamp((int)Math.Sqrt(MostWork / outputs), 100, most));
    }

    private static (double[] Z, double[] Middle, double[] Moves) Targets(Trajectories trajectories, int[] rows, RidgeInputs inputs)
    {
        int k = trajectories.Points.Length, d = trajectories.Dimension;
        double[] middle = new double[rows.Length * d], moves = new double[rows.Length * k * d];
        for (var a = 0; a < rows.Length; a++)
        {
            for (var j = 0; j < d; j++)
            {
                double sum = 0;
                for (var i = 0; i < k; i++)
                {
                    sum += trajectories.Points[i][rows[a] * d + j];
                }

                middle[a * d + j] = sum / k;
                for (var i = 0; i < k; i++)
                {
                    moves[(a * k + i) * d + j] = trajectories.Points[i][rows[a] * d + j] - sum / k;
                }
            }
        }

        return (inputs.Of(Trajectories.Select(trajectories.Conditions[0], rows, trajectories.ConditionCount), Array.ConvertAll(rows, t => trajectories.Categories[t])), middle, moves);
    }

    private double[] LeftOutOf(int k)
    {
        var left = new double[_rows.Length * _d];
        for (var i = 0; i < left.Length; i++)
        {
            left[i] = (Middle?.LeftOut[i] ?? 0) + (Moves?.LeftOut[(i / _d * _k + k) * _d + i % _d] ?? 0);
        }

        return left;
    }

    /// <summary>B_sk, [D, D]; of many outputs its diagonal, [D].</summary>
    internal double[] OwnOf(int source, int k) => _own.GetOrAdd((source, k), pair => Learned(pair.From, pair.To));

    private double[] Learned(int source, int k)
    {
        double[] from = _leftOut.Value[source], to = _leftOut.Value[k];
        if (_d > MostJoint)
        {
            return [.. Enumerable.Range(0, _d).Select(j =>
            {
                double square = 1e-300, product = 0;
                for (var i = j; i < from.Length; i += _d)
                {
                    (square, product) = (square + from[i] * from[i], product + from[i] * to[i]);
                }

                return (product + Shrinkage * square) / ((1 + Shrinkage) * square);
            })];
        }

        double[] gram = new double[_d * _d], cross = new double[_d * _d];
        for (var i = 0; i < from.Length; i += _d)
        {
            for (var p = 0; p < _d; p++)
            {
                CholeskyFactor.Add(from[i + p], from.AsSpan(i, _d), gram.AsSpan(p * _d, _d));
                CholeskyFactor.Add(to[i + p], from.AsSpan(i, _d), cross.AsSpan(p * _d, _d));
            }
        }

        var shrinkage = Shrinkage * Enumerable.Range(0, _d).Sum(j => gram[j * _d + j]) / _d + 1e-300;
        for (var j = 0; j < _d; j++)
        {
            gram[j * _d + j] += shrinkage;
            cross[j * _d + j] += shrinkage;
        }

        // Where a row's own answer errs by nothing there is nothing to take from it.
        if (CholeskyFactor.Try(gram, _d, 1e-12) is not { } factor)
        {
            return [.. Enumerable.Range(0, _d * _d).Select(i => i % (_d + 1) == 0 ? 1.0 : 0)];
        }

        for (var p = 0; p < _d; p++)
        {
            var row = cross.AsSpan(p * _d, _d);
            factor.SolveLower(row, row);
            factor.SolveUpper(row, row);
        }

        return cross;
    }

    private void Add(double[] own, float[] left, float[] target)
    {
        for (var i = 0; i < target.Length; i += _d)
        {
            for (var p = 0; p < _d; p++)
            {
                var sum = own.Length == _d ? own[p] * left[i + p] : 0;
                for (var q = 0; q < _d && own.Length > _d; q++)
                {
                    sum += own[p * _d + q] * left[i + q];
                }

                target[i + p] += (float)sum;
            }
        }
    }
}

/// <summary>What kernel ridge of contexts has learned, and how much of a row networks give.</summary>
/// <param name="Middle">Of the anchors' mean; null where that is the same in all contexts.</param>
/// <param name="Moves">Of the anchors less their mean; null where anchors do not differ.</param>
internal sealed record RidgeState(ProcessState? Middle, ProcessState? Moves)
{
    /// <summary>How much of a new context's answers networks give, 0 to 1.</summary>
    public double GivenShare { get; init; }

    /// <summary>How much of a carried row networks give, 0 to 1.</summary>
    public double CarriedShare { get; init; }

    /// <summary>Mean squared error of new contexts' answers by networks as a share of that by ridge, on contexts that were kept out; NaN where that was not tried.</summary>
    public double NetworkError { get; init; } = double.NaN;

    /// <summary>Rows of which networks give a share, and ridge the rest.</summary>
    internal static float[] Mean(float[] ridge, float[] networks, double share)
    {
        var mean = new float[ridge.Length];
        for (var i = 0; i < mean.Length; i++)
        {
            mean[i] = (float)((1 - share) * ridge[i] + share * networks[i]);
        }

        return mean;
    }

    /// <summary>What it is in words.</summary>
    internal string Note => $"Contexts that no anchor answered are answered by kernel ridge{(GivenShare > 0 ? FormattableString.Invariant($" and, by a share of {GivenShare:0.##}, by networks") : "")}"
        + (double.IsNaN(NetworkError) ? "." : FormattableString.Invariant($": on contexts that were kept out networks err {NetworkError:G2} times as much."));

    /// <summary>Whether networks are needed.</summary>
    internal bool NeedsNetworks => GivenShare > 0 || CarriedShare > 0;
}

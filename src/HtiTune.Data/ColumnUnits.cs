namespace HtiTune.Data;

// x       a value of a column in its own units, double precision
// z       the same in the column's unit, single precision:  z = x / s − m / s,   x = m + s z
// m, s    the unit, an offset and a scale for each column, shape [d] each; s is a power of two, so that dividing by it rounds nothing
// σ       how widely the bulk of a column lies: 1.4826 times the median of |x − median|

/// <summary>
/// Units of columns in which single precision keeps differences that it would lose in their own: values near 1e9 that differ by 1, or sizes of
/// 1e-60 or 1e290. Immutable and thread-safe.
/// </summary>
internal sealed class ColumnUnits
{
    // Rounding may cost a value so much of σ; single precision rounds by 2⁻²⁵ of a value at most.
    private const double Tolerance = 1.0 / (1 << 20);

    // Fits square numbers and divide by spreads; from here to there nothing of that leaves single precision.
    private const double Least = 1e-25;
    private const double Most = 1e30;

    // 1 / Φ⁻¹(3/4): the median of |x − median| of a normal distribution is its deviation divided by this.
    private const double NormalSpread = 1.4826;

    private readonly double[] _offsets;
    private readonly double[] _scales;

    private ColumnUnits(double[] offsets, double[] scales) => (_offsets, _scales) = (offsets, scales);

    /// <summary>Units for all columns of some matrices; null where single precision loses nothing that matters, and columns keep their own.</summary>
    /// <param name="parts">The matrices, [n, d] each.</param>
    /// <param name="before">Units that served so far; they go on where they are right for these matrices too.</param>
    internal static ColumnUnits? Of(IReadOnlyList<Matrix> parts, ColumnUnits? before = null)
    {
        if (!parts.Any(part => part.HasDoubles))
        {
            return null;
        }

        var columns = Enumerable.Range(0, parts[0].Columns).Select(j => Column.Of(parts, j)).ToArray();
        if (before is not null && columns.Index().All(one => one.Item.IsKept(before._offsets[one.Index], before._scales[one.Index])))
        {
            return before;
        }

        return Array.TrueForAll(columns, column => column.IsKept(0, 1))
            ? null
            : new ColumnUnits(
                Array.ConvertAll(columns, column => column.IsKept(0, 1) ? 0 : column.Median),
                Array.ConvertAll(columns, column => column.IsKept(0, 1) || column.Spread is >= Least and <= Most or 0 ? 1 : Math.ScaleB(1, Math.ILogB(column.Spread))));
    }

    /// <summary>What single precision loses of columns in their own units, in words; empty where nothing matters.</summary>
    /// <param name="parts">The matrices, [n, d] each; the i-th rows belong together.</param>
    internal static IEnumerable<string> Losses(IReadOnlyList<Matrix> parts)
    {
        if (!parts.Any(part => part.HasDoubles))
        {
            yield break;
        }

        for (var j = 0; j < parts[0].Columns; j++)
        {
            var column = Column.Of(parts, j);
            var moves = Column.Moves(parts, j);
            if (!column.IsKept(0, 1) || moves > 0 && column.Lost(0, 1) > Tolerance * moves)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"column {j} lies near {column.Median:G6} and differs by about {(moves > 0 ? Math.Min(moves, column.Spread) : column.Spread):G3}; samples are fitted in single precision, which rounds it by up to {Math.Max(column.Lost(0, 1), column.Step):G3}: subtract an offset from the column, or give it another unit");
            }
        }
    }

    /// <summary>What single precision loses of columns even in units that serve them best, in words; empty where nothing matters.</summary>
    /// <param name="parts">The matrices, [n, d] each; the i-th rows belong together.</param>
    internal static IEnumerable<string> LossesLeft(IReadOnlyList<Matrix> parts)
    {
        if (!parts.Any(part => part.HasDoubles))
        {
            yield break;
        }

        var units = Of(parts);
        for (var j = 0; j < parts[0].Columns; j++)
        {
            var (column, moves) = (Column.Of(parts, j), Column.Moves(parts, j));
            var (offset, scale) = units is null ? (0, 1) : (units._offsets[j], units._scales[j]);
            if (!column.IsKept(offset, scale) || moves > 0 && column.Lost(offset, scale) > Tolerance * moves)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"column {j} of the outputs differs by about {(moves > 0 ? moves : column.Spread):G3} from one λ to another, and the surrogate works in single precision, which rounds it by about {column.Lost(offset, scale):G3}: subtract from each row what does not change, or give the column another unit");
            }
        }
    }

    /// <summary>The values in these units, in single precision.</summary>
    /// <param name="matrix">Values [n, d] in their own units.</param>
    internal Matrix Apply(Matrix matrix) => Matrix.Create(matrix.Rows, matrix.Columns, (i, row) =>
    {
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = Narrowed(matrix.Exact(i, j), _offsets[j], _scales[j]);
        }
    });

    /// <summary>Values in their own units, in double precision.</summary>
    /// <param name="matrix">Values [n, d] in these units.</param>
    internal Matrix Undo(Matrix matrix)
    {
        var values = new double[matrix.Rows * matrix.Columns];
        for (var i = 0; i < values.Length; i++)
        {
            var (row, j) = Math.DivRem(i, matrix.Columns);
            values[i] = Math.Clamp(_offsets[j] + _scales[j] * matrix.Exact(row, j), double.MinValue, double.MaxValue);
        }

        return Matrix.FromDoubles(matrix.Rows, matrix.Columns, values);
    }

    // In its own units a value is rounded as everywhere else, to the last bit.
    private static float Narrowed(double x, double offset, double scale) =>
        offset == 0 && scale == 1 ? Matrix.Narrow(x) : Matrix.Narrow(x / scale - offset / scale);

    /// <summary>A column of all matrices, in ascending order.</summary>
    private sealed class Column
    {
        private readonly double[] _sorted;

        private Column(double[] sorted)
        {
            _sorted = sorted;
            Median = sorted[sorted.Length / 2];
            Spread = NormalSpread * MedianOf(x => Distance(x));
            Spread = Spread > 0 ? Spread : Math.Max(Distance(sorted[0]), Distance(sorted[^1]));
        }

        internal double Median { get; }

        /// <summary>σ; the greatest distance from the median where more than half of the values are the same.</summary>
        internal double Spread { get; }

        /// <summary>The distance of two neighbouring numbers of single precision at the median.</summary>
        internal double Step => Matrix.Narrow(Median) is var near && Math.Abs(near) < float.MaxValue ? (double)MathF.BitIncrement(MathF.Abs(near)) - MathF.Abs(near) : double.PositiveInfinity;

        internal static Column Of(IReadOnlyList<Matrix> parts, int column)
        {
            double[] values = [.. parts.SelectMany(part => Enumerable.Range(0, part.Rows).Select(i => part.Exact(i, column)))];
            Array.Sort(values);
            return new Column(values);
        }

        /// <summary>Whether a unit keeps what matters of it.</summary>
        internal bool IsKept(double offset, double scale)
        {
            // Half of each, so that no difference overflows.
            var (near, spread) = (2 * Math.Abs(Median / 2 / scale - offset / 2 / scale), Spread / scale);
            return Spread > 0
                ? spread >= Least && Math.Max(near, spread) <= Most && Lost(offset, scale) <= Tolerance * Spread
                : near <= Most;
        }

        /// <summary>The median of what a unit rounds a value by.</summary>
        internal double Lost(double offset, double scale) =>
            MedianOf(x => Math.Abs(offset + scale * (double)Narrowed(x, offset, scale) - x));

        /// <summary>The median over rows of how far a row moves from one matrix to another; 0 where rows do not belong together.</summary>
        internal static double Moves(IReadOnlyList<Matrix> parts, int column)
        {
            if (parts.Any(part => part.Rows != parts[0].Rows))
            {
                return 0;
            }

            double[] moves = [.. Enumerable.Range(0, parts[0].Rows).Select(i => parts.Max(part => part.Exact(i, column)) - parts.Min(part => part.Exact(i, column)))];
            Array.Sort(moves);
            return moves[moves.Length / 2];
        }

        private double Distance(double x) => Math.Min(double.MaxValue, Math.Abs(x - Median));

        private double MedianOf(Func<double, double> of)
        {
            var values = Array.ConvertAll(_sorted, x => of(x));
            Array.Sort(values);
            return values[values.Length / 2];
        }
    }
}

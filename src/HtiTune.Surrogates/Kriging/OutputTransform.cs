// Notation
//   y, z      outputs in their own units, and standardised
//   ψ         the link: what is kriged instead of the outputs;  ψ⁻¹ its inverse, defined for every number
//     standardised  z
//     root          √max(0, y);          ψ⁻¹(q) = max(0, q)², and rows of probabilities divided by their sum: no floor to choose, exact at 0
//     log           log y;               ψ⁻¹(q) = e^q
//     logit         log((y − a)/(b − y));  ψ⁻¹(q) = a + (b − a)/(1 + e^(−q))
//   kind      what the results obey whatever was kriged: rounding, bounds, the sum of a row
//   rounding  ⌊y + ½⌋ for answers, ⌊y + frac((i + ½)φ)⌋ for draws, φ the golden ratio: between whole numbers a draw is either, with the mean kept

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>What is kriged in the place of outputs.</summary>
internal enum OutputLink
{
    /// <summary>The standardised outputs.</summary>
    Standardised,

    /// <summary>Their roots.</summary>
    Root,

    /// <summary>Their logarithms.</summary>
    Log,

    /// <summary>Their log-odds between the bounds.</summary>
    Logit,
}

/// <summary>Takes outputs to what is kriged, and back to what their kind allows.</summary>
/// <param name="kind">The kind, never <see cref="OutputKind.Auto"/>.</param>
/// <param name="link">ψ.</param>
/// <param name="outputs">Scale of the outputs.</param>
/// <param name="bounds">Bounds of the columns, or null.</param>
/// <param name="isDraws">Whether rows are draws, whose rounding must keep their mean.</param>
internal sealed class OutputTransform(OutputKind kind, OutputLink link, Standardizer outputs, IReadOnlyList<OutputBounds>? bounds, bool isDraws = false)
{
    /// <summary>φ;  the least share of a scale or range that single precision tells from 0;  the greatest logarithm.</summary>
    internal const double GoldenStep = 0.6180339887498949, LeastShare = 1e-7, MostLog = 80;

    private const double SumTolerance = 1e-4, SignTolerance = 1e-6;

    /// <summary>The kind.</summary>
    internal OutputKind Kind => kind;

    /// <summary>ψ.</summary>
    internal OutputLink Link => link;

    /// <summary>Whether rows are draws.</summary>
    internal bool IsDraws => isDraws;

    /// <summary>The kind that every row obeys.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="bounds">Bounds of the columns, or null.</param>
    internal static OutputKind Detect(AnchorSet anchors, IReadOnlyList<OutputBounds>? bounds) => Detect(OutputsOf(anchors), bounds);

    /// <summary>The kind that every row obeys.</summary>
    /// <param name="outputs">Outputs at each anchor.</param>
    /// <param name="bounds">Bounds of the columns, or null.</param>
    internal static OutputKind Detect(Matrix[] outputs, IReadOnlyList<OutputBounds>? bounds) =>
        Array.Find(
            [OutputKind.Probabilities, OutputKind.Interval, OutputKind.Integer, OutputKind.Positive],
            kind => (kind != OutputKind.Interval || bounds is not null) && Fault(outputs, kind, bounds, _ => "") is null) is var found && found != OutputKind.Auto
            ? found
            : OutputKind.Free;

    /// <summary>What is wrong with the first output that is not of a kind; null where all are.</summary>
    internal static string? Fault(AnchorSet anchors, OutputKind kind, IReadOnlyList<OutputBounds>? bounds) => Fault(
        OutputsOf(anchors), kind, bounds, k => anchors.Space.IsLine ? FormattableString.Invariant($"{anchors.Hyperparameter.Name} = {anchors[k].Lambda:R}") : anchors[k].Configuration.ToString());

    private static string? Fault(Matrix[] outputs, OutputKind kind, IReadOnlyList<OutputBounds>? bounds, Func<int, string> placeOf)
    {
        if (kind == OutputKind.Probabilities && outputs[0].Columns < 2)
        {
            return "there is one output column; expected two or more whose rows sum to 1";
        }

        for (var k = 0; k < outputs.Length; k++)
        {
            var y = outputs[k];
            for (var i = 0; i < y.Rows; i++)
            {
                double sum = 0;
                for (var j = 0; j < y.Columns; j++)
                {
                    sum += y[i, j];
                    if (Expected(kind, y[i, j], bounds?[j]) is { } expected)
                    {
                        return $"the output in row {i}, column {j} at {placeOf(k)} is {y[i, j]:R}; expected {expected}";
                    }
                }

                if (kind == OutputKind.Probabilities && !(Math.Abs(sum - 1) <= SumTolerance))
                {
                    return $"row {i} at {placeOf(k)} sums to {sum:R}; expected 1";
                }
            }
        }

        return null;
    }

    /// <summary>The links that a kind allows for some anchors, the plainest first.</summary>
    internal static OutputLink[] Links(AnchorSet anchors, OutputKind kind, IReadOnlyList<OutputBounds>? bounds) => Links(OutputsOf(anchors), kind, bounds);

    /// <summary>The links that a kind allows for the outputs at each anchor, the plainest first.</summary>
    internal static OutputLink[] Links(Matrix[] outputs, OutputKind kind, IReadOnlyList<OutputBounds>? bounds)
    {
        return kind switch
        {
            OutputKind.Probabilities => [OutputLink.Root],
            OutputKind.Positive when All((y, _) => y > 0) => [OutputLink.Standardised, OutputLink.Root, OutputLink.Log],
            OutputKind.Positive => [OutputLink.Standardised, OutputLink.Root],
            OutputKind.Interval when All((y, j) => y > bounds![j].Low && y < bounds[j].High && double.IsFinite(bounds[j].High - bounds[j].Low)) =>
                [OutputLink.Standardised, OutputLink.Logit],
            _ => [OutputLink.Standardised],
        };

        bool All(Func<double, int, bool> holds) =>
            outputs.All(y => Enumerable.Range(0, y.Rows).All(i => Enumerable.Range(0, y.Columns).All(j => holds(y[i, j], j))));
    }

    private static Matrix[] OutputsOf(AnchorSet anchors) => [.. anchors.Select(anchor => anchor.Samples.Outputs)];

    /// <summary>ψ of standardised outputs, [n, D].</summary>
    internal float[] Forward(float[] standardised)
    {
        if (link == OutputLink.Standardised)
        {
            return standardised;
        }

        var d = outputs.Columns;
        var linked = new float[standardised.Length];
        for (var i = 0; i < linked.Length; i++)
        {
            var j = i % d;
            linked[i] = (float)Linked(outputs.Means[j] + outputs.Deviations[j] * standardised[i], j);
        }

        return linked;
    }

    /// <summary>ψ⁻¹ of a row, in the outputs' own units and of their kind.</summary>
    /// <param name="kriged">ψ, [D].</param>
    /// <param name="row">Takes the outputs, [D].</param>
    /// <param name="index">The row's number.</param>
    internal void Back(ReadOnlySpan<double> kriged, Span<float> row, int index)
    {
        for (var j = 0; j < row.Length; j++)
        {
            var q = kriged[j];
            row[j] = (float)(link switch
            {
                OutputLink.Root => Math.Max(0, q) * Math.Max(0, q),
                OutputLink.Log => Math.Exp(Math.Min(q, MostLog)),
                OutputLink.Logit => bounds![j].Low + (bounds[j].High - bounds[j].Low) / (1 + Math.Exp(-q)),
                _ => outputs.Means[j] + outputs.Deviations[j] * q,
            });
        }

        Conform(row, isDraws ? (index + 0.5) * GoldenStep % 1 : 0.5);
    }

    /// <summary>Outputs of an anchor as they are, but for the rounding that standardising has cost them.</summary>
    internal void Undo(ReadOnlySpan<float> standardised, Span<float> row)
    {
        outputs.Undo(standardised, row);
        Conform(row, 0.5);
    }

    private void Conform(Span<float> row, double dither)
    {
        if (kind == OutputKind.Free && bounds is null)
        {
            return;
        }

        double sum = 0;
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = kind switch
            {
                OutputKind.Integer => (float)Math.Floor(row[j] + dither),
                OutputKind.Probabilities or OutputKind.Positive => Math.Max(0, row[j]),
                _ => row[j],
            };
            if (bounds is not null)
            {
                row[j] = (float)Math.Clamp(row[j], bounds[j].Low, bounds[j].High);
            }

            sum += row[j];
        }

        for (var j = 0; j < row.Length && kind == OutputKind.Probabilities; j++)
        {
            row[j] = sum > 0 ? (float)(row[j] / sum) : 1f / row.Length;
        }
    }

    private double Linked(double y, int j) => link switch
    {
        OutputLink.Root => Math.Sqrt(Math.Max(0, y)),

        // The least that single precision tells from 0, on the scale of the column.
        OutputLink.Log => Math.Log(Math.Max(y, LeastShare * outputs.Deviations[j])),
        _ => Math.Log(Math.Max(LeastShare, (y - bounds![j].Low) / (bounds[j].High - bounds[j].Low)) / Math.Max(LeastShare, (bounds[j].High - y) / (bounds[j].High - bounds[j].Low))),
    };

    private static string? Expected(OutputKind kind, double y, OutputBounds? bounds) => kind switch
    {
        OutputKind.Probabilities when !(y >= -SignTolerance) => "no negative probability",
        OutputKind.Positive when !(y >= 0) => "no negative number",
        OutputKind.Integer when y != Math.Round(y) => "a whole number",
        OutputKind.Interval when bounds is { } b && !(y >= b.Low && y <= b.High) => $"{b.Low} to {b.High}",
        _ => null,
    };
}

using System.CommandLine.Parsing;

namespace HtiTune.Cli;

/// <summary>Parses option values: numbers are invariant, and a message names the value and what is expected.</summary>
internal static class OptionParser
{
    /// <summary>A number, e.g. <c>0.5</c> or <c>-2</c>.</summary>
    internal static double Number(ArgumentResult result) => One<double>(result, "a number, e.g. 0.5", TryNumber, double.NaN);

    /// <summary>Numbers separated by commas, e.g. <c>0,0.5,1</c>.</summary>
    internal static double[] Numbers(ArgumentResult result) => One<double[]>(result, "numbers separated by commas, e.g. 0,0.5,1", TryNumbers, []);

    /// <summary>Values of anchors as numbers, or a table that holds them.</summary>
    internal static AnchorChoice? Anchors(ArgumentResult result) => result.Tokens is [var token] && token.Value.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
        ? new AnchorChoice(null, Path.GetFullPath(token.Value))
        : new AnchorChoice(Numbers(result), null);

    /// <summary>Where in a range, as a number, or in a space, as names and values.</summary>
    internal static string? Place(ArgumentResult result)
    {
        if (result.Tokens is [var token] && token.Value.Contains('=', StringComparison.Ordinal))
        {
            return token.Value;
        }

        var number = Number(result);
        return double.IsNaN(number) ? null : number.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>A half-open range of rows, e.g. <c>0:1000</c>.</summary>
    internal static RowRange? Rows(ArgumentResult result) => One<RowRange?>(result, "rows first:end with end not included, e.g. 0:1000", TryRows, null);

    /// <summary>Bounds of output columns, e.g. <c>0..10,0..8</c>.</summary>
    internal static OutputBounds[] Bounds(ArgumentResult result) =>
        One<OutputBounds[]>(result, "low..high for each output column with low < high, e.g. 0..10,0..8", TryBounds, []);

    /// <summary>A scale by its name, e.g. <c>log</c> or <c>symlog=1e-5</c>.</summary>
    internal static Data.Scale Scale(ArgumentResult result)
    {
        try
        {
            return Data.Scale.Parse(result.Tokens.Count == 1 ? result.Tokens[0].Value : "");
        }
        catch (ArgumentException problem)
        {
            result.AddError($"{Name(result)}: {problem.Message.Split(" (Parameter")[0]}");
            return Data.Scale.Linear;
        }
    }

    private delegate bool TryParse<T>(string text, out T value);

    private static T One<T>(ArgumentResult result, string expected, TryParse<T> parse, T otherwise)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Join(' ', result.Tokens);
        if (parse(text, out var value))
        {
            return value;
        }

        result.AddError($"'{text}' is not what {Name(result)} takes; expected {expected}.");
        return otherwise;
    }

    private static string Name(ArgumentResult result) => result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static bool TryNumbers(string text, out double[] values)
    {
        var parts = text.Split(',');
        values = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryNumber(parts[i], out values[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryRows(string text, out RowRange? rows)
    {
        rows = null;
        var parts = text.Split(':');
        if (parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            || first >= end)
        {
            return false;
        }

        rows = new RowRange(first, end);
        return true;
    }

    private static bool TryBounds(string text, out OutputBounds[] bounds)
    {
        var parts = text.Split(',');
        bounds = new OutputBounds[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var ends = parts[i].Split("..");
            if (ends.Length != 2 || !TryNumber(ends[0], out var low) || !TryNumber(ends[1], out var high) || low >= high)
            {
                return false;
            }

            bounds[i] = new OutputBounds(low, high);
        }

        return true;
    }
}

/// <summary>Which anchors to fit on.</summary>
/// <param name="Values">Their values, or null.</param>
/// <param name="Table">The file of a table that holds them, or null.</param>
internal sealed record AnchorChoice(double[]? Values, string? Table);

/// <summary>Rows First … End − 1, counted from 0.</summary>
/// <param name="First">First row.</param>
/// <param name="End">Row after the last.</param>
internal sealed record RowRange(int First, int End);

using System.Runtime.CompilerServices;

namespace HtiTune.Acquisition;

/// <summary>Checks of numerical arguments.</summary>
internal static class Require
{
    internal static void Finite(ReadOnlySpan<double> values, string parameter)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException($"Entry {i} is {values[i]}; expected a finite number.", parameter);
            }
        }
    }

    internal static void Finite(double value, [CallerArgumentExpression(nameof(value))] string parameter = "")
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(parameter, value, "Expected a finite number.");
        }
    }

    internal static void Positive(double value, [CallerArgumentExpression(nameof(value))] string parameter = "")
    {
        if (!(value > 0) || !double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(parameter, value, "Expected a finite number above 0.");
        }
    }

    internal static void NotNegative(double value, [CallerArgumentExpression(nameof(value))] string parameter = "")
    {
        if (!(value >= 0) || !double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(parameter, value, "Expected a finite number, at least 0.");
        }
    }

    internal static void Share(double value, [CallerArgumentExpression(nameof(value))] string parameter = "")
    {
        if (!(value > 0 && value < 1))
        {
            throw new ArgumentOutOfRangeException(parameter, value, "Expected a number between 0 and 1, ends excluded.");
        }
    }
}

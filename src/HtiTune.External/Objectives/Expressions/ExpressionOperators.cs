namespace HtiTune.External;

// Each operation is a type, so that a loop over rows is compiled for it alone: a call for each row would cost several times what it computes.

/// <summary>What is made of one number.</summary>
internal interface IUnaryOperator
{
    /// <summary>The result.</summary>
    static abstract double Of(double a);
}

/// <summary>What is made of two numbers.</summary>
internal interface IBinaryOperator
{
    /// <summary>The result.</summary>
    static abstract double Of(double a, double b);
}

/// <summary>The operations of expressions on single numbers.</summary>
internal static class ExpressionOperators
{
    internal readonly struct Negated : IUnaryOperator
    {
        public static double Of(double a) => -a;
    }

    internal readonly struct Absolute : IUnaryOperator
    {
        public static double Of(double a) => Math.Abs(a);
    }

    internal readonly struct Root : IUnaryOperator
    {
        public static double Of(double a) => Math.Sqrt(a);
    }

    internal readonly struct Exponential : IUnaryOperator
    {
        public static double Of(double a) => Math.Exp(a);
    }

    internal readonly struct Logarithm : IUnaryOperator
    {
        public static double Of(double a) => Math.Log(a);
    }

    internal readonly struct Plus : IBinaryOperator
    {
        public static double Of(double a, double b) => a + b;
    }

    internal readonly struct Minus : IBinaryOperator
    {
        public static double Of(double a, double b) => a - b;
    }

    internal readonly struct Times : IBinaryOperator
    {
        public static double Of(double a, double b) => a * b;
    }

    internal readonly struct Over : IBinaryOperator
    {
        public static double Of(double a, double b) => a / b;
    }

    internal readonly struct Power : IBinaryOperator
    {
        public static double Of(double a, double b) => Math.Pow(a, b);
    }

    internal readonly struct Less : IBinaryOperator
    {
        public static double Of(double a, double b) => a < b ? 1 : 0;
    }

    internal readonly struct AtMost : IBinaryOperator
    {
        public static double Of(double a, double b) => a <= b ? 1 : 0;
    }

    internal readonly struct Greater : IBinaryOperator
    {
        public static double Of(double a, double b) => a > b ? 1 : 0;
    }

    internal readonly struct AtLeast : IBinaryOperator
    {
        public static double Of(double a, double b) => a >= b ? 1 : 0;
    }

    internal readonly struct Same : IBinaryOperator
    {
        public static double Of(double a, double b) => a == b ? 1 : 0;
    }

    internal readonly struct Different : IBinaryOperator
    {
        public static double Of(double a, double b) => a != b ? 1 : 0;
    }

    // Not a number stays one where the least is asked, and counts as less than every number where the greatest is.
    internal readonly struct Least : IBinaryOperator
    {
        public static double Of(double a, double b) => b < a || double.IsNaN(b) ? b : a;
    }

    internal readonly struct Greatest : IBinaryOperator
    {
        public static double Of(double a, double b) => b > a || double.IsNaN(a) ? b : a;
    }
}

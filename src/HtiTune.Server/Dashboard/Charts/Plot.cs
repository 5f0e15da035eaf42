using System.Net;
using System.Text;

namespace HtiTune.Server.Dashboard.Charts;

// x, y   position in the drawing, in its own units: 480 wide, 260 high
// u      share of the horizontal axis, 0 to 1: w(λ) mapped from [w(min), w(max)], w the scale of the hyperparameter

/// <summary>A drawing with two axes, as SVG text. Colours are the page's, by class.</summary>
internal sealed class Plot
{
    internal const double Width = 480;
    internal const double Left = 52;
    internal const double Right = 470;
    internal const double Top = 12;
    private const double TipWidth = 208;
    private const double TipLine = 16;
    private readonly StringBuilder _svg = new();
    private readonly double _height;
    private readonly double _low;
    private readonly double _high;

    internal Plot(string label, double low, double high, double height = 260)
    {
        if (!(high > low))
        {
            (low, high) = (low - 0.5 * Math.Max(1e-6, Math.Abs(low)), high + 0.5 * Math.Max(1e-6, Math.Abs(high)));
        }

        (_low, _high, _height) = (low, high, height);
        _svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"plot\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(label)}\">");
    }

    internal double Bottom => _height - 38;

    internal double Y(double value) => Bottom - (Bottom - Top) * (Math.Clamp(value, _low, _high) - _low) / (_high - _low);

    internal static double X(double share) => Left + (Right - Left) * share;

    /// <summary>Lines and numbers of the vertical axis.</summary>
    internal Plot Vertical(bool numbers = true)
    {
        foreach (var tick in Ticks(_low, _high, 4))
        {
            Line(Left, Y(tick), Right, Y(tick), "grid");
            if (numbers)
            {
                Text(Left - 6, Y(tick) + 4, Say.Number(tick), "end");
            }
        }

        return this;
    }

    /// <summary>Numbers below, and what they are.</summary>
    internal Plot Horizontal(IEnumerable<(double Share, double Value)> ticks, string name)
    {
        Line(Left, Bottom, Right, Bottom, "axis");
        foreach (var (share, value) in ticks)
        {
            Line(X(share), Bottom, X(share), Bottom + 4, "axis");
            Text(X(share), Bottom + 17, Say.Number(value), share > 0.97 ? "end" : "middle");
        }

        Text((Left + Right) / 2, _height - 4, name, "middle", "name");
        return this;
    }

    internal void Line(double x1, double y1, double x2, double y2, string style) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<line class=\"{style}\" x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\"/>");

    internal void Text(double x, double y, string text, string anchor, string style = "tick") =>
        _svg.Append(CultureInfo.InvariantCulture, $"<text class=\"{style}\" x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");

    internal void Rectangle(double x1, double y1, double x2, double y2, string style) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{style}\" x=\"{x1:0.#}\" y=\"{y1:0.#}\" width=\"{Math.Max(0, x2 - x1):0.#}\" height=\"{Math.Max(0, y2 - y1):0.#}\"/>");

    internal void Dot(double x, double y, string style, string title) =>
        _svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"{style}\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"4.5\"><title>{WebUtility.HtmlEncode(title)}</title></circle>");

    internal void Path(IReadOnlyList<(double X, double Y)> points, string style, bool closed = false)
    {
        if (points.Count == 0)
        {
            return;
        }

        _svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{style}\" d=\"");
        for (var i = 0; i < points.Count; i++)
        {
            _svg.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{points[i].X:0.#} {points[i].Y:0.#}");
        }

        _svg.Append(closed ? "Z\"/>" : "\"/>");
    }

    /// <summary>What the pointer is told within a piece of the horizontal axis: a line where it is, and words in a corner away from it. Styles show it, no script.</summary>
    /// <param name="from">The piece's beginning, as a share of the axis.</param>
    /// <param name="at">Where the line stands.</param>
    /// <param name="to">The piece's end.</param>
    /// <param name="lines">The words.</param>
    internal void Spot(double from, double at, double to, params ReadOnlySpan<string> lines)
    {
        _svg.Append("<g class=\"spot\">");
        Rectangle(X(from), Top, X(to), Bottom, "hit");
        _svg.Append("<g class=\"tip\">");
        Line(X(at), Top, X(at), Bottom, "pointer");
        var isLeft = at > 0.5;
        Rectangle(isLeft ? Left : Right - TipWidth, Top, isLeft ? Left + TipWidth : Right, Top + TipLine * lines.Length + 8, "tip-ground");
        for (var i = 0; i < lines.Length; i++)
        {
            Text(isLeft ? Left + 7 : Right - TipWidth + 7, Top + TipLine * (i + 1), lines[i], "start", "tip-text");
        }

        _svg.Append("</g></g>");
    }

    public override string ToString() => _svg + "</svg>";

    /// <summary>Round numbers within a range.</summary>
    internal static IEnumerable<double> Ticks(double low, double high, int about)
    {
        var raw = (high - low) / about;
        if (!(raw > 0) || !double.IsFinite(raw))
        {
            yield break;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * ((raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
        for (var k = Math.Ceiling(low / step); k * step <= high + 1e-9 * step; k++)
        {
            // + 0.0 so that no zero has a sign.
            yield return Math.Round(k * step, 12) + 0.0;
        }
    }
}

/// <summary>The axis of a hyperparameter.</summary>
internal sealed class Axis
{
    private readonly Scale _scale;
    private readonly double _from;
    private readonly double _to;

    private readonly string _words;

    internal Axis(double minimum, double maximum, string scale)
    {
        (_words, Whole) = (scale, this);

        // A scale may take something of the range.
        Hyperparameter = Data.Hyperparameter.Continuous("lambda", minimum, maximum, Scale.Parse(scale));
        (Minimum, Maximum, _scale) = (minimum, maximum, Hyperparameter.Scale);
        (_from, _to) = (_scale.Forward(minimum), _scale.Forward(maximum));
    }

    internal ContinuousHyperparameter Hyperparameter { get; }

    internal double Minimum { get; }

    internal double Maximum { get; }

    internal double Share(double lambda) => Math.Clamp((_scale.Forward(lambda) - _from) / (_to - _from), 0, 1);

    internal double Lambda(double share) => share <= 0 ? Minimum : share >= 1 ? Maximum : Math.Clamp(_scale.Inverse(_from + (_to - _from) * share), Minimum, Maximum);

    /// <summary>A part of it, between two shares: an axis of its own.</summary>
    internal Axis Part(double from, double to) => new(Lambda(from), Lambda(to), _words) { Whole = Whole };

    /// <summary>What it is a part of; itself where it is none.</summary>
    internal Axis Whole { get; private init; }

    /// <summary>Whether λ stands on it.</summary>
    internal bool Has(double lambda) => lambda >= Minimum && lambda <= Maximum;

    /// <summary>λ to six significant digits, within the range.</summary>
    internal double Round(double lambda) => Math.Clamp(double.Parse(lambda.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), Minimum, Maximum);

    internal IEnumerable<(double Share, double Value)> Ticks()
    {
        if (_scale.Equals(Scale.Linear))
        {
            return Plot.Ticks(Minimum, Maximum, 5).Select(value => (Share(value), value));
        }

        return Enumerable.Range(0, 5).Select(k => Lambda(k / 4.0)).Select(value => (Share(value), value));
    }
}

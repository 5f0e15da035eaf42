using System.Runtime.CompilerServices;

namespace HtiTune.Data;

/// <summary>An interpolated text that is made, with what stands in its holes, only where it is needed: what a refusal says is not looked at where nothing is refused.</summary>
[InterpolatedStringHandler]
internal ref struct NeededText
{
    private DefaultInterpolatedStringHandler _text;

    public NeededText(int literalLength, int formattedCount, bool isNeeded, out bool isMade)
    {
        isMade = isNeeded;
        _text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    public string ToStringAndClear() => _text.ToStringAndClear();
}

namespace HtiTune.External;

// Words and signs of the text.
internal sealed partial class ExpressionParser
{
    private double Literal()
    {
        var start = Skip();
        var end = start;
        while (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] == '.' || _text[end] is '+' or '-' && end > start && _text[end - 1] is 'e' or 'E'))
        {
            end++;
        }

        if (double.TryParse(_text.AsSpan(start, end - start), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
        {
            _at = end;
            return value;
        }

        throw Fault(start, $"{(end > start ? $"'{_text[start..end]}'" : Found())} stands here; expected a number, e.g. 0.5");
    }

    private string? Name()
    {
        var start = Skip();
        while (_at < _text.Length && (char.IsLetter(_text[_at]) || _text[_at] == '_' || _at > start && char.IsAsciiDigit(_text[_at])))
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : null;
    }

    private string? Quoted()
    {
        var start = Skip();
        if (start >= _text.Length || _text[start] is not ('\'' or '"'))
        {
            return null;
        }

        var end = _text.IndexOf(_text[start], start + 1);
        if (end < 0)
        {
            throw Fault(start, "the quotes that open here are not closed; expected the same sign again");
        }

        _at = end + 1;
        return _text[(start + 1)..end];
    }

    private void Expect(string sign, string expected)
    {
        if (!Take(sign))
        {
            throw Fault(_at, $"{Found()} stands here; expected {expected}");
        }
    }

    private bool Take(string sign)
    {
        var isAhead = Ahead(sign);
        _at += isAhead ? sign.Length : 0;
        return isAhead;
    }

    private bool Ahead(string sign) => _text.AsSpan(Skip()).StartsWith(sign, StringComparison.Ordinal);

    private int Skip()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }

        return _at;
    }

    private string Found() => _at < _text.Length ? $"'{_text[_at]}'" : "the end";

    private FormatException Fault(int position, string message) => new(ExpressionNode.Located(_text, position, message));
}

namespace HtiTune.Data;

/// <summary>The header of a <c>.npy</c> file: the literal of a Python dictionary with the keys descr, fortran_order and shape.</summary>
/// <param name="Type">What a value is.</param>
/// <param name="FortranOrder">Whether the first index runs fastest; else the last.</param>
/// <param name="Shape">Length of each axis.</param>
/// <param name="Count">Number of values, the product of the shape.</param>
internal sealed record NpyHeader(NpyType Type, bool FortranOrder, int[] Shape, int Count)
{
    /// <summary>Most axes that an array may have (NumPy 1's limit).</summary>
    internal const int AxisLimit = 32;

    /// <summary>Reads a header; faults name the byte of the file.</summary>
    /// <param name="file">The file's path, for messages.</param>
    /// <param name="text">The header's characters, one a byte.</param>
    /// <param name="start">The byte of the file at which the header starts.</param>
    internal static NpyHeader Parse(string file, string text, int start) => new Parser(file, text, start).Header();

    /// <summary>The header of values in C order, as NumPy writes it, without padding.</summary>
    internal static string Text(ReadOnlySpan<int> shape, NpyType type)
    {
        var axes = string.Join(", ", shape.ToArray().Select(axis => axis.ToString(CultureInfo.InvariantCulture)));
        return $"{{'descr': '{type.Name}', 'fortran_order': False, 'shape': ({axes}{(shape.Length == 1 ? "," : "")}), }}";
    }

    private sealed class Parser(string file, string text, int start)
    {
        private int _at;

        internal NpyHeader Header()
        {
            NpyType? type = null;
            bool? fortranOrder = null;
            (int[] Shape, int Count)? shape = null;
            Take("{", "the '{' of a dictionary");
            while (!Next("}"))
            {
                var keyAt = Skip();
                var key = Quoted("a key in quotes, or '}'");
                Take(":", "':' after the key");
                Skip();
                switch (key)
                {
                    case "descr" when type is null:
                        type = Type();
                        break;
                    case "fortran_order" when fortranOrder is null:
                        fortranOrder = Next("True") ? true : Next("False") ? false
                            : throw Fault(_at, $"fortran_order is {Rest()}", "True or False");
                        break;
                    case "shape" when shape is null:
                        shape = Shape();
                        break;
                    default:
                        throw Fault(keyAt, $"the header has the key '{key}'", "descr, fortran_order and shape, once each");
                }

                if (!Next(",") && !Ahead("}"))
                {
                    throw Fault(_at, $"the header goes on with {Rest()}", "',' or '}'");
                }
            }

            if (Skip() < text.Length)
            {
                throw Fault(_at, $"the header goes on with {Rest()}", "only spaces after the dictionary");
            }

            if (type is null || fortranOrder is null || shape is null)
            {
                throw Fault(0, "the header lacks a key", "descr, fortran_order and shape");
            }

            return new NpyHeader(type, fortranOrder.Value, shape.Value.Shape, shape.Value.Count);
        }

        private NpyType Type()
        {
            const string Expected = "'<f4' or '<f8' (little-endian single or double precision), '<f2', a whole number or bool; numpy.save(out, a.astype('<f8')) writes one";
            var at = _at;
            if (!Ahead("'") && !Ahead("\""))
            {
                throw Fault(at, $"the dtype is {Rest()}", Expected);
            }

            var name = Quoted(Expected);
            return NpyType.Find(name) ?? throw Fault(at, name switch
            {
                ['>', ..] => $"the dtype is '{name}', in big-endian byte order",
                ['<' or '|', 'O', ..] => $"the dtype is '{name}': Python objects, pickled",
                ['<' or '|', 'c', ..] => $"the dtype is '{name}': complex numbers",
                ['<' or '|', 'U' or 'S', ..] => $"the dtype is '{name}': texts",
                _ => $"the dtype is '{name}'",
            }, Expected);
        }

        private (int[] Shape, int Count) Shape()
        {
            var at = _at;
            var axes = new List<int>();
            var count = 1.0;
            Take("(", "the '(' of a tuple");
            while (!Next(")"))
            {
                axes.Add(Axis());
                count *= axes[^1];
                if (!Next(",") && !Ahead(")"))
                {
                    throw Fault(_at, $"the shape goes on with {Rest()}", "',' or ')'");
                }
            }

            if (axes.Count > AxisLimit)
            {
                throw Fault(at, $"the shape has {axes.Count} axes", $"at most {AxisLimit}");
            }

            // In double precision a product cannot wrap around, and near this limit it is exact.
            return count <= Array.MaxLength
                ? ([.. axes], (int)count)
                : throw Fault(at, $"the shape ({string.Join(", ", axes)}) has {count:G6} values", $"at most {Array.MaxLength}");
        }

        private int Axis()
        {
            var at = Skip();
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }

            return int.TryParse(text.AsSpan(at, _at - at), NumberStyles.None, CultureInfo.InvariantCulture, out var axis)
                ? axis
                : throw Fault(
                    at, $"an axis of the shape is {(_at > at ? text[at.._at] : Rest())}", $"a whole number from 0 to {int.MaxValue}");
        }

        private string Quoted(string expected)
        {
            var at = Skip();
            if (at < text.Length && text[at] is '\'' or '"')
            {
                var end = text.IndexOf(text[at], at + 1);
                if (end > 0)
                {
                    _at = end + 1;
                    return text[(at + 1)..end];
                }
            }

            throw Fault(at, $"the header goes on with {Rest()}", expected);
        }

        private void Take(string token, string expected)
        {
            if (!Next(token))
            {
                throw Fault(_at, $"the header goes on with {Rest()}", expected);
            }
        }

        private bool Next(string token)
        {
            var ahead = Ahead(token);
            _at += ahead ? token.Length : 0;
            return ahead;
        }

        private bool Ahead(string token) => text.AsSpan(Skip()).StartsWith(token, StringComparison.Ordinal);

        private int Skip()
        {
            while (_at < text.Length && text[_at] is ' ' or '\n' or '\r' or '\t')
            {
                _at++;
            }

            return _at;
        }

        private string Rest() => _at < text.Length ? $"\"{text.Substring(_at, Math.Min(24, text.Length - _at)).TrimEnd()}\"" : "its end";

        private DataFormatException Fault(int at, string found, string expected) => new(file, $"byte {start + at}", found, expected);
    }
}

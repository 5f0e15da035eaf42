using System.Runtime.CompilerServices;
using System.Text;

namespace HtiTune.Hosting;

/// <summary>SQL put together from interpolated parts; every hole becomes a parameter, never text.</summary>
internal sealed class SqlText
{
    private readonly StringBuilder _format = new();
    private readonly List<object?> _arguments = [];

    /// <summary>Adds a part.</summary>
    public SqlText Add(FormattableString part)
    {
        var holes = new object[part.ArgumentCount];
        for (var i = 0; i < holes.Length; i++)
        {
            holes[i] = $"{{{(_arguments.Count + i).ToString(CultureInfo.InvariantCulture)}}}";
        }
        _format.AppendFormat(CultureInfo.InvariantCulture, part.Format, holes).Append(' ');
        _arguments.AddRange(part.GetArguments());
        return this;
    }

    /// <summary>Adds a part where a condition holds.</summary>
    public SqlText AddIf(bool condition, FormattableString part) => condition ? Add(part) : this;

    /// <summary>The whole.</summary>
    public FormattableString ToSql() => FormattableStringFactory.Create(_format.ToString(), [.. _arguments]);
}

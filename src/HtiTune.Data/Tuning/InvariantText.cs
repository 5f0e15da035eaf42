using System.Text;

namespace HtiTune;

/// <summary>Records as text that is the same under every locale: a log of one machine can be read on another.</summary>
internal static class InvariantText
{
    /// <summary>What the compiler would print, with decimal points.</summary>
    /// <param name="name">The record's name.</param>
    /// <param name="printMembers">The record's own method of this name; false where it has no members.</param>
    internal static string Of(string name, Func<StringBuilder, bool> printMembers)
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            var text = new StringBuilder(name).Append(" { ");
            return (printMembers(text) ? text.Append(' ') : text).Append('}').ToString();
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}

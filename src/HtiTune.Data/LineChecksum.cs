using System.Security.Cryptography;

namespace HtiTune.Data;

/// <summary>The checksum by which each event of a journal ends, in a file's line as in a database's row: the last property of its JSON object.</summary>
internal static class LineChecksum
{
    private const int Bytes = 8;
    private const string Name = "\"checksum\":\"", End = "\"}";

    /// <summary>The first 8 bytes of the SHA-256 of what the checksum stands for, as 16 hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return Convert.ToHexStringLower(hash[..Bytes]);
    }

    /// <summary>The last property with the brace behind it, where other properties stand before it.</summary>
    public static string EndOf(string checksum) => $",{Name}{checksum}{End}";

    /// <summary>An object with its checksum.</summary>
    public static string With(string json, string checksum) => json == "{}" ? $"{{{EndOf(checksum)[1..]}" : $"{json[..^1]}{EndOf(checksum)}";

    /// <summary>An object without its checksum, and that; null where it has none.</summary>
    public static (string Json, string? Checksum) Split(string json)
    {
        var start = json.Length - End.Length - 2 * Bytes - Name.Length;
        var isAlone = start == 1 && json[0] == '{';
        return start > 0 && (isAlone || json[start - 1] == ',') && string.CompareOrdinal(json, start, Name, 0, Name.Length) == 0 && json.EndsWith(End, StringComparison.Ordinal)
            ? ($"{json[..(isAlone ? start : start - 1)]}}}", json[(start + Name.Length)..^End.Length])
            : (json, null);
    }
}

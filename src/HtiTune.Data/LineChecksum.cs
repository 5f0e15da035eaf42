using System.Security.Cryptography;

namespace HtiTune.Data;

/// <summary>The checksum by which each event of a journal ends, in a file's line as in a database's row: the last property of its JSON object.</summary>
internal static class LineChecksum
{
    private const int Bytes = 8;

    /// <summary>The first 8 bytes of the SHA-256 of what the checksum stands for, as 16 hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return Convert.ToHexStringLower(hash[..Bytes]);
    }

    /// <summary>The last property with the brace behind it, where other properties stand before it.</summary>
    public static string EndOf(string checksum) => $",\"checksum\":\"{checksum}\"}}";
}

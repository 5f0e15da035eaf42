// A model file, little-endian:
//   8 bytes   "HTITUNE" and a zero
//   int32     version of this format
//   int32     length of the header
//   header    JSON: what was fitted, how, and name and length of every array, in the order of the payload
//   payload   the arrays, float32
//   32 bytes  SHA-256 of everything before
// No type names and no code: a file can only fill the arrays that its header declares.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>One array of a model file's payload.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its numbers.</param>
internal sealed record ArrayEntry(string Name, int Length);

/// <summary>Writes and reads what all model files have in common: the frame around a header and arrays.</summary>
internal static class ModelContainer
{
    private const int PrefixLength = 16;
    private const int HashLength = 32;
    private static ReadOnlySpan<byte> Magic => "HTITUNE\0"u8;

    /// <summary>Writes a file: a temporary name first, then renamed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="version">Version of the format.</param>
    /// <param name="json">The header.</param>
    /// <param name="arrays">The arrays that it declares, in order.</param>
    internal static void Write(string path, int version, byte[] json, List<(string Name, float[] Values)> arrays)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AtomicFile.Write(path, stream =>
        {
            var prefix = new byte[PrefixLength];
            Magic.CopyTo(prefix);
            BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(8), version);
            BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(12), json.Length);
            Append(prefix);
            Append(json);
            foreach (var (_, values) in arrays)
            {
                Append(MemoryMarshal.AsBytes(values.AsSpan()));
            }

            stream.Write(hash.GetHashAndReset());

            void Append(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                stream.Write(bytes);
            }
        });
    }

    /// <summary>The version of a model file; its content is not looked at.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">It is no model file.</exception>
    internal static int VersionOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return BinaryPrimitives.ReadInt32LittleEndian(Prefix(path, stream).AsSpan(8));
    }

    /// <summary>Reads a file whose version is known.</summary>
    /// <param name="path">The file.</param>
    /// <param name="type">How the header is read.</param>
    /// <param name="arraysOf">The arrays that a header declares.</param>
    /// <param name="make">Makes what is in the file of its header and arrays.</param>
    /// <exception cref="DataFormatException">The file is damaged, cut short, or does not fit together.</exception>
    internal static TModel Read<THeader, TModel>(
        string path, JsonTypeInfo<THeader> type, Func<THeader, ArrayEntry[]> arraysOf, Func<THeader, Dictionary<string, float[]>, TModel> make)
        where THeader : class
    {
        var bytes = ReadWhole(path);
        var content = bytes.AsSpan(0, bytes.Length - HashLength);
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - HashLength)))
        {
            throw new DataFormatException(
                path, $"byte {bytes.Length - HashLength}", "a checksum that does not match the content", "an undamaged model file (SHA-256 over all before)");
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12));
        if (length < 0 || length > content.Length - PrefixLength)
        {
            throw new DataFormatException(path, "byte 12", $"a header of {length} bytes", $"at most {content.Length - PrefixLength}");
        }

        THeader header;
        try
        {
            header = JsonSerializer.Deserialize(content.Slice(PrefixLength, length), type) ?? throw new JsonException("the header is null");
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException)
        {
            throw new DataFormatException(path, $"byte {PrefixLength}", $"an unreadable header ({problem.Message})", "a model header in JSON", problem);
        }

        var payload = content[(PrefixLength + length)..];
        var declared = arraysOf(header).Sum(array => (long)array.Length) * sizeof(float);
        if (declared != payload.Length)
        {
            throw new DataFormatException(path, $"byte {PrefixLength + length}", $"{payload.Length} bytes of arrays", $"{declared}, as the header declares");
        }

        try
        {
            var arrays = new Dictionary<string, float[]>();
            var floats = MemoryMarshal.Cast<byte, float>(payload.ToArray().AsSpan());
            var start = 0;
            foreach (var array in arraysOf(header))
            {
                arrays[array.Name] = floats.Slice(start, array.Length).ToArray();
                start += array.Length;
            }

            return make(header, arrays);
        }
        catch (Exception problem) when (problem is ArgumentException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new DataFormatException(path, $"byte {PrefixLength}", $"a header that does not fit together ({problem.Message})", "a consistent model", problem);
        }
    }

    private static byte[] Prefix(string path, FileStream stream)
    {
        var start = new byte[PrefixLength];
        var got = stream.ReadAtLeast(start, PrefixLength, throwOnEndOfStream: false);
        return got == PrefixLength && start.AsSpan(0, 8).SequenceEqual(Magic)
            ? start
            : throw new DataFormatException(path, "byte 0", got < PrefixLength ? $"a file of {got} bytes" : "another kind of file", "a HtiTune model (\"HTITUNE\")");
    }

    private static byte[] ReadWhole(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var start = Prefix(path, stream);
        if (stream.Length < PrefixLength + HashLength || stream.Length > Array.MaxLength)
        {
            throw new DataFormatException(
                path, $"byte {stream.Length}", $"a file of {stream.Length} bytes", $"{PrefixLength + HashLength} to {Array.MaxLength} bytes");
        }

        var bytes = new byte[stream.Length];
        start.CopyTo(bytes, 0);
        stream.ReadExactly(bytes.AsSpan(PrefixLength));
        return bytes;
    }
}

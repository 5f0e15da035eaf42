// A model file, little-endian:
//   8 bytes   "HTITUNE" and a zero
//   int32     version of this format
//   int32     length of the header
//   header    JSON: hyperparameter, anchors, options, report, and name and length of every array, in the order of the payload
//   payload   the arrays, float32
//   32 bytes  SHA-256 of everything before
// No type names and no code: a file can only fill the arrays that its header declares.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using HtiTune.Data;
using HtiTune.Surrogates.Clock;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>Writes and reads the file of a <see cref="TrajectorySurrogate"/>, and of a <see cref="KrigedSurrogate"/> upon one.</summary>
internal static class ModelFile
{
    internal const int Version = 3;

    /// <summary>The version of files that hold a kriging: programs that know none refuse them.</summary>
    internal const int KrigedVersion = 4;

    private const int PrefixLength = 16;
    private const int HashLength = 32;
    private static ReadOnlySpan<byte> Magic => "HTITUNE\0"u8;

    internal static void Write(string path, TrajectoryState state, KrigingState? kriging = null)
    {
        var arrays = new List<(string Name, float[] Values)>();
        var header = ModelHeader.Of(state, arrays) with { Kriging = kriging is null ? null : KrigingHeader.Of(kriging) };
        var json = JsonSerializer.SerializeToUtf8Bytes(header, ModelHeaderJson.Default.ModelHeader);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AtomicFile.Write(path, stream =>
        {
            var prefix = new byte[PrefixLength];
            Magic.CopyTo(prefix);
            BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(8), kriging is null ? Version : KrigedVersion);
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

    internal static (TrajectoryState State, KrigingState? Kriging) Read(string path, Scale? scale)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = ReadWhole(path);
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        if (version is not (Version or KrigedVersion))
        {
            throw new DataFormatException(path, "byte 8", $"format version {version}", version > KrigedVersion ? $"version {KrigedVersion} at most; a newer HtiTune may read it" : $"version {Version}; fit the model again");
        }

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

        ModelHeader header;
        try
        {
            header = JsonSerializer.Deserialize(content.Slice(PrefixLength, length), ModelHeaderJson.Default.ModelHeader)
                ?? throw new JsonException("the header is null");
        }
        catch (JsonException problem)
        {
            throw new DataFormatException(path, $"byte {PrefixLength}", $"an unreadable header ({problem.Message})", "a model header in JSON", problem);
        }

        var payload = content[(PrefixLength + length)..];
        if (header.Arrays.Sum(a => (long)a.Length) * sizeof(float) != payload.Length)
        {
            throw new DataFormatException(
                path,
                $"byte {PrefixLength + length}",
                $"{payload.Length} bytes of arrays",
                $"{header.Arrays.Sum(a => (long)a.Length) * sizeof(float)}, as the header declares");
        }

        var arrays = new Dictionary<string, float[]>();
        var floats = MemoryMarshal.Cast<byte, float>(payload.ToArray().AsSpan());
        var start = 0;
        foreach (var declared in header.Arrays)
        {
            arrays[declared.Name] = floats.Slice(start, declared.Length).ToArray();
            start += declared.Length;
        }

        try
        {
            var state = header.ToState(arrays, scale);
            if (MethodRecipe.IsLearned(state.Options.Method))
            {
                PublishedMethods.For(state.Options.Method);
            }

            return (state, header.Kriging?.ToState());
        }
        catch (Exception problem) when (problem is ArgumentException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new DataFormatException(path, $"byte {PrefixLength}", $"a header that does not fit together ({problem.Message})", "a consistent model", problem);
        }
    }

    private static byte[] ReadWhole(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var start = new byte[PrefixLength];
        var got = stream.ReadAtLeast(start, PrefixLength, throwOnEndOfStream: false);
        if (got < PrefixLength || !start.AsSpan(0, 8).SequenceEqual(Magic))
        {
            throw new DataFormatException(path, "byte 0", got < PrefixLength ? $"a file of {got} bytes" : "another kind of file", "a HtiTune model (\"HTITUNE\")");
        }

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

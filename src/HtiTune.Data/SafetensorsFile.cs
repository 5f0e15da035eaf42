using System.Buffers.Binary;
using System.Text.Json;

namespace HtiTune.Data;

// A .safetensors file [Safetensors]:
//   byte 0    8 bytes   N, length of the header, little-endian
//   byte 8    N bytes   a JSON object: name → { dtype, shape, data_offsets: [from, end] }, and "__metadata__"
//   then      the tensors' bytes, little-endian and in C order; offsets count from here

/// <summary>Tensors in <c>.safetensors</c> files [Safetensors]: half, brain, single and double precision, whole numbers and bool, read only.</summary>
public static class SafetensorsFile
{
    private const int PrefixLength = 8;

    // The format's own limit is 100 MB; thousands of tensors fit into this one.
    private const long HeaderLimit = 4 << 20;
    private const int AxisLimit = 32;

    /// <summary>Reads a tensor.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The tensor's name; may be left out where there is one only.</param>
    /// <returns>The tensor; doubles are kept beside single precision where it rounds them.</returns>
    /// <exception cref="DataFormatException">The file holds something else, or not this tensor; the message names those it holds.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static NpyArray Read(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        Span<byte> prefix = stackalloc byte[PrefixLength];
        if (stream.ReadAtLeast(prefix, PrefixLength, throwOnEndOfStream: false) < PrefixLength)
        {
            throw new DataFormatException(path, "byte 0", "the file ends", "the length of the header, 8 bytes");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > HeaderLimit && FileKind.Of(stream) is { } kind)
        {
            throw new DataFormatException(path, "byte 0", $"the file is {kind}", "a .safetensors file, which starts with the length of its header");
        }

        if (length > HeaderLimit || (long)length > stream.Length - PrefixLength)
        {
            throw new DataFormatException(
                path, "byte 0", $"the header is said to have {length} bytes", $"at most {Math.Min(HeaderLimit, stream.Length - PrefixLength)}, as the file allows");
        }

        var text = new byte[length];
        stream.ReadExactly(text);
        try
        {
            using var header = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 8 });
            return Read(path, stream, header.RootElement, PrefixLength + (long)length, name);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            throw new DataFormatException(path, "byte 8 (header)", "the header is not the JSON of a .safetensors file", "tensors with dtype, shape and data_offsets", problem);
        }
    }

    private static NpyArray Read(string path, FileStream stream, JsonElement header, long dataAt, string? name)
    {
        var tensors = header.EnumerateObject().Where(property => property.Name != "__metadata__").ToList();
        var names = tensors.Count == 0 ? "none" : string.Join(", ", tensors.Take(20).Select(tensor => $"'{tensor.Name}'"));
        if (name is null && tensors.Count != 1)
        {
            throw new DataFormatException(path, "header", $"its tensors are {names}", "one tensor, or the name of the one that is meant");
        }

        var found = tensors.FindIndex(tensor => name is null || tensor.Name == name);
        if (found < 0)
        {
            throw new DataFormatException(path, "header", $"its tensors are {names}", $"one named '{name}'");
        }

        var (place, tensor) = ($"tensor '{tensors[found].Name}'", tensors[found].Value);
        if (!tensor.TryGetProperty("dtype", out var kind) || !tensor.TryGetProperty("shape", out var axes) || !tensor.TryGetProperty("data_offsets", out var offsets)
            || offsets.GetArrayLength() != 2 || !offsets[0].TryGetInt64(out var from) || !offsets[1].TryGetInt64(out var end))
        {
            throw new DataFormatException(path, place, "its entry is not whole", "dtype, shape and two data_offsets");
        }

        var (size, number) = Reader(path, place, kind.GetString());
        if (axes.GetArrayLength() > AxisLimit)
        {
            throw new DataFormatException(path, place, $"it has {axes.GetArrayLength()} axes", $"at most {AxisLimit}");
        }

        var count = 1.0;
        var shape = new List<int>();
        foreach (var axis in axes.EnumerateArray())
        {
            if (!axis.TryGetInt32(out var extent) || extent < 0)
            {
                throw new DataFormatException(path, place, $"an axis is {axis.GetRawText()}", "whole numbers of at least 0");
            }

            shape.Add(extent);
            count *= extent;
        }

        // Before anything of the declared size is allocated.
        if (from < 0 || end < from || end > stream.Length - dataAt || count * size != end - from)
        {
            throw new DataFormatException(
                path, place, $"bytes {from} to {end} of {stream.Length - dataAt} for the shape ({string.Join(", ", shape)}) of {kind.GetString()}",
                $"{count * size:0} bytes within the file");
        }

        return NpyArray.Of([.. shape], Values(path, place, stream, dataAt + from, (int)count, size, number));
    }

    private static double[] Values(string path, string place, FileStream stream, long at, int count, int size, Func<byte[], int, double> number)
    {
        var values = new double[count];
        var buffer = new byte[1 << 16];
        stream.Position = at;
        for (var i = 0; i < count;)
        {
            var chunk = (int)Math.Min(buffer.Length, (count - (long)i) * size);
            stream.ReadExactly(buffer, 0, chunk);
            for (var b = 0; b < chunk; b += size, i++)
            {
                var read = number(buffer, b);
                values[i] = read;
                if (!double.IsFinite(read))
                {
                    throw new DataFormatException(path, $"{place}, element {i}", $"the value is {read.ToString(CultureInfo.InvariantCulture)}", "a finite number");
                }
            }
        }

        return values;
    }

    private static (int Size, Func<byte[], int, double> Number) Reader(string path, string place, string? kind) => kind switch
    {
        "F64" => (8, (bytes, at) => BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(at))),
        "F32" => (4, (bytes, at) => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(at))),
        "F16" => (2, (bytes, at) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(at))),
        "BF16" => (2, (bytes, at) => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at)) << 16)),
        "I64" => (8, (bytes, at) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at))),
        "I32" => (4, (bytes, at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at))),
        "I16" => (2, (bytes, at) => BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(at))),
        "I8" => (1, (bytes, at) => (sbyte)bytes[at]),
        "U64" => (8, (bytes, at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at))),
        "U32" => (4, (bytes, at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at))),
        "U16" => (2, (bytes, at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at))),
        "U8" => (1, (bytes, at) => bytes[at]),
        "BOOL" => (1, (bytes, at) => bytes[at] == 0 ? 0 : 1),
        _ => throw new DataFormatException(path, place, $"the dtype is {kind}", "F16, BF16, F32, F64, a whole number (I8 to U64) or BOOL"),
    };
}

using System.Buffers.Binary;
using System.Text;

namespace HtiTune.Data;

// A .npy file [NumPyFormat]:
//   byte 0      6 bytes   93 'N' 'U' 'M' 'P' 'Y'
//   byte 6      2 bytes   version, major and minor: 1.0, 2.0 or 3.0
//   byte 8      2 bytes (version 1) or 4 bytes (2, 3)   length of the header, little-endian
//   then        the header, a Python dictionary; then the values, to the end of the file

/// <summary>Arrays in NumPy's <c>.npy</c> files [NumPyFormat]: single and double precision written; half, single, double, whole numbers and bool read.</summary>
public static class NpyFile
{
    private const int Alignment = 64;
    private const int ShortPrefix = 10;
    private const int LongPrefix = 12;
    private const int BufferSize = 1 << 16;

    // What a header says of one array fits into far less; a damaged length must not reserve memory.
    private const int LongestHeader = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array of little-endian real or whole numbers, in C or Fortran order, format version 1.0, 2.0 or 3.0.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The array, in C order; doubles are kept beside single precision where it rounds them.</returns>
    /// <exception cref="DataFormatException">The file holds something else; the message names file, position and expectation.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static NpyArray Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        return Read(path, stream).Array;
    }

    /// <summary>Reads a matrix: an array of two axes, or of one as a single column.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">The file holds something else; the message names file, position and expectation.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Matrix ReadMatrix(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        var (array, headerAt) = Read(path, stream);
        return array.Shape.Length is 1 or 2 ? array.ToMatrix() : throw new DataFormatException(
            path,
            $"byte {headerAt} (header)",
            $"the shape is ({string.Join(", ", array.Shape)})",
            "one axis or two: (rows,) or (rows, columns)");
    }

    /// <summary>Writes an array as little-endian <c>&lt;f4</c> in C order, format version 1.0, whole or not at all.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="shape">Length of each axis, 32 axes at most.</param>
    /// <param name="values">The values in C order, all finite, as many as the product of <paramref name="shape"/>.</param>
    /// <exception cref="ArgumentException">The number of values is not the product of the shape, or a value is not finite.</exception>
    public static void Write(string path, ReadOnlySpan<int> shape, ReadOnlySpan<float> values)
    {
        var header = HeaderFor(shape, values.Length, NpyType.Single);
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"The value at index {Index(shape, i, false)} is {values[i]}; expected a finite number.", nameof(values));
            }
        }

        AtomicFile.Write(path, values, (stream, content) =>
        {
            stream.Write(header);
            Span<byte> bytes = stackalloc byte[sizeof(float)];
            foreach (var value in content)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
                stream.Write(bytes);
            }
        });
    }

    /// <summary>Writes a matrix, shape [rows, columns]: as <c>&lt;f8</c> where it keeps doubles, else as <c>&lt;f4</c>.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="matrix">The matrix, all finite.</param>
    public static void Write(string path, Matrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (!matrix.HasDoubles)
        {
            Write(path, [matrix.Rows, matrix.Columns], matrix.Values);
            return;
        }

        Check.Finite(matrix, "value", nameof(matrix));
        AtomicFile.Write(path, stream => stream.Write(ToBytes(matrix)));
    }

    /// <summary>A matrix as the bytes of such a file: <c>&lt;f8</c> where it keeps doubles, else <c>&lt;f4</c>.</summary>
    /// <param name="matrix">The matrix, all finite.</param>
    public static byte[] ToBytes(Matrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var header = HeaderFor([matrix.Rows, matrix.Columns], matrix.Values.Length, matrix.HasDoubles ? NpyType.Double : NpyType.Single);
        if (matrix.HasDoubles)
        {
            var doubles = new byte[header.Length + matrix.Values.Length * sizeof(double)];
            header.CopyTo(doubles, 0);
            for (var i = 0; i < matrix.Values.Length; i++)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(doubles.AsSpan(header.Length + i * sizeof(double)), matrix.Exact(i / matrix.Columns, i % matrix.Columns));
            }

            return doubles;
        }

        var bytes = new byte[header.Length + matrix.Values.Length * sizeof(float)];
        header.CopyTo(bytes, 0);
        for (var i = 0; i < matrix.Values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(header.Length + i * sizeof(float)), matrix.Values[i]);
        }

        return bytes;
    }

    /// <summary>The matrix that bytes of such a file hold.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="name">What they are, for messages.</param>
    /// <exception cref="DataFormatException">They hold something else.</exception>
    public static Matrix FromBytes(byte[] bytes, string name)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        using var stream = new MemoryStream(bytes, writable: false);
        var (array, headerAt) = Read(name, stream);
        return array.Shape.Length is 1 or 2 ? array.ToMatrix() : throw new DataFormatException(
            name, $"byte {headerAt} (header)", $"the shape is ({string.Join(", ", array.Shape)})", "one axis or two: (rows,) or (rows, columns)");
    }

    private static byte[] HeaderFor(ReadOnlySpan<int> shape, int length, NpyType type)
    {
        if (shape.Length > NpyHeader.AxisLimit)
        {
            throw new ArgumentException($"The shape has {shape.Length} axes; expected at most {NpyHeader.AxisLimit}.", nameof(shape));
        }

        var count = 1.0;
        foreach (var axis in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(axis, nameof(shape));
            count *= axis;
        }

        if (count != length)
        {
            throw new ArgumentException(
                $"The shape ({string.Join(", ", shape.ToArray())}) needs {count} values, not {length}.", nameof(shape));
        }

        var text = NpyHeader.Text(shape, type);
        var padded = (ShortPrefix + text.Length + 1 + Alignment - 1) / Alignment * Alignment - ShortPrefix;
        return [.. Magic, 1, 0, (byte)padded, (byte)(padded >> 8), .. Encoding.ASCII.GetBytes(text.PadRight(padded - 1) + "\n")];
    }

    /// <summary>Reads the array of a stream of known length.</summary>
    internal static (NpyArray Array, int HeaderAt) Read(string path, Stream stream)
    {
        if (!stream.CanSeek)
        {
            throw new DataFormatException(path, "byte 0", "the file is a pipe or a device, of unknown length", "a regular file");
        }

        var (text, headerAt) = HeaderText(path, stream);
        var header = NpyHeader.Parse(path, text, headerAt);

        // Before anything of the declared size is allocated: a header may claim what the file does not hold.
        var dataAt = headerAt + text.Length;
        var needed = dataAt + (long)header.Count * header.Type.Size;
        var shape = $"{needed} bytes for {header.Count} values of {header.Type.Size} bytes, shape ({string.Join(", ", header.Shape)})";
        if (stream.Length < needed)
        {
            throw new DataFormatException(path, $"byte {stream.Length}", "the file ends", shape);
        }

        return stream.Length > needed
            ? throw new DataFormatException(path, $"byte {needed}", $"{stream.Length - needed} bytes follow the last value", shape)
            : (Values(path, stream, header, dataAt), headerAt);
    }

    private static (string Text, int At) HeaderText(string path, Stream stream)
    {
        Span<byte> prefix = stackalloc byte[LongPrefix];
        var read = stream.ReadAtLeast(prefix, LongPrefix, throwOnEndOfStream: false);
        var agreed = prefix[..read].CommonPrefixLength(Magic);
        if (agreed < Magic.Length && agreed < read && FileKind.Of(stream) is { } kind)
        {
            throw new DataFormatException(path, $"byte {agreed}", $"the file is {kind}", "a .npy file, which starts with \\x93NUMPY, as numpy.save writes");
        }

        if (agreed < Magic.Length)
        {
            throw new DataFormatException(
                path,
                $"byte {agreed}",
                agreed < read ? $"the byte is 0x{prefix[agreed]:X2}" : "the file ends",
                "a .npy file, which starts with \\x93NUMPY");
        }

        if (read < ShortPrefix || (prefix[6] > 1 && read < LongPrefix))
        {
            throw new DataFormatException(path, $"byte {read}", "the file ends", "format version and length of the header");
        }

        if (prefix[6] is < 1 or > 3 || prefix[7] != 0)
        {
            throw new DataFormatException(path, "byte 6", $"the format version is {prefix[6]}.{prefix[7]}", "1.0, 2.0 or 3.0");
        }

        var at = prefix[6] == 1 ? ShortPrefix : LongPrefix;
        long length = prefix[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]);
        if (length > LongestHeader)
        {
            throw new DataFormatException(path, $"byte {(prefix[6] == 1 ? 8 : at - 4)}", $"the header is said to have {length} bytes", $"at most {LongestHeader}");
        }

        if (at + length > stream.Length)
        {
            throw new DataFormatException(
                path, $"byte {stream.Length}", "the file ends in its header", $"a header of {length} bytes from byte {at} on");
        }

        var bytes = new byte[length];
        stream.Position = at;
        stream.ReadExactly(bytes);
        return (Encoding.Latin1.GetString(bytes), at);
    }

    private static NpyArray Values(string path, Stream stream, NpyHeader header, int dataAt)
    {
        var values = new double[header.Count];
        var (size, number) = (header.Type.Size, header.Type.Read);
        var buffer = new byte[BufferSize];
        for (var i = 0; i < values.Length;)
        {
            var chunk = buffer.AsSpan(0, (int)Math.Min(BufferSize, (values.Length - (long)i) * size));
            stream.ReadExactly(chunk);
            for (var b = 0; b < chunk.Length; b += size, i++)
            {
                var value = number(chunk[b..]);
                if (!double.IsFinite(value))
                {
                    throw new DataFormatException(
                        path,
                        $"index {Index(header.Shape, i, header.FortranOrder)} (byte {dataAt + (long)i * size})",
                        $"the value is {value.ToString(CultureInfo.InvariantCulture)}",
                        "a finite number");
                }

                values[header.FortranOrder ? PlaceInC(header.Shape, i) : i] = value;
            }
        }

        return NpyArray.Of(header.Shape, values);
    }

    // The i-th value of a file in Fortran order has the indices i mod n₀, (i / n₀) mod n₁, …
    private static int PlaceInC(int[] shape, int i)
    {
        var (place, stride) = (0, shape.Aggregate(1, (product, axis) => product * axis));
        foreach (var axis in shape)
        {
            stride /= axis;
            place += i % axis * stride;
            i /= axis;
        }

        return place;
    }

    private static string Index(ReadOnlySpan<int> shape, int i, bool fortranOrder)
    {
        var indices = new int[shape.Length];
        for (var k = 0; k < shape.Length; k++)
        {
            var axis = fortranOrder ? k : shape.Length - 1 - k;
            (i, indices[axis]) = Math.DivRem(i, shape[axis]);
        }

        return $"[{string.Join(", ", indices)}]";
    }
}

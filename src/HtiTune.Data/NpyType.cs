using System.Buffers.Binary;

namespace HtiTune.Data;

/// <summary>A kind of number in a <c>.npy</c> file.</summary>
/// <param name="Name">Its name in the header, e.g. <c>&lt;f4</c>.</param>
/// <param name="Size">Bytes of a value.</param>
/// <param name="Read">The value that these bytes hold; whole numbers beyond 2⁵³ as the nearest double.</param>
internal sealed record NpyType(string Name, int Size, NpyType.Reader Read)
{
    /// <summary>Little-endian single precision.</summary>
    internal static NpyType Single { get; } = new("<f4", sizeof(float), bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes));

    /// <summary>Little-endian double precision.</summary>
    internal static NpyType Double { get; } = new("<f8", sizeof(double), BinaryPrimitives.ReadDoubleLittleEndian);

    private static readonly NpyType[] s_all =
    [
        Single,
        Double,
        new("<f2", 2, bytes => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes)),
        new("<i2", 2, bytes => BinaryPrimitives.ReadInt16LittleEndian(bytes)),
        new("<i4", 4, bytes => BinaryPrimitives.ReadInt32LittleEndian(bytes)),
        new("<i8", 8, bytes => BinaryPrimitives.ReadInt64LittleEndian(bytes)),
        new("<u2", 2, bytes => BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        new("<u4", 4, bytes => BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
        new("<u8", 8, bytes => BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
        new("|i1", 1, bytes => (sbyte)bytes[0]),
        new("|u1", 1, bytes => bytes[0]),
        new("|b1", 1, bytes => bytes[0] == 0 ? 0 : 1),
    ];

    /// <summary>Takes a value from the beginning of some bytes.</summary>
    internal delegate double Reader(ReadOnlySpan<byte> bytes);

    /// <summary>The kind with a name; a byte has no order, and some writers give it one. Null without.</summary>
    internal static NpyType? Find(string name) =>
        Array.Find(s_all, type => type.Name == name || type.Size == 1 && name.Length == 3 && name[0] is '<' or '>' or '=' && name[1..] == type.Name[1..]);
}

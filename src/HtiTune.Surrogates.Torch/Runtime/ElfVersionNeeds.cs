using System.Buffers.Binary;
using System.Text;

namespace HtiTune.Surrogates.Runtime;

/// <summary>The symbol versions that a shared library asks of the libraries it depends on, and their repair.</summary>
/// <remarks>
/// 64-bit little-endian ELF (System V ABI; Linux Standard Base 5.0, Core, section 10.7, "Symbol Versioning"). Tables read:
/// SHT_GNU_verneed, one Elf64_Verneed a file (vn_version u16, vn_cnt u16, vn_file u32, vn_aux u32, vn_next u32) with a chain of
/// Elf64_Vernaux (vna_hash u32, vna_flags u16, vna_other u16, vna_name u32, vna_next u32); SHT_GNU_versym, one u16 a dynamic symbol,
/// equal to the vna_other of its version; SHT_DYNSYM, 24 bytes a symbol. The loader ignores a missing version whose entry carries
/// VER_FLG_WEAK, and fails the load otherwise, whether or not any relocation uses a symbol of that version.
/// </remarks>
internal sealed class ElfVersionNeeds
{
    private const uint DynamicSymbols = 11;
    private const uint VersionNeeds = 0x6ffffffe;
    private const uint SymbolVersions = 0x6fffffff;
    private const ushort WeakFlag = 0x2;
    private const int SymbolSize = 24;

    private readonly byte[] _image;
    private readonly Section _symbols, _symbolVersions;
    private readonly Section[] _sections;

    private ElfVersionNeeds(byte[] image)
    {
        _image = image;
        if (image.Length < 64 || !image.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new BadImageFormatException("Not a 64-bit little-endian ELF file.");
        }

        int table = checked((int)U64(0x28)), size = U16(0x3A), count = U16(0x3C);
        _ = image.AsSpan(table, size * count);
        _sections = new Section[count];
        for (var i = 0; i < count; i++)
        {
            var at = table + i * size;
            _sections[i] = new Section(
                U32(at + 4), checked((int)U64(at + 0x18)), checked((int)U64(at + 0x20)), (int)U32(at + 0x28), (int)U32(at + 0x2C));
        }

        _symbols = _sections.FirstOrDefault(s => s.Type == DynamicSymbols);
        _symbolVersions = _sections.FirstOrDefault(s => s.Type == SymbolVersions);
        Needs = [.. ReadNeeds()];
    }

    /// <summary>Every needed version, in file order.</summary>
    internal IReadOnlyList<VersionNeed> Needs { get; }

    /// <summary>Reads the tables of a library.</summary>
    /// <param name="image">The whole file.</param>
    /// <exception cref="BadImageFormatException">Not a 64-bit little-endian ELF file, or its tables point outside the file.</exception>
    internal static ElfVersionNeeds Parse(byte[] image)
    {
        try
        {
            return new ElfVersionNeeds(image);
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new BadImageFormatException("The ELF file is truncated or damaged: a table points outside it.", error);
        }
    }

    /// <summary>The dynamic symbols bound to a needed version.</summary>
    internal IReadOnlyList<string> SymbolsOf(VersionNeed need) => [.. SymbolIndices(need).Select(SymbolName)];

    /// <summary>A copy of the file in which the loader no longer insists on a version.</summary>
    /// <param name="need">The version to weaken.</param>
    /// <param name="rebind">Another needed version for its symbols, or null to leave them as they are.</param>
    internal byte[] Weaken(VersionNeed need, VersionNeed? rebind = null)
    {
        var copy = (byte[])_image.Clone();
        BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(need.FlagsOffset), (ushort)(U16(need.FlagsOffset) | WeakFlag));
        if (rebind is not null)
        {
            foreach (var symbol in SymbolIndices(need))
            {
                BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(_symbolVersions.Offset + 2 * symbol), rebind.Index);
            }
        }

        return copy;
    }

    private IEnumerable<VersionNeed> ReadNeeds()
    {
        foreach (var section in _sections.Where(s => s.Type == VersionNeeds))
        {
            var names = _sections[section.Link];
            var file = section.Offset;
            for (var i = 0; i < section.Info; i++)
            {
                var library = Text(names.Offset + (int)U32(file + 4));
                var entry = file + (int)U32(file + 8);
                for (var j = 0; j < U16(file + 2); j++)
                {
                    var flags = U16(entry + 4);
                    var version = Text(names.Offset + (int)U32(entry + 8));
                    yield return new VersionNeed(library, version, (ushort)(U16(entry + 6) & 0x7fff), (flags & WeakFlag) != 0, entry + 4);
                    entry += (int)U32(entry + 12);
                }

                file += (int)U32(file + 12);
            }
        }
    }

    private IEnumerable<int> SymbolIndices(VersionNeed need)
    {
        for (var i = 0; i < _symbolVersions.Size / 2; i++)
        {
            if ((U16(_symbolVersions.Offset + 2 * i) & 0x7fff) == need.Index)
            {
                yield return i;
            }
        }
    }

    private string SymbolName(int symbol) => Text(_sections[_symbols.Link].Offset + (int)U32(_symbols.Offset + SymbolSize * symbol));

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_image.AsSpan(at));

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_image.AsSpan(at));

    private ulong U64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_image.AsSpan(at));

    private string Text(int at)
    {
        var rest = _image.AsSpan(at);
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    private readonly record struct Section(uint Type, int Offset, int Size, int Link, int Info);
}

/// <summary>One needed version.</summary>
/// <param name="Library">The library that must define it, such as libstdc++.so.6.</param>
/// <param name="Version">Its name, such as GLIBCXX_3.4.32.</param>
/// <param name="Index">The number that symbols of this version carry.</param>
/// <param name="IsWeak">Whether the loader tolerates its absence.</param>
/// <param name="FlagsOffset">Where its flags stand in the file, in bytes.</param>
internal sealed record VersionNeed(string Library, string Version, ushort Index, bool IsWeak, int FlagsOffset);

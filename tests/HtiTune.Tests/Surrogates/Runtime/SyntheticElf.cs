using System.Text;

namespace HtiTune.Tests.Surrogates.Runtime;

/// <summary>Writes a small ELF file that has needed versions, from the System V ABI's layout.</summary>
internal static class SyntheticElf
{
    /// <param name="needs">Library, version, index; entries of one library stand together.</param>
    /// <param name="symbols">Symbol and the index of its version.</param>
    internal static byte[] Write((string Library, string Version, ushort Index)[] needs, (string Name, ushort Index)[] symbols)
    {
        var strings = new MemoryStream();
        strings.WriteByte(0);
        uint Text(string value)
        {
            var at = (uint)strings.Length;
            strings.Write(Encoding.ASCII.GetBytes(value + "\0"));
            return at;
        }

        var versions = Table(w =>
        {
            var libraries = needs.GroupBy(n => n.Library).ToArray();
            for (var i = 0; i < libraries.Length; i++)
            {
                var entries = libraries[i].ToArray();
                w.Write((ushort)1);
                w.Write((ushort)entries.Length);
                w.Write(Text(libraries[i].Key));
                w.Write(16u);
                w.Write(i + 1 < libraries.Length ? 16u + 16u * (uint)entries.Length : 0u);
                for (var j = 0; j < entries.Length; j++)
                {
                    w.Write(0xABCDEF01u);
                    w.Write((ushort)0);
                    w.Write(entries[j].Index);
                    w.Write(Text(entries[j].Version));
                    w.Write(j + 1 < entries.Length ? 16u : 0u);
                }
            }
        });
        var names = Table(w =>
        {
            w.Write(new byte[24]);
            foreach (var (name, _) in symbols)
            {
                w.Write(Text(name));
                w.Write(new byte[20]);
            }
        });
        var indices = Table(w =>
        {
            w.Write((ushort)0);
            foreach (var (_, index) in symbols)
            {
                w.Write(index);
            }
        });

        // Sections: 0 none, 1 strings, 2 symbols, 3 their versions, 4 needed versions.
        (uint Type, byte[] Content, uint Link, uint Info)[] sections =
        [
            (0, [], 0, 0), (3, strings.ToArray(), 0, 0), (11, names, 1, 1), (0x6fffffff, indices, 2, 0),
            (0x6ffffffe, versions, 1, (uint)needs.Select(n => n.Library).Distinct().Count()),
        ];
        return Table(w =>
        {
            w.Write([0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0]);
            w.Write(new byte[32]);
            w.Write(64UL + (ulong)sections.Sum(s => s.Content.Length));
            w.Write(new byte[10]);
            w.Write((ushort)64);
            w.Write((ushort)sections.Length);
            w.Write((ushort)0);
            foreach (var section in sections)
            {
                w.Write(section.Content);
            }

            var offset = 64UL;
            foreach (var section in sections)
            {
                w.Write(0u);
                w.Write(section.Type);
                w.Write(0UL);
                w.Write(0UL);
                w.Write(offset);
                w.Write((ulong)section.Content.Length);
                w.Write(section.Link);
                w.Write(section.Info);
                w.Write(0UL);
                w.Write(0UL);
                offset += (ulong)section.Content.Length;
            }
        });
    }

    private static byte[] Table(Action<BinaryWriter> write)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        return stream.ToArray();
    }
}

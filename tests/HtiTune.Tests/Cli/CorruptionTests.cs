using System.Globalization;
using System.IO.Compression;
using System.Text;
using HtiTune.Cli;
using HtiTune.External;
using HtiTune.Data;
using HtiTune.Tests.Data;
using HtiTune.Tests.Surrogates;

namespace HtiTune.Tests.Cli;

/// <summary>Damaged files: each ends a command with exit code 3 and a clear line, or is still a right file; never with a crash.</summary>
[Collection(Alone.Name)]
public class CorruptionTests
{
    private const int Corruptions = 500;
    private const long MemoryLimit = 500L << 20;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);
    private static readonly string[] s_kinds = ["study.json", "c.npy", "c.npz", "c.safetensors", "c.csv", "linear.hti", "hti.hti", "metric.hti", "space.hti"];

    [Fact]
    public async Task Five_hundred_damaged_files_are_refused_in_words()
    {
        using var folder = new TemporaryFolder();
        await Files(folder);
        var stream = new RandomStreams(11).Stream("corruptions");
        var refused = 0;
        for (var i = 0; i < Corruptions; i++)
        {
            var kind = s_kinds[i % s_kinds.Length];
            var whole = await File.ReadAllBytesAsync(folder.File(kind));
            var (damaged, how) = Damaged(whole, stream);
            await File.WriteAllBytesAsync(folder.File(kind), damaged);
            var what = $"{i}: {kind}, {how}";
            try
            {
                var (before, started) = (GC.GetTotalAllocatedBytes(), TimeProvider.System.GetTimestamp());
                var (code, _, errors) = await InProcess.Run(Command(folder, kind));
                Assert.True(TimeProvider.System.GetElapsedTime(started) < s_limit, what);
                Assert.True(GC.GetTotalAllocatedBytes() - before < MemoryLimit, what);
                Accept(what, code, errors);
                refused += code == ExitCode.BadInput ? 1 : 0;
            }
            finally
            {
                await File.WriteAllBytesAsync(folder.File(kind), whole);
            }
        }

        // A bit of a comment or of a number's last digit harms nothing; most damages do.
        Assert.InRange(refused, Corruptions / 2, Corruptions);
    }

    [Fact]
    public async Task So_are_they_in_a_process_of_its_own()
    {
        using var folder = new TemporaryFolder();
        await Files(folder);
        var stream = new RandomStreams(12).Stream("corruptions");
        for (var i = 0; i < 2 * s_kinds.Length; i++)
        {
            var kind = s_kinds[i % s_kinds.Length];
            var whole = await File.ReadAllBytesAsync(folder.File(kind));
            var (damaged, how) = Damaged(whole, stream);
            await File.WriteAllBytesAsync(folder.File(kind), damaged);
            var (code, errors, peak, time) = await CliProcess.Watch(Path.GetDirectoryName(folder.File(kind))!, Command(folder, kind));
            var what = $"{i}: {kind}, {how}";
            Accept(what, code, errors);
            Assert.True(peak < MemoryLimit, $"{what}: {peak >> 20} MiB");
            Assert.True(time < TimeSpan.FromSeconds(60), what); // a process of its own starts slowly on a busy machine; the five seconds are held to above
            await File.WriteAllBytesAsync(folder.File(kind), whole);
        }
    }

    [Theory]
    [InlineData("bomb.npz")]
    [InlineData("header.npy")]
    [InlineData("shape.npy")]
    [InlineData("header.safetensors")]
    [InlineData("line.csv")]
    [InlineData("fields.csv")]
    [InlineData("long.json")]
    public async Task What_claims_or_hides_gigabytes_takes_no_memory(string name)
    {
        using var folder = new TemporaryFolder();
        await Files(folder);
        await using (var file = File.Create(folder.File(name)))
        {
            switch (name)
            {
                case "bomb.npz":
                    // 700 MB of zeros pack into less than one.
                    await using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
                    await using (var entry = await archive.CreateEntry("contexts.npy", CompressionLevel.Fastest).OpenAsync())
                    {
                        var zeros = new byte[1 << 20];
                        for (var i = 0; i < 700; i++)
                        {
                            await entry.WriteAsync(zeros);
                        }
                    }

                    break;
                case "header.npy":
                    // The file is sparse and really as long as it says.
                    await file.WriteAsync((byte[])[0x93, .. "NUMPY"u8, 2, 0, .. BitConverter.GetBytes(0x7000_0000)]);
                    file.SetLength(0x7000_0100);
                    break;
                case "shape.npy":
                    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (500000000, 2), }\n"u8.ToArray();
                    await file.WriteAsync((byte[])[0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)text.Length), .. text]);
                    file.SetLength(1 << 20);
                    break;
                case "header.safetensors":
                    await file.WriteAsync(BitConverter.GetBytes(0x7000_0000L));
                    file.SetLength(0x7000_0100);
                    break;
                case "fields.csv":
                    var commas = new byte[1 << 20];
                    Array.Fill(commas, (byte)',');
                    for (var i = 0; i < 64; i++)
                    {
                        await file.WriteAsync(commas);
                    }

                    break;
                default:
                    // One line without an end.
                    await file.WriteAsync("a,b\n"u8.ToArray());
                    file.SetLength(1L << 30);
                    break;
            }
        }

        var study = await File.ReadAllTextAsync(folder.File("c.csv.json"));
        await File.WriteAllTextAsync(folder.File("big.json"), study.Replace("c.csv", name, StringComparison.Ordinal));
        var checkedFile = name.EndsWith(".json", StringComparison.Ordinal) ? name : "big.json";
        var (code, errors, peak, time) = await CliProcess.Watch(Path.GetDirectoryName(folder.File(name))!, "check", folder.File(checkedFile));
        Assert.True(code == ExitCode.BadInput, errors);
        Assert.Contains(name, errors, StringComparison.Ordinal);
        Assert.True(peak < MemoryLimit, $"{peak >> 20} MiB");
        Assert.True(time < TimeSpan.FromSeconds(60), $"{time}");
    }

    private static void Accept(string what, int code, string errors)
    {
        Assert.True(code is ExitCode.BadInput or ExitCode.Done, $"{what}: exit code {code}, {errors}");
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (code == ExitCode.BadInput)
        {
            Assert.True(lines.Count(line => line.StartsWith("error[H0", StringComparison.Ordinal)) == 1, $"{what}: {errors}");
            Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        }
    }

    private static string[] Command(TemporaryFolder folder, string kind) => kind switch
    {
        "study.json" => ["check", folder.File(kind)],
        "space.hti" => ["sample", "--model", folder.File(kind), "--at", "a=0.4,b=x", "--out", folder.File("y.npy")],
        _ when kind.EndsWith(".hti", StringComparison.Ordinal) => ["sample", "--model", folder.File(kind), "--from", "0", "--lambda", "0.5", "--input", folder.File("x.npy"), "--out", folder.File("y.npy")],
        _ => ["check", folder.File(kind + ".json")],
    };

    // As a damaged disk, a broken transfer, another program or an ill-meaning author leave a file.
    private static (byte[] Bytes, string How) Damaged(byte[] whole, RandomStream stream)
    {
        var bytes = (byte[])whole.Clone();
        var header = Math.Min(bytes.Length, 160);
        var at = stream.NextInt(bytes.Length);
        switch (stream.NextInt(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << stream.NextInt(8));
                return (bytes, $"a bit of byte {at} flipped");
            case 1:
                return (bytes[..at], $"cut to {at} bytes");
            case 2:
                stream.Shuffle(bytes.AsSpan(0, header));
                return (bytes, "its header shuffled");
            case 3:
                var other = stream.NextInt(header);
                for (var i = 0; i < Math.Min(8, header - other); i++)
                {
                    bytes[other + i] = 0xFF;
                }

                return (bytes, $"eight bytes of 0xFF at {other}");
            case 4:
                // A huge declared shape, wherever a number stands.
                var digits = Enumerable.Range(0, bytes.Length).Where(i => char.IsAsciiDigit((char)bytes[i])).Take(40).ToList();
                var digit = digits.Count > 0 ? digits[stream.NextInt(digits.Count)] : at;
                return ([.. bytes[..digit], .. "9999999999"u8, .. bytes[digit..]], $"9999999999 put in at {digit}");
            case 5:
                for (var i = 0; i < 16; i++)
                {
                    bytes[stream.NextInt(bytes.Length)] = (byte)stream.NextInt(256);
                }

                return (bytes, "16 bytes replaced");
            default:
                return ([0x93, .. "NUMPY"u8, 1, 0, .. bytes], "another file's beginning before it");
        }
    }

    private static async Task Files(TemporaryFolder folder)
    {
        NpyFile.Write(folder.File("c.npy"), Matrix.Create(50, 2, (i, row) => (row[0], row[1]) = (i, i * i)));
        await using (var npz = ZipFile.Open(folder.File("c.npz"), ZipArchiveMode.Create))
        {
            npz.CreateEntryFromFile(folder.File("c.npy"), "contexts.npy");
        }

        var header = "{\"contexts\":{\"dtype\":\"F32\",\"shape\":[50,2],\"data_offsets\":[0,400]}}"u8;
        await File.WriteAllBytesAsync(folder.File("c.safetensors"), [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[400]]);
        await File.WriteAllTextAsync(folder.File("c.csv"), "age,weight\n" + string.Concat(Enumerable.Range(0, 50).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{i * 0.5}\n"))));
        await File.WriteAllTextAsync(folder.File("train.sh"), ""); // A script that is missing is a fault of its own.
        foreach (var kind in s_kinds.Where(kind => kind.StartsWith("c.", StringComparison.Ordinal)).Append("study.json"))
        {
            var (name, contexts) = kind == "study.json" ? (kind, "c.csv") : (kind + ".json", kind);
            await File.WriteAllTextAsync(folder.File(name), $$"""
                {
                  "hyperparameter": { "name": "rate", "from": 0.1, "to": 1, "scale": "log" },
                  "command": "sh train.sh {rate} {out}",
                  "contexts": "{{contexts}}", // conditions
                  "outputs": { "format": ".csv", "columns": ["cost", "heat"] },
                  "objective": "0.5 * mean(cost) + cvar(abs(heat), 0.9)",
                  "budget": { "trainings": 3 },
                }
                """, Encoding.UTF8);
        }

        var anchors = Problems.Linear([0, 1]);
        float[] Rows(Samples samples) => [.. Enumerable.Range(0, samples.Count).SelectMany(i => samples.Outputs.Row(i).ToArray().Concat(samples.Conditions.Row(i).ToArray()))];
        NpyFile.Write(folder.File("a.npy"), [2, 60, 4], [.. anchors.SelectMany(anchor => Rows(anchor.Samples))]);
        NpyFile.Write(folder.File("x.npy"), [60, 4], Rows(anchors[0].Samples));
        int code;
        string errors;
        foreach (var (name, options) in ((string, string[])[])[("linear", ["--method", "linear"]), ("hti", []), ("metric", ["--metric", "learned"])])
        {
            (code, _, errors) = await InProcess.Run(["fit", "--data", folder.File("a.npy"), "--outputs", "2", "--lambdas", "0,1", "--out", folder.File(name + ".hti"), .. options]);
            Assert.True(code == ExitCode.Done, errors);
        }

        await File.WriteAllTextAsync(folder.File("space.csv"), "a,b\n0,x\n1,y\n");
        string[] space = ["-P", "a=0..1", "-P", "b=x,y", "--anchors", folder.File("space.csv")];
        (code, _, errors) = await InProcess.Run(["fit", "--data", folder.File("a.npy"), "--outputs", "2", .. space, "--out", folder.File("space.hti")]);
        Assert.True(code == ExitCode.Done, errors);
        foreach (var kind in s_kinds)
        {
            (code, _, errors) = await InProcess.Run(Command(folder, kind));
            Assert.True(code == ExitCode.Done, $"{kind}: {errors}");
        }
    }
}

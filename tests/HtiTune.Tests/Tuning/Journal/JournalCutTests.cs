using System.Runtime.CompilerServices;
using CsCheck;
using HtiTune.Journal;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>The journal cut at any byte, as a kill or a full disk cuts it.</summary>
public sealed class JournalCutTests : IDisposable
{
    private readonly StudyFixture _study = new();
    private readonly byte[] _whole;
    private readonly StudyJournal _journal;

    // Length of the file after each line.
    private readonly int[] _ends;

    public JournalCutTests()
    {
        using (var tuner = _study.Open(StudyFixture.Task.Network()))
        {
            StudyFixture.Program(tuner);
        }

        _whole = File.ReadAllBytes(_study.Journal);
        _journal = StudyJournal.Read(_study.Folder);
        _ends = [.. _whole.Index().Where(b => b.Item == (byte)'\n').Select(b => b.Index + 1)];
        Assert.Equal(_ends.Length, _journal.Events.Count);
    }

    public void Dispose() => _study.Dispose();

    [Fact]
    public void Whatever_the_byte_whole_lines_are_read_and_the_rest_is_told()
    {
        using var copy = _study.Copy();

        // Every byte of the first two lines of each kind, and of other lines the bytes about their ends and some within.
        HashSet<int> all =
        [
            .. _journal.Events.Index().Skip(1).GroupBy(line => line.Item.GetType()).SelectMany(kind => kind.Take(2))
                .SelectMany(line => Enumerable.Range(_ends[line.Index - 1], _ends[line.Index] - _ends[line.Index - 1])),
            .. _ends.SelectMany(end => Enumerable.Range(end - 3, 6)),
        ];
        for (var length = _ends[0]; length < _whole.Length; length++)
        {
            if (!all.Contains(length) && length % 11 != 0)
            {
                continue;
            }

            File.WriteAllBytes(copy.Journal, _whole[..length]);
            var read = StudyJournal.Read(copy.Folder);

            // A line is whole with or without its end of line.
            var lines = _ends.Count(end => end <= length + 1);
            Assert.Equal(lines, read.Events.Count);
            Assert.Equal(_journal.Events[lines - 1].Sequence, read.Events[^1].Sequence);
            var torn = length - _ends[lines - 1];
            Assert.Equal(torn > 0 ? new TornLine(lines + 1, torn) : null, read.Torn);
        }
    }

    [Fact]
    public void In_the_header_there_is_no_study_and_the_error_names_the_line()
    {
        using var copy = _study.Copy();
        for (var length = 0; length < _ends[0] - 1; length += 7)
        {
            File.WriteAllBytes(copy.Journal, _whole[..length]);
            var before = copy.Contents();
            var error = Assert.Throws<HtiTune.Data.DataFormatException>(() => copy.Open(StudyFixture.Task.Network()));
            Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
            Assert.Equal(before, copy.Contents());
        }
    }

    [Fact]
    public void Cut_anywhere_in_any_line_the_resumed_study_ends_as_the_undisturbed_one()
    {
        var offsets = Gen.Int[0, int.MaxValue].Array[_ends.Length];
        offsets.Sample(
            random =>
            {
                for (var line = 1; line < _ends.Length; line++)
                {
                    Ends(_ends[line - 1] + random[line] % (_ends[line] - _ends[line - 1]));
                }
            },
            iter: 1, threads: 1);
    }

    [Fact]
    public void Cut_at_the_first_and_the_last_bytes_of_the_last_lines_too()
    {
        foreach (var line in new[] { _ends.Length - 2, _ends.Length - 1 })
        {
            foreach (var length in new[] { _ends[line - 1], _ends[line - 1] + 1, _ends[line] - 2, _ends[line] - 1, _ends[line] })
            {
                Ends(length);
            }
        }
    }

    [Fact]
    public void Cut_again_and_again_it_still_ends_the_same()
    {
        using var copy = _study.Copy();
        var at = _whole.Length;
        Gen.Int[0, 400].Array[6].Sample(
            cuts =>
            {
                foreach (var cut in cuts)
                {
                    var bytes = File.ReadAllBytes(copy.Journal);
                    File.WriteAllBytes(copy.Journal, bytes[..Math.Max(_ends[0], bytes.Length - cut * 10)]);
                    using var tuner = copy.Open(StudyFixture.Task.Network());
                    Assert.Equal(StudyFixture.Undisturbed, StudyFixture.Program(tuner));
                }
            },
            iter: 1, threads: 1);
    }

    [Fact]
    public void Zeros_after_a_power_failure_count_as_a_torn_line()
    {
        using var copy = _study.Copy();
        File.WriteAllBytes(copy.Journal, [.. _whole[.._ends[20]], .. new byte[300]]);
        Assert.Equal(new TornLine(22, 300), StudyJournal.Read(copy.Folder).Torn);
        using var tuner = copy.Open(StudyFixture.Task.Network());
        Assert.Equal(StudyFixture.Undisturbed, StudyFixture.Program(tuner));
        Assert.Equal(300, StudyJournal.Read(copy.Folder).Events.OfType<StudyResumed>().Single().BytesCut);
    }

    [Fact]
    public void Damage_before_the_last_line_is_an_error_that_names_file_and_line()
    {
        using var copy = _study.Copy();
        Gen.Int[0, _ends[^2] - 2].Sample(
            at =>
            {
                var bytes = (byte[])_whole.Clone();
                bytes[at] ^= 0x20;
                File.WriteAllBytes(copy.Journal, bytes);
                var before = copy.Contents();
                var error = Assert.Throws<HtiTune.Data.DataFormatException>(() => copy.Open(StudyFixture.Task.Network()));
                Assert.Equal((copy.Journal, $"line {_ends.Count(end => end <= at) + 1}"), (error.File, error.Position));
                Assert.Equal(before, copy.Contents());
            },
            iter: 200, threads: 1);
    }

    [Fact]
    public void A_missing_line_is_an_error_too()
    {
        using var copy = _study.Copy();
        File.WriteAllBytes(copy.Journal, [.. _whole[.._ends[9]], .. _whole[_ends[10]..]]);
        var error = Assert.Throws<HtiTune.Data.DataFormatException>(() => StudyJournal.Read(copy.Folder));
        Assert.Equal("line 11", error.Position);
        Assert.Contains("sequence number is 12", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Resumes the study cut at a length, and checks that no training whose line is whole is made again.</summary>
    private void Ends(int length, [CallerArgumentExpression(nameof(length))] string where = "")
    {
        using var copy = _study.Copy();
        File.WriteAllBytes(copy.Journal, _whole[..length]);
        var kept = StudyJournal.Read(copy.Folder).Completed.Select(e => e.Lambda).ToList();
        var network = StudyFixture.Task.Network();
        using (var tuner = copy.Open(network))
        {
            Assert.Equal(kept.Count, tuner.Anchors?.Count ?? 0);
            Assert.True(StudyFixture.Undisturbed == StudyFixture.Program(tuner), $"cut at byte {length} ({where})");
        }

        Assert.Empty(network.Trained.Intersect(kept));
        var journal = StudyJournal.Read(copy.Folder);
        Assert.Equal(9 - kept.Count, network.Trained.Count);
        Assert.Equal(_journal.Runs.SelectMany(r => r.Proposals), journal.Runs.SelectMany(r => r.Proposals));
        Assert.Equal(_journal.Runs.Select(r => r.End! with { Sequence = 0, Time = default }), journal.Runs.Select(r => r.End! with { Sequence = 0, Time = default }));
    }
}

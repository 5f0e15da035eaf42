using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Tuning.Journal;

public class JournalFaultTests
{
    [Fact]
    public void On_a_disk_that_fills_up_at_any_byte_nothing_is_damaged_and_the_study_goes_on_later()
    {
        long needed;
        using (var study = new StudyFixture())
        {
            var disk = new Disk(long.MaxValue);
            using var tuner = study.Open(StudyFixture.Task.Network(), disk);
            StudyFixture.Program(tuner);
            needed = disk.Written;
        }

        for (var room = 60L; room < needed; room += needed / 41 + 3)
        {
            using var study = new StudyFixture();
            var disk = new Disk(room);
            var network = StudyFixture.Task.Network();
            var error = Assert.Throws<IOException>(() =>
            {
                using var tuner = study.Open(network, disk);
                StudyFixture.Program(tuner);
            });
            Assert.Contains(study.Folder, error.Message, StringComparison.Ordinal);
            Assert.Contains("expected a folder that this process may write to, with room on its disk", error.Message, StringComparison.Ordinal);
            if (StudyJournal.Exists(study.Folder))
            {
                var journal = StudyJournal.Read(study.Folder);
                Assert.Null(journal.Torn);

                // A training is announced before it is made; only the last may be missing.
                Assert.InRange(journal.Completed.Count, network.Trained.Count - 1, network.Trained.Count);
            }

            using var later = study.Open(StudyFixture.Task.Network());
            Assert.Equal(StudyFixture.Undisturbed, StudyFixture.Program(later));
        }
    }

    [Fact]
    public void What_a_full_disk_held_up_is_written_as_soon_as_there_is_room()
    {
        using var study = new StudyFixture();
        var disk = new Disk(long.MaxValue);
        var network = new FormulaNetwork(StudyFixture.Task.Output) { Before = (n, _, _) => disk.Room = n == 5 ? disk.Written : disk.Room };
        using (var tuner = study.Open(network, disk))
        {
            Assert.Throws<IOException>(() => tuner.Optimize(StudyFixture.First));
            Assert.Equal(5, tuner.Anchors!.Count);
            Assert.Equal(4, StudyJournal.Read(study.Folder).Completed.Count);
            disk.Room = long.MaxValue;
            tuner.Optimize(StudyFixture.Second, 0);
            Assert.Equal(5, StudyJournal.Read(study.Folder).Completed.Count);
        }

        Assert.Equal(network.Trained.Order(), StudyJournal.Read(study.Folder).LoadAnchors().Lambdas);
    }

    [Fact]
    public void A_folder_that_may_not_be_written_is_told_and_can_still_be_read()
    {
        using var study = new StudyFixture();
        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            tuner.Optimize(StudyFixture.First);
        }

        var before = study.Contents();
        var error = Assert.Throws<IOException>(() => study.Open(StudyFixture.Task.Network(), new ReadOnly()));
        Assert.Contains(study.Folder, error.Message, StringComparison.Ordinal);
        Assert.Contains("may write to", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, study.Contents());
        Assert.Equal(7, StudyJournal.Read(study.Folder).LoadAnchors().Count);

        // A file stands where the folder should be.
        error = Assert.Throws<IOException>(() => Tuner.Open(Path.Combine(study.Journal, "deeper"), StudyFixture.Task.Network(), Problem.Hyperparameter, StudyFixture.Contexts));
        Assert.Contains("journal.jsonl", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_of_a_newer_version_is_left_alone()
    {
        using var study = new StudyFixture();
        using (study.Open(StudyFixture.Task.Network()))
        {
        }

        File.WriteAllText(study.Journal, File.ReadAllText(study.Journal).Replace($"\"schema\":{StudyJournal.LineSchema},", $"\"schema\":{StudyJournal.Schema + 1},\"more\":true,", StringComparison.Ordinal));
        var before = study.Contents();
        var error = Assert.Throws<DataFormatException>(() => study.Open(StudyFixture.Task.Network()));
        Assert.Contains($"schema {StudyJournal.Schema + 1}, of a newer version of HtiTune", error.Message, StringComparison.Ordinal);
        Assert.Throws<DataFormatException>(() => StudyJournal.Read(study.Folder));
        Assert.Equal(before, study.Contents());
    }

    [Fact]
    public void Another_study_is_told_from_this_one_by_all_that_differs()
    {
        using var study = new StudyFixture();
        using (study.Open(StudyFixture.Task.Network()))
        {
        }

        var before = study.Contents();
        var error = Assert.Throws<ArgumentException>(() => Tuner.Open(
            study.Folder, StudyFixture.Task.Network(), Hyperparameter.Continuous("weight", 0, 1), StudyFixture.Contexts.Select([1, 2]),
            StudyFixture.Options with { Seed = 99 }));
        foreach (var part in new[] { study.Folder, "strength in [2, 6]", "weight in [0, 1]", "21 contexts", "seed is 11, not 99" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, study.Contents());
    }

    [Fact]
    public void One_tuner_at_a_time_has_a_study_open_and_others_may_read()
    {
        using var study = new StudyFixture();
        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            var error = Assert.Throws<StudyInUseException>(() => study.Open(StudyFixture.Task.Network()));
            Assert.Contains("is open in another process or tuner", error.Message, StringComparison.Ordinal);
            error = Assert.Throws<StudyInUseException>(() => Tuner.Resume(study.Folder, StudyFixture.Task.Network(), StudyFixture.Options));
            Assert.Contains(study.Folder, error.Message, StringComparison.Ordinal);
            var run = tuner.Begin(StudyFixture.First);
            Assert.NotNull(run.Ask());
            Assert.True(StudyJournal.Read(study.Folder).Events[^1] is TrainingProposed { IsStarted: true });
        }

        using var next = study.Open(StudyFixture.Task.Network());
        Assert.Equal(StudyFixture.Undisturbed, StudyFixture.Program(next));
    }

    [Fact]
    public void Files_that_are_missing_or_changed_are_named()
    {
        using var study = new StudyFixture();
        Assert.Contains(study.Folder, Assert.Throws<FileNotFoundException>(() => Tuner.Resume(study.Folder, StudyFixture.Task.Network())).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(study.Folder));
        using (var tuner = study.Open(StudyFixture.Task.Network()))
        {
            tuner.Optimize(StudyFixture.First, 3);
        }

        var samples = Path.Combine(study.Folder, "anchors", "0002.npy");
        var bytes = File.ReadAllBytes(samples);
        bytes[^1] ^= 1;
        File.WriteAllBytes(samples, bytes);
        Assert.Equal(samples, Assert.Throws<DataFormatException>(() => study.Open(StudyFixture.Task.Network())).File);
        File.Delete(samples);
        Assert.Equal(samples, Assert.Throws<FileNotFoundException>(() => study.Open(StudyFixture.Task.Network())).FileName);
        File.Delete(study.Journal);
        Assert.Contains("0001.npy", Assert.Throws<IOException>(() => study.Open(StudyFixture.Task.Network())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_cleared_away()
    {
        using var study = new StudyFixture();
        using (study.Open(StudyFixture.Task.Network()))
        {
        }

        string[] left = [Path.Combine(study.Folder, "anchors", "0001.npy.77-0.tmp"), study.Journal + ".77-0.tmp"];
        var mine = Path.Combine(study.Folder, "notes.tmp");
        Array.ForEach([.. left, mine], path => File.WriteAllText(path, "half"));
        using var tuner = study.Open(StudyFixture.Task.Network());
        Assert.DoesNotContain(left, File.Exists);
        Assert.True(File.Exists(mine));
    }

    /// <summary>A disk with room for so many bytes: what is written beyond them is lost, and the writer is told.</summary>
    private sealed class Disk(long room) : StudyFiles
    {
        public long Room { get; set; } = room;

        public long Written { get; private set; }

        public override Stream OpenJournal(string path) => new Limited((FileStream)base.OpenJournal(path), this);

        public override void Flush(Stream stream) => base.Flush(((Limited)stream).Inner);

        public override void Write(string path, byte[] content)
        {
            Take(content.Length);
            base.Write(path, content);
        }

        public override void Write(string path, Matrix matrix)
        {
            Take(4 * matrix.Values.Length + 128);
            base.Write(path, matrix);
        }

        public int Take(int bytes, bool isWhole = true)
        {
            var fits = (int)Math.Min(bytes, Math.Max(0, Room - Written));
            if (fits < bytes && isWhole)
            {
                throw new IOException("No space left on device");
            }

            Written += fits;
            return fits;
        }

        private sealed class Limited(FileStream inner, Disk disk) : Stream
        {
            public FileStream Inner => inner;

            public override bool CanRead => true;

            public override bool CanSeek => true;

            public override bool CanWrite => true;

            public override long Length => inner.Length;

            public override long Position
            {
                get => inner.Position;
                set => inner.Position = value;
            }

            public override void Flush() => inner.Flush();

            public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

            public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

            public override void SetLength(long value) => inner.SetLength(value);

            public override void Write(byte[] buffer, int offset, int count)
            {
                var fits = disk.Take(count, isWhole: false);
                inner.Write(buffer, offset, fits);
                if (fits < count)
                {
                    throw new IOException("No space left on device");
                }
            }

            protected override void Dispose(bool disposing) => inner.Dispose();
        }
    }

    private sealed class ReadOnly : StudyFiles
    {
        public override Stream OpenLock(string path) => throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.");
    }
}

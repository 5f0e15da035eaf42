using System.Text.Json.Serialization;

namespace HtiTune.Cli;

/// <summary>Who has which training in hand and until when: a file in the study's folder, read and written by whoever has the study open.</summary>
internal sealed class LeaseBook
{
    private const string FileName = "leases.json";
    private static readonly TimeSpan s_least = TimeSpan.FromHours(2);
    private readonly string _file;
    private readonly TimeProvider _clock;
    private readonly List<Lease> _leases;

    private LeaseBook(string file, TimeProvider clock, List<Lease> leases) => (_file, _clock, _leases) = (file, clock, leases);

    /// <summary>The leases of the trainings that are outstanding; of others they have ended.</summary>
    /// <param name="folder">The study's folder.</param>
    /// <param name="outstanding">Numbers of the trainings that were asked for and not told.</param>
    /// <param name="clock">The clock.</param>
    internal static LeaseBook Read(string folder, IEnumerable<int> outstanding, TimeProvider clock)
    {
        var file = Path.Combine(folder, FileName);
        try
        {
            var leases = File.Exists(file) ? JsonSerializer.Deserialize<List<Lease>>(File.ReadAllText(file), HtiTuneJson.Lines) ?? [] : [];
            return new LeaseBook(file, clock, [.. leases.IntersectBy(outstanding, lease => lease.Number)]);
        }
        catch (JsonException problem)
        {
            throw new DataFormatException(file, $"line {problem.LineNumber + 1}", "it is not what htitune wrote", "the file as it was, or none");
        }
    }

    /// <summary>The leases of a study as its journal stands; it may not be open.</summary>
    internal static LeaseBook Read(string folder, TimeProvider clock)
    {
        var ended = new Dictionary<int, bool>();
        foreach (var entry in StudyJournal.Read(folder).Events.OfType<TrainingEvent>().Where(entry => entry is not TrainingProposed { IsStarted: false }))
        {
            ended[entry.Number] = entry is TrainingEnded;
        }

        return Read(folder, ended.Where(one => !one.Value).Select(one => one.Key), clock);
    }

    /// <summary>How long a training is left to who asked for it, where nobody says: as long as it may take, or thrice the longest so far and two hours at least.</summary>
    internal static TimeSpan TermOf(StudySpecification study, IEnumerable<TimeSpan> durations) =>
        study.TimeLimit is { } limit ? limit + study.Grace : TimeSpan.FromTicks(Math.Max(s_least.Ticks, 3 * durations.Select(time => time.Ticks).DefaultIfEmpty().Max()));

    /// <summary>The lease of a training that holds; null where it has run out or nobody has the training.</summary>
    internal Lease? Held(int number) => Find(number) is { } lease && lease.Ends > _clock.GetUtcNow() ? lease : null;

    /// <summary>The last lease of a training, whether it holds or not.</summary>
    internal Lease? Find(int number) => _leases.Find(lease => lease.Number == number);

    /// <summary>Those that hold, the first to run out first.</summary>
    internal IReadOnlyList<Lease> AllHeld => [.. _leases.Where(lease => Held(lease.Number) is not null).OrderBy(lease => lease.Ends)];

    /// <summary>Gives a training to a worker.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="worker">The worker; null for one without a name.</param>
    /// <param name="term">How long.</param>
    internal Lease Take(int number, string? worker, TimeSpan term)
    {
        var lease = new Lease(number, worker, _clock.GetUtcNow() + term);
        _leases.RemoveAll(other => other.Number == number);
        _leases.Add(lease);
        Write();
        return lease;
    }

    /// <summary>Ends the lease of a training that was told.</summary>
    internal void End(int number)
    {
        if (_leases.RemoveAll(lease => lease.Number == number) > 0)
        {
            Write();
        }
    }

    private void Write() => AtomicFile.Write(_file, stream => JsonSerializer.Serialize(stream, _leases, HtiTuneJson.Lines));
}

/// <summary>A training that was handed out: who has it and until when, or what it was told with.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Worker">Who has it; null for one without a name.</param>
/// <param name="Until">From when on it is handed out again; null of one that was told, and where the task of an earlier version tells.</param>
internal sealed record Lease(int Number, string? Worker = null, DateTimeOffset? Until = null)
{
    /// <summary>Which of those at the same time, where a server handed it out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Slot { get; init; }

    /// <summary>What the server handed out; null of a study of this machine, and of one that was told.</summary>
    public ClaimedAttempt? Task
    {
        get;
        init
        {
            field = value;
            Number = value?.Trial ?? Number;
        }
    }

    /// <summary>Fingerprint of the outputs that it was told with; null where it failed, or was not told.</summary>
    public string? Print { get; init; }

    /// <summary>When it runs out.</summary>
    internal DateTimeOffset Ends => Until ?? Task?.LeaseUntil ?? DateTimeOffset.MaxValue;

    /// <summary>For people: the training, who has it, and until when.</summary>
    internal string Shown => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{Number}{(Worker is null ? "" : $" of {Worker}")} until {Ends.ToLocalTime():yyyy-MM-dd HH:mm:ss}");
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HtiTune;
using HtiTune.Data;
using HtiTune.Journal;

/// <summary>
/// A network whose trainings are kept in the user's cache folder: the same task, options, λ and seed are trained once, and cost nothing the
/// next time. What a training took the first time is kept with it, so that comparisons can count its full time again.
/// </summary>
/// <remarks>
/// The key is a hash of all that a training depends on; when the task's code changes its version number must. A file is written under a
/// temporary name and renamed, and its hash is kept beside it: one that was damaged is trained anew. Any number of threads.
/// </remarks>
internal sealed class TrainingCache : INetwork, IDisposable
{
    private readonly Lock _gate = new();
    private readonly IPersistentNetwork _network;
    private readonly TimeProvider _clock;
    private readonly string _identity, _folder;
    private readonly bool _isTemporary;

    /// <summary>Remembers the trainings of a network.</summary>
    /// <param name="task">The task's name.</param>
    /// <param name="version">The task's version number: raise it whenever its code would train another network.</param>
    /// <param name="options">All options of the training, as text; of a record <see cref="object.ToString"/>.</param>
    /// <param name="network">The network that trains.</param>
    /// <param name="keep">Whether trainings outlive this cache. Else they lie in a temporary folder that is deleted with it.</param>
    /// <param name="folder">Another folder than the user's cache.</param>
    /// <param name="clock">Times the trainings.</param>
    public TrainingCache(
        string task, int version, string options, IPersistentNetwork network, bool keep = true, string? folder = null, TimeProvider? clock = null)
    {
        (_network, _clock) = (network, clock ?? TimeProvider.System);
        _identity = $"{task}\nversion {version.ToString(CultureInfo.InvariantCulture)}\n{options}\n";
        _isTemporary = !keep;
        _folder = keep ? Path.Combine(folder ?? UserFolder, task) : Directory.CreateTempSubdirectory("htitune-").FullName;
        Directory.CreateDirectory(_folder);
    }

    /// <summary>HtiTune/examples in the user's cache folder: XDG_CACHE_HOME where it is set, else the local application data.</summary>
    public static string UserFolder
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            var root = string.IsNullOrEmpty(cache)
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)
                : cache;
            return Path.Combine(root.Length == 0 ? Path.GetTempPath() : root, "HtiTune", "examples");
        }
    }

    /// <summary>Trainings really run.</summary>
    public int Trained { get; private set; }

    /// <summary>Trainings taken from the cache.</summary>
    public int Reused { get; private set; }

    /// <summary>Time that the trainings taken from the cache took when they were run.</summary>
    public TimeSpan Saved { get; private set; }

    /// <inheritdoc/>
    public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var path = Path.Combine(_folder, KeyOf(request));
        if (Read(path, request.Lambda) is var (kept, took))
        {
            lock (_gate)
            {
                (Reused, Saved) = (Reused + 1, Saved + took);
            }

            request.Progress?.Report(1);
            return kept;
        }

        var start = _clock.GetTimestamp();
        var trained = _network.Train(request, cancellation);
        Write(path, trained, _clock.GetElapsedTime(start));
        lock (_gate)
        {
            Trained++;
        }

        return trained;
    }

    /// <summary>Time since a moment, with what the trainings taken from the cache since then took when they were run.</summary>
    /// <param name="action">What to time.</param>
    public TimeSpan Time(Action action)
    {
        var (start, saved) = (_clock.GetTimestamp(), Saved);
        action();
        return _clock.GetElapsedTime(start) + Saved - saved;
    }

    /// <summary>Disposes the network, and deletes a temporary folder.</summary>
    public void Dispose()
    {
        (_network as IDisposable)?.Dispose();
        if (_isTemporary)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private string KeyOf(TrainingRequest request)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{_identity}seed {request.Seed}\nλ {request.Lambda:R}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
    }

    private (ITrainedNetwork Network, TimeSpan Took)? Read(string path, double lambda)
    {
        try
        {
            if (!File.Exists(path + ".json") || JsonSerializer.Deserialize<Record>(File.ReadAllText(path + ".json")) is not { } record
                || record.Sha256 != HashOf(path))
            {
                return null;
            }

            return (_network.Load(path, lambda), TimeSpan.FromSeconds(record.Seconds));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or DataFormatException or InvalidDataException)
        {
            return null; // damaged, or being written by another program: trained anew
        }
    }

    // The network first: a record is never without it.
    private void Write(string path, ITrainedNetwork network, TimeSpan took)
    {
        var part = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.part";
        try
        {
            _network.Save(network, part);
            var record = new Record(took.TotalSeconds, HashOf(part));
            File.Move(part, path, overwrite: true);
            File.WriteAllText(part, JsonSerializer.Serialize(record));
            File.Move(part, path + ".json", overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private sealed record Record(double Seconds, string Sha256);
}

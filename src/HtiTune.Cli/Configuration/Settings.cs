namespace HtiTune.Cli;

/// <summary>What stands for keys and options that are left out: environment, then the project's and the user's <c>htitune.json</c>, then defaults.</summary>
internal sealed class Settings
{
    private readonly Dictionary<string, (string Value, string Origin)> _values;

    private Settings(Dictionary<string, (string Value, string Origin)> values) => _values = values;

    /// <summary>All settings: name, environment variable, default, meaning and what a value must be.</summary>
    internal static readonly IReadOnlyList<SettingKind> Kinds =
    [
        new("color", "HTITUNE_COLOR", "auto", "auto, always or never", value => value is "auto" or "always" or "never"),
        new("trainings", "HTITUNE_TRAININGS", "8", "trainings of a study: a whole number, 1 to 10000", value => IsWhole(value, 1, 10_000)),
        new("parallel", "HTITUNE_PARALLEL", "1", "trainings at the same time: a whole number, 1 to 64", value => IsWhole(value, 1, 64)),
        new("retries", "HTITUNE_RETRIES", "1", "second attempts of a training that crashed: a whole number, 0 to 100", value => IsWhole(value, 0, 100)),
        new("timeLimit", "HTITUNE_TIME_LIMIT", "", $"of a training: {Duration.Expected}, or nothing", value => value.Length == 0 || Duration.TryParse(value, out var time) && time > TimeSpan.Zero),
        new("grace", "HTITUNE_GRACE", "10s", $"between the gentle end of a training and the hard one: {Duration.Expected}", value => Duration.TryParse(value, out _)),
    ];

    internal string Color => _values["color"].Value;

    internal int Trainings => int.Parse(_values["trainings"].Value, CultureInfo.InvariantCulture);

    internal int Parallel => int.Parse(_values["parallel"].Value, CultureInfo.InvariantCulture);

    internal int Retries => int.Parse(_values["retries"].Value, CultureInfo.InvariantCulture);

    internal TimeSpan? TimeLimit => Duration.TryParse(_values["timeLimit"].Value, out var time) && time > TimeSpan.Zero ? time : null;

    internal TimeSpan Grace => Duration.TryParse(_values["grace"].Value, out var time) ? time : TimeSpan.Zero;

    /// <summary>Every setting with its value and where that comes from.</summary>
    internal IEnumerable<(string Name, string Value, string Origin)> All => Kinds.Select(kind => (kind.Name, _values[kind.Name].Value, _values[kind.Name].Origin));

    /// <summary>Finds the settings that hold in a folder.</summary>
    /// <param name="folder">The folder; the nearest <c>htitune.json</c> in it or above it is the project's.</param>
    /// <exception cref="CliException">A value is wrong; the message names its origin.</exception>
    internal static Settings Find(string folder)
    {
        var values = Kinds.ToDictionary(kind => kind.Name, kind => (kind.Default, "default"));
        foreach (var file in (string?[])[UserFile, ProjectFile(folder)])
        {
            if (file is not null && File.Exists(file))
            {
                Take(values, file);
            }
        }

        foreach (var kind in Kinds)
        {
            if (Environment.GetEnvironmentVariable(kind.Variable) is { Length: > 0 } value)
            {
                Set(values, kind, value, $"environment: {kind.Variable}");
            }
        }

        return new Settings(values);
    }

    /// <summary>The user's file, which need not exist.</summary>
    internal static string UserFile => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "htitune", "htitune.json");

    /// <summary>The nearest file in a folder or above; null where there is none, or where HTITUNE_NO_CONFIG is set.</summary>
    internal static string? ProjectFile(string folder)
    {
        if (Environment.GetEnvironmentVariable("HTITUNE_NO_CONFIG") is { Length: > 0 })
        {
            return null;
        }

        for (var place = new DirectoryInfo(folder); place is not null; place = place.Parent)
        {
            var file = Path.Combine(place.FullName, "htitune.json");
            if (File.Exists(file))
            {
                return file;
            }
        }

        return null;
    }

    private static void Take(Dictionary<string, (string, string)> values, string file)
    {
        var root = LocatedJson.Read(file, "H040");
        foreach (var (name, line, value) in root.Members.Where(member => member.Name != "$schema"))
        {
            var origin = $"{file}:{line}";
            var kind = Kinds.FirstOrDefault(kind => kind.Name == name)
                ?? throw new CliException("H040", $"{origin}: \"{name}\" is no setting; expected {string.Join(", ", Kinds.Select(one => one.Name))}{Nearest.Question(name, Kinds.Select(one => one.Name))}");
            Set(values, kind, value.Text, origin);
        }
    }

    private static void Set(Dictionary<string, (string, string)> values, SettingKind kind, string value, string origin)
    {
        CliException.ThrowIf(!kind.IsRight(value), "H040", $"{origin}: {kind.Name} is '{value}'; expected {kind.Expected}.");

        values[kind.Name] = (value, origin);
    }

    private static bool IsWhole(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most;
}

/// <summary>A setting.</summary>
/// <param name="Name">Its key in <c>htitune.json</c>.</param>
/// <param name="Variable">Its environment variable.</param>
/// <param name="Default">Its value where nothing gives one.</param>
/// <param name="Expected">What it is, and what is allowed.</param>
/// <param name="IsRight">Whether a value is allowed.</param>
internal sealed record SettingKind(string Name, string Variable, string Default, string Expected, Func<string, bool> IsRight);

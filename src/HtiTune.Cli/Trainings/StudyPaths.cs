using System.Text;

namespace HtiTune.Cli;

/// <summary>Where the command keeps things in a study's folder, beside the journal.</summary>
/// <remarks>
/// <c>trainings/0007-1a2b3c4d/</c> belongs to training 7 with a seed (earlier versions named it by its λ, <c>0.5-1a2b3c4d</c>); in it, <c>1/</c>, <c>2/</c> … to its attempts, each with
/// <c>log.txt</c> and the outputs' file, and <c>done.txt</c> names the attempt that brought outputs, the command, and where it trained.
/// </remarks>
internal static class StudyPaths
{
    internal const string LogName = "log.txt";
    internal const string DoneName = "done.txt";

    /// <summary>Names of the outputs' columns, as the first file of outputs told them.</summary>
    internal const string ColumnsName = "columns.txt";

    /// <summary>The folder of a training.</summary>
    internal static string Training(string folder, int number, Configuration configuration, long seed)
    {
        string Named(string name) => Path.Combine(folder, "trainings", $"{name}-{(uint)(seed ^ seed >> 32):x8}");
        var before = Named(configuration.Lambda.ToString("R", CultureInfo.InvariantCulture));
        return configuration.Count == 1 && double.IsFinite(configuration.Lambda) && (number == 0 || Directory.Exists(before)) ? before : Named(number.ToString("0000", CultureInfo.InvariantCulture));
    }

    /// <summary>The attempts of a training, in order.</summary>
    internal static List<int> Attempts(string training) => !Directory.Exists(training) ? [] :
        [.. Directory.EnumerateDirectories(training).Select(Path.GetFileName).Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Order()];

    /// <summary>The folder of an attempt.</summary>
    internal static string Attempt(string training, int attempt) => Path.Combine(training, attempt.ToString(CultureInfo.InvariantCulture));

    /// <summary>Where a training was made, as one word.</summary>
    internal static string Place(Configuration configuration) => string.Join(',', configuration.Pairs.Select(pair => $"{pair.Key}={pair.Value}"));

    /// <summary>A configuration of a space as one word, for messages that say what is expected.</summary>
    internal static string Example(SearchSpace space) => string.Join(',', space.FromUnit([.. space.Select(_ => 0.5)]).Pairs.Select(pair =>
        $"{pair.Key}={(space[pair.Key] is ContinuousHyperparameter ? pair.Value.Number.ToString("G4", CultureInfo.InvariantCulture) : pair.Value.ToString())}"));

    /// <summary>What identifies a training command: outputs of another command are not taken for this one's.</summary>
    internal static string Fingerprint(StudySpecification study) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\0', [.. study.Command, study.WorkingDirectory, study.OutputFormat, study.OutputArray ?? ""]))))[..16];
}

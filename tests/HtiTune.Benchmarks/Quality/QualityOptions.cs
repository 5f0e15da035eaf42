using System.Globalization;
using HtiTune.Benchmarks.Quality.Tasks;

namespace HtiTune.Benchmarks.Quality;

/// <summary>What the verb <c>quality</c> was asked for.</summary>
/// <param name="Seeds">The seeds.</param>
/// <param name="Tasks">The tasks.</param>
/// <param name="Methods">The methods.</param>
/// <param name="Data">Folder of the data, if given.</param>
/// <param name="Cli">htitune.dll, if given.</param>
/// <param name="Limit">Longest time of one process.</param>
/// <param name="Append">File that keeps single runs, if given.</param>
internal sealed record QualityOptions(
    long[] Seeds, QualityTask[] Tasks, Method[] Methods, string? Data, string? Cli, TimeSpan Limit, string? Append)
{
    internal const string Help =
        """
          quality [options]                   tasks × methods: scores, far-anchor error, CPU seconds, peak memory
            --seeds N           seeds first … first + N − 1; default 5
            --first-seed N      default 1
            --tasks a,b,…       default all: {0}
            --methods a,b,…     default all: {1}
            --data FOLDER       default HTITUNE_DATA, else ../shared/data seen from the repository's root
            --cli FILE          htitune.dll; default the Release build of this repository
            --limit SECONDS     longest time of one process; default 600
            --append FILE       keeps each run in the file as it ends (a line of JSON), repeats none that it holds, and prints its table
        """;

    /// <summary>Parses arguments.</summary>
    /// <exception cref="ArgumentException">One is unknown or wrong; the message says what is expected.</exception>
    internal static QualityOptions Parse(string[] arguments)
    {
        long seeds = 5, first = 1, limit = 600;
        string? data = null, cli = null, append = null;
        QualityTask[] tasks = [.. QualityTask.All];
        Method[] methods = [.. Method.All];
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
            switch (arguments[i])
            {
                case "--seeds":
                    seeds = Whole(arguments[i], value);
                    break;
                case "--first-seed":
                    first = Whole(arguments[i], value);
                    break;
                case "--limit":
                    limit = Whole(arguments[i], value);
                    break;
                case "--data":
                    data = value;
                    break;
                case "--cli":
                    cli = value;
                    break;
                case "--append":
                    append = value;
                    break;
                case "--tasks":
                    tasks = Chosen(value, QualityTask.All, task => task.Name);
                    break;
                case "--methods":
                    methods = Chosen(value, Method.All, method => method.Key);
                    break;
                default:
                    throw new ArgumentException($"{arguments[i]} is not an option of quality.");
            }
        }

        return new QualityOptions(
            [.. Enumerable.Range(0, (int)seeds).Select(i => first + i)], tasks, methods, data, cli, TimeSpan.FromSeconds(limit), append);
    }

    private static long Whole(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{name} is {value}; expected a whole number from 1 on.");

    private static T[] Chosen<T>(string list, IReadOnlyList<T> all, Func<T, string> key) =>
        [.. list.Split(',').Select(name => all.FirstOrDefault(item => key(item) == name)
            ?? throw new ArgumentException($"'{name}' is unknown; expected among {string.Join(", ", all.Select(key))}."))];
}

using System.Globalization;
using HtiTune.Benchmarks.Laws;

namespace HtiTune.Benchmarks.Certificates;

/// <summary>Options of the verbs <c>certificate</c> and <c>preferences</c>.</summary>
internal sealed class CertificateOptions
{
    internal const string Help =
        """
          certificate [options]               with the surrogate, on output laws known exactly: trainings saved, coverage, certificates, alarm
            --seeds N           problems of each family in the comparison with the plain process; default 50
            --problems N        fresh problems of certificates, over all families, for each surrogate; default 400
            --first N           number of the first problem; default 1000
            --families a,b,…    of {0}; default all
            --parts a,b,…       of race, surrogates, certificates, alarm; default all
            --cases a,b,…       certificates: of {1}; default all
            --threads N         problems at a time, 1 or 2; default 1
          preferences [options]               after a change of preference: regret without a training, and ten preferences in a row
            --seeds N           problems of each family; default 25
            --parts a,b         of regrets, trainings; default both
            --first, --families, --threads as above
        """;

    /// <summary>Problems of each family.</summary>
    public int Seeds { get; private set; }

    /// <summary>Fresh problems of certificates for each surrogate.</summary>
    public int Problems { get; private set; } = 400;

    /// <summary>Number of the first problem.</summary>
    public int First { get; private set; } = 1000;

    /// <summary>Families of laws.</summary>
    public string[] Families { get; private set; } = [.. OutputLaw.Families.Select(family => family.Name)];

    /// <summary>Parts of the table.</summary>
    public string[] Parts { get; private set; } = ["race", "surrogates", "certificates", "alarm", "regrets", "trainings"];

    /// <summary>Circumstances of the certificates.</summary>
    public string[] Cases { get; private set; } = [.. CertifiedCase.All.Select(@case => @case.Name)];

    /// <summary>Problems at a time.</summary>
    public int Threads { get; private set; } = 1;

    /// <summary>Reads arguments.</summary>
    /// <param name="arguments">Arguments after the verb.</param>
    /// <param name="seeds">Default of <c>--seeds</c>.</param>
    /// <exception cref="ArgumentException">An argument is wrong; the message says which.</exception>
    internal static CertificateOptions Parse(string[] arguments, int seeds)
    {
        var options = new CertificateOptions { Seeds = seeds };
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
            switch (arguments[i])
            {
                case "--seeds":
                    options.Seeds = Whole(arguments[i], value, 100_000);
                    break;
                case "--problems":
                    options.Problems = Whole(arguments[i], value, 100_000);
                    break;
                case "--first":
                    options.First = Whole(arguments[i], value, 1_000_000);
                    break;
                case "--threads":
                    options.Threads = Whole(arguments[i], value, 2);
                    break;
                case "--families":
                    options.Families = Names(arguments[i], value, options.Families);
                    break;
                case "--cases":
                    options.Cases = Names(arguments[i], value, options.Cases);
                    break;
                case "--parts":
                    options.Parts = Names(arguments[i], value, options.Parts);
                    break;
                default:
                    throw new ArgumentException($"{arguments[i]} is no option of this verb.");
            }
        }

        return options;
    }

    /// <summary>Results of a task for each item, in order, several at a time.</summary>
    internal TResult[] Map<TItem, TResult>(IReadOnlyList<TItem> items, Func<TItem, TResult> task)
    {
        var results = new TResult[items.Count];
        Parallel.For(0, items.Count, new ParallelOptions { MaxDegreeOfParallelism = Threads }, i => results[i] = task(items[i]));
        return results;
    }

    private static string[] Names(string option, string value, string[] known)
    {
        var names = value.Split(',');
        return Array.Find(names, name => !known.Contains(name)) is { } unknown
            ? throw new ArgumentException($"{option} holds {unknown}; expected some of {string.Join(", ", known)}.")
            : names;
    }

    private static int Whole(string name, string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most
            ? number
            : throw new ArgumentException($"{name} is {value}; expected a whole number from 1 to {most}.");
}

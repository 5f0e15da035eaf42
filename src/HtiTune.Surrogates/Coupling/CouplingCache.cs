using System.Collections.Concurrent;
using System.Globalization;
using HtiTune.Data;

namespace HtiTune.Surrogates.Coupling;

/// <summary>How two anchors are coupled.</summary>
/// <param name="Slots">The slot at the second anchor that each slot of the first is sent to: a permutation within each group.</param>
/// <param name="Cost">The ground cost that was used.</param>
internal sealed record PairCoupling(int[] Slots, CouplingCost Cost);

/// <summary>
/// Couplings of pairs of anchors, each solved once. A coupling is a function of its two anchors' samples and of what the key names, and of
/// no other anchor: fits that leave an anchor out take the others' couplings from here, and nothing of the one left out comes with them.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CouplingCache
{
    private readonly ConcurrentDictionary<Key, PairCoupling> _couplings = [];

    /// <summary>What a coupling depends on beside its two anchors' samples.</summary>
    /// <param name="From">λ of the first anchor.</param>
    /// <param name="To">λ of the second.</param>
    /// <param name="Kind">The coupling.</param>
    /// <param name="Cost">The ground cost that was asked for.</param>
    /// <param name="Slots">Number and sizes of the groups.</param>
    /// <param name="Units">Units of the columns.</param>
    internal readonly record struct Key(double From, double To, CouplingKind Kind, CouplingCost Cost, string Slots, string Units);

    /// <summary>The coupling of a key, solved if it is not known yet.</summary>
    internal PairCoupling Get(Key key, Func<PairCoupling> solve)
    {
        if (!_couplings.TryGetValue(key, out var known))
        {
            _couplings[key] = known = solve();
        }

        return known;
    }

    /// <summary>A coupling if it is known.</summary>
    internal PairCoupling? Find(Key key) => _couplings.GetValueOrDefault(key);

    /// <summary>Whether any coupling under a cost is known.</summary>
    internal bool Holds(CouplingCost cost) => _couplings.Values.Any(coupling => coupling.Cost == cost);

    /// <summary>Takes over a coupling that is known from elsewhere.</summary>
    internal void Add(Key key, PairCoupling coupling) => _couplings.TryAdd(key, coupling);

    /// <summary>Units as a key: to the last bit.</summary>
    internal static string UnitsOf(params ReadOnlySpan<double> deviations)
    {
        var parts = new string[deviations.Length];
        for (var j = 0; j < parts.Length; j++)
        {
            parts[j] = deviations[j].ToString("R", CultureInfo.InvariantCulture);
        }

        return string.Join(' ', parts);
    }

    /// <summary>Group sizes as a key; a run of equal sizes counts once, with its length.</summary>
    internal static string SlotsOf(int[] sizes)
    {
        var runs = new List<string>();
        for (int i = 0, j; i < sizes.Length; i = j)
        {
            for (j = i; j < sizes.Length && sizes[j] == sizes[i]; j++)
            {
                // The run goes on.
            }

            runs.Add($"{j - i}x{sizes[i]}");
        }

        return string.Join(' ', runs);
    }
}

// Notation
//   c    number of coordinates of a place, each in [0, 1];  d ≤ c number of lengths
//   s(j) the length that coordinate j is measured by
// An unordered category of m choices has m coordinates, 1/√2 at its own choice and 0 elsewhere, that share one length: two choices are then as far
// apart as any other two, 1/ℓ.

namespace HtiTune.Surrogates;

/// <summary>By which length each coordinate of a place is measured, and which of them are warped.</summary>
internal sealed class KrigingCoordinates
{
    private readonly int[] _lengthOf, _warpOf;

    /// <param name="lengthOf">s, [c]: every number from 0 to d − 1 at least once.</param>
    /// <param name="mayWarp">Whether the coordinates of each length may be warped, [d].</param>
    internal KrigingCoordinates(IReadOnlyList<int> lengthOf, IReadOnlyList<bool> mayWarp)
    {
        _lengthOf = [.. lengthOf];
        Lengths = mayWarp.Count;
        var warps = new int[Lengths];
        for (var i = 0; i < Lengths; i++)
        {
            warps[i] = mayWarp[i] ? Warps++ : -1;
        }

        _warpOf = Array.ConvertAll(_lengthOf, i => warps[i]);
    }

    /// <summary>c.</summary>
    internal int Count => _lengthOf.Length;

    /// <summary>d.</summary>
    internal int Lengths { get; }

    /// <summary>Number of lengths whose coordinates may be warped.</summary>
    internal int Warps { get; }

    /// <summary>Coordinates each of which has a length and a warp of its own.</summary>
    internal static KrigingCoordinates Each(int dimension) =>
        new([.. Enumerable.Range(0, dimension)], [.. Enumerable.Repeat(true, dimension)]);

    /// <summary>s(j).</summary>
    internal int LengthOf(int j) => _lengthOf[j];

    /// <summary>The number of coordinate j's warp, −1 where it has none.</summary>
    internal int WarpOf(int j) => _warpOf[j];
}

// Notation
//   s_f, s°_f   scores of a challenger and of what stands on fold f;  e_f standard error of s_f/s°_f over rows or contexts (FoldScore)
//   share       Σ s_f/Σ s°_f;  its standard error √(Σ (e_f s°_f)²)/Σ s°_f
//   n           (Σ s°_f)²/Σ s°_f², how many folds the sum rests on
// Errors are summed, as they are over λ where a surrogate is used: on a fold where outputs hardly move all candidates err alike, by what chance leaves of
// any anchor, and a mean of shares would give it the vote of a fold on which one of them goes wrong by far.
// How far folds speak for λ between anchors hangs on how many they are, which the rows' standard errors do not know.

using HtiTune.Surrogates.SelfTuning;

namespace HtiTune.Surrogates;

/// <summary>A challenger's scores beside those of what stands, on the same folds.</summary>
/// <param name="Share">Its errors in all as a share of the other's; NaN without folds.</param>
/// <param name="IsClear">Whether it is clearly better.</param>
internal readonly record struct FoldComparison(double Share, bool IsClear)
{
    private const double DefaultErrors = 3;

    /// <summary>A challenger's share at most, where sums rest on one fold, on two or three, and on more.</summary>
    private const double MostOfOne = 0.3, MostOfFew = 0.7, MostOfMany = 0.9;

    private const double One = 1.5, Few = 3.2;

    /// <summary>Compares.</summary>
    /// <param name="challenger">Scores, one a fold.</param>
    /// <param name="stated">Those of what stands.</param>
    /// <param name="errors">Standard errors by which it must be better.</param>
    internal static FoldComparison Of(IReadOnlyList<FoldScore> challenger, IReadOnlyList<FoldScore> stated, double errors = DefaultErrors)
    {
        double mine = 0, theirs = 0, squares = 0, variance = 0;
        var notWorse = 0;
        for (var f = 0; f < stated.Count; f++)
        {
            var (score, other, error) = (challenger[f].Value, stated[f].Value, challenger[f].ShareError(stated[f]) * stated[f].Value);
            (mine, theirs, squares, variance) = (mine + score, theirs + other, squares + other * other, variance + error * error);
            notWorse += score < other + errors * error ? 1 : 0;
        }

        if (stated.Count == 0)
        {
            return new FoldComparison(double.NaN, false);
        }

        var folds = theirs * theirs / squares;
        var share = mine / theirs;
        var most = folds < One ? MostOfOne : folds < Few ? MostOfFew : MostOfMany;
        return new FoldComparison(share, share < most && share + errors * Math.Sqrt(variance) / theirs < 1 && 2 * notWorse > stated.Count);
    }
}

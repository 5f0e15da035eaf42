using MathNet.Numerics;

namespace HtiTune.Acquisition;

// Notation (Wilson 2024, "probabilistic regret bound")
//   Δ_s = max_u f_s(u) − f_s(û)     regret of the recommendation û on joint path s of S
//   k   = #{s: Δ_s ≤ ε},  p̂ = k/S   estimate of P(regret ≤ ε | data)
//   Clopper–Pearson: with confidence 1 − η over the draws, P ≥ p_low, the η-quantile of Beta(k, S − k + 1)
//   The certificate holds when p_low ≥ 1 − δ.

/// <summary>
/// Whether the recommendation's regret is at most ε with probability 1 − δ, under the model: what was not modelled (a narrow spike between
/// trainings, a drifting network) it cannot know.
/// </summary>
/// <param name="Epsilon">ε, in units of the objective.</param>
/// <param name="Delta">δ.</param>
/// <param name="Probability">p̂, the share of paths with regret at most ε.</param>
/// <param name="LowerBound">p_low, the lower confidence bound of that probability.</param>
/// <param name="RegretQuantile">R_{1−δ}: the regret that a share 1 − δ of the paths stays below, in units of the objective.</param>
/// <param name="Draws">Number of paths S.</param>
public sealed record Certificate(double Epsilon, double Delta, double Probability, double LowerBound, double RegretQuantile, int Draws)
{
    /// <summary>ε as a share of the range of the posterior mean, when none is given.</summary>
    public const double DefaultRangeShare = 0.01;

    /// <summary>Paths that are drawn unless another number is asked for.</summary>
    public const int DefaultDraws = 4096;

    /// <summary>The risk η unless another is asked for.</summary>
    public const double DefaultEta = 1e-3;

    /// <summary>Whether the bound is met: p_low ≥ 1 − δ.</summary>
    public bool Holds => LowerBound >= 1 - Delta;

    /// <summary>Draws paths and judges a recommendation.</summary>
    /// <param name="posterior">The posterior on a grid that holds the recommendation.</param>
    /// <param name="recommended">Index of the recommendation û in the grid.</param>
    /// <param name="epsilon">ε &gt; 0 in units of the objective; null for 1 % of the range of the posterior mean.</param>
    /// <param name="delta">δ, between 0 and 1.</param>
    /// <param name="stream">All chance of the draws.</param>
    /// <param name="draws">Number of paths S.</param>
    /// <param name="eta">η, the risk that the bound itself is wrong because the draws are finite.</param>
    public static Certificate Evaluate(
        GridPosterior posterior,
        int recommended,
        double? epsilon,
        double delta,
        RandomStream stream,
        int draws = DefaultDraws,
        double eta = DefaultEta) => Evaluate(posterior, [recommended], epsilon, delta, stream, draws, eta)[0];

    /// <summary>Judges several candidates by the same paths.</summary>
    /// <param name="posterior">The posterior on a grid that holds the candidates.</param>
    /// <param name="candidates">Their indices in the grid.</param>
    /// <param name="epsilon">ε &gt; 0 in units of the objective; null for 1 % of the range of the posterior mean.</param>
    /// <param name="delta">δ, between 0 and 1.</param>
    /// <param name="stream">All chance of the draws.</param>
    /// <param name="draws">Number of paths S.</param>
    /// <param name="eta">η, the risk that a bound is wrong because the draws are finite.</param>
    /// <returns>One certificate for each candidate.</returns>
    public static IReadOnlyList<Certificate> Evaluate(
        GridPosterior posterior,
        IReadOnlyList<int> candidates,
        double? epsilon,
        double delta,
        RandomStream stream,
        int draws = DefaultDraws,
        double eta = DefaultEta) => Evaluate(posterior, candidates, epsilon, delta, stream, draws, eta, whole: true);

    /// <summary>
    /// <see cref="Evaluate(GridPosterior, IReadOnlyList{int}, double?, double, RandomStream, int, double)"/>, or no more of it than tells that none holds: drawing
    /// ends once every candidate has more regrets above ε than a certificate of all paths may have. Whether one holds is the same; the other figures are of
    /// fewer paths, as <see cref="Draws"/> says.
    /// </summary>
    /// <param name="posterior">The posterior on a grid that holds the candidates.</param>
    /// <param name="candidates">Their indices in the grid.</param>
    /// <param name="epsilon">ε &gt; 0 in units of the objective; null for 1 % of the range of the posterior mean.</param>
    /// <param name="delta">δ, between 0 and 1.</param>
    /// <param name="stream">All chance of the draws.</param>
    /// <param name="draws">Number of paths S.</param>
    /// <param name="eta">η, the risk that a bound is wrong because the draws are finite.</param>
    /// <param name="whole">Whether all paths are drawn in any case.</param>
    /// <returns>One certificate for each candidate.</returns>
    public static IReadOnlyList<Certificate> Evaluate(
        GridPosterior posterior, IReadOnlyList<int> candidates, double? epsilon, double delta, RandomStream stream, int draws, double eta, bool whole)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(draws);
        Require.Share(delta);
        Require.Share(eta);
        foreach (var candidate in candidates)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)candidate, (uint)posterior.Count, nameof(candidates));
        }

        var bar = epsilon ?? DefaultRangeShare * posterior.Range;
        List<double>[] regrets = [.. candidates.Select(_ => new List<double>(draws))];
        var misses = new int[candidates.Count];
        var allowed = whole ? draws : MissesAllowed(draws, delta, eta);
        posterior.DrawWhile(draws, stream, path =>
        {
            var best = double.NegativeInfinity;
            foreach (var value in path)
            {
                best = Math.Max(best, value);
            }

            var mayHold = false;
            for (var c = 0; c < regrets.Length; c++)
            {
                var regret = best - path[candidates[c]];
                regrets[c].Add(regret);
                misses[c] += regret <= bar ? 0 : 1;
                mayHold |= misses[c] <= allowed;
            }

            return mayHold;
        });
        return [.. regrets.Select(sample => Of([.. sample], bar, delta, eta))];
    }

    // The most misses of S at which p_low ≥ 1 − δ still: the bound falls with every miss.
    private static int MissesAllowed(int draws, double delta, double eta)
    {
        var (holds, fails) = (-1, draws);
        while (fails - holds > 1)
        {
            var middle = (holds + fails) / 2;
            (holds, fails) = LowerConfidenceBound(draws - middle, draws, eta) >= 1 - delta ? (middle, fails) : (holds, middle);
        }

        return holds;
    }

    /// <summary>Judges a recommendation by its regrets on joint paths.</summary>
    /// <param name="regrets">Δ_s of S ≥ 1 paths; sorted in place.</param>
    /// <param name="epsilon">ε, in units of the objective.</param>
    /// <param name="delta">δ, between 0 and 1.</param>
    /// <param name="eta">η, the risk that the bound is wrong because the paths are finite.</param>
    public static Certificate Of(double[] regrets, double epsilon, double delta, double eta = DefaultEta)
    {
        ArgumentNullException.ThrowIfNull(regrets);
        Array.Sort(regrets);
        var hits = regrets.Count(r => r <= epsilon);
        var quantile = regrets[(int)Math.Ceiling((1 - delta) * regrets.Length) - 1];
        return new Certificate(epsilon, delta, (double)hits / regrets.Length, LowerConfidenceBound(hits, regrets.Length, eta), quantile, regrets.Length);
    }

    /// <summary>The one-sided lower confidence bound of Clopper and Pearson (1934).</summary>
    /// <param name="hits">Successes k, 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">Trials S ≥ 1.</param>
    /// <param name="eta">η: the bound fails with at most this probability.</param>
    /// <returns>The probability p at which k or more successes have probability η.</returns>
    public static double LowerConfidenceBound(int hits, int trials, double eta)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trials);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)hits, (uint)trials, nameof(hits));
        Require.Share(eta);
        if (hits == 0 || hits == trials)
        {
            return hits == 0 ? 0 : Math.Pow(eta, 1.0 / trials);
        }

        // The η-quantile of Beta(k, S − k + 1) by bisection to the last bit: MathNet's own inverse stops at 1e-7.
        double low = 0, high = 1;
        for (var i = 0; i < 80; i++)
        {
            var middle = 0.5 * (low + high);
            if (SpecialFunctions.BetaRegularized(hits, trials - hits + 1, middle) < eta)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return 0.5 * (low + high);
    }
}

using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Laws;

/// <summary>Which surrogate stands between the anchors.</summary>
internal enum SurrogateKind
{
    /// <summary>None: the plain Gaussian process.</summary>
    None,

    /// <summary>The real one, as the tuner fits it by default.</summary>
    Real,

    /// <summary>The real one, going forth, back and forth again between anchors, and moved by a deviation of the outputs in the middle.</summary>
    Sabotaged,

    /// <summary>The real one, moved by up to 0.3 deviations of the outputs between anchors, always in the same direction.</summary>
    Biased,

    /// <summary>The real one, each λ between anchors moved by a number of its own, of up to 0.1 deviations of the outputs.</summary>
    Noisy,

    /// <summary>Trajectories.</summary>
    Trajectories,

    /// <summary>Kriging of the outputs: the tuner's default.</summary>
    Kriged,

    /// <summary>What the data choose, anew at 3, 4, 8, 16, … anchors.</summary>
    Chosen,
}

// s   share of the interval between two anchors;  σ_j  deviation of column j over all anchors
//   sabotaged   s → ½ − ½ cos 3πs, y_j + σ_j sin πs · (−1)^interval
//   biased      y_j + 0.3 σ_j sin πs
//   noisy       y_j + 0.1 σ_j ξ(λ) min(1, 10 min(s, 1 − s)), ξ normal

/// <summary>The real surrogate, made worse between anchors on purpose; equal to the anchors' samples at them, as any surrogate is.</summary>
internal sealed class TestSurrogate(ISurrogate real, SurrogateKind kind, double[] deviations) : ISurrogate
{
    private const double Bias = 0.3;
    private const double Noise = 0.1;

    public ContinuousHyperparameter Hyperparameter => real.Hyperparameter;

    public IReadOnlyList<double> Anchors => real.Anchors;

    /// <summary>The factory of a kind, which goes on from what it made last, as the tuner's default does; null for that default itself.</summary>
    public static Func<AnchorSet, ISurrogate>? Factory(SurrogateKind kind)
    {
        if (kind is SurrogateKind.None or SurrogateKind.Real)
        {
            return null;
        }

        if (kind is SurrogateKind.Trajectories or SurrogateKind.Kriged or SurrogateKind.Chosen)
        {
            return GoingOn(kind);
        }

        var real = GoingOn(SurrogateKind.Kriged);
        return anchors => new TestSurrogate(real(anchors), kind, [.. Deviations(anchors)]);
    }

    public SurrogateSamples Sample(double lambda, Contexts contexts)
    {
        var low = Anchors.Count - 2;
        while (low > 0 && Anchors[low] > lambda)
        {
            low--;
        }

        double left = Hyperparameter.ToUnit(Anchors[low]), right = Hyperparameter.ToUnit(Anchors[low + 1]);
        var share = Math.Clamp((Hyperparameter.ToUnit(lambda) - left) / (right - left), 0, 1);
        if (lambda == Anchors[low] || lambda == Anchors[low + 1])
        {
            return real.Sample(lambda, contexts);
        }

        var (at, shift) = (lambda, 0.0);
        switch (kind)
        {
            case SurrogateKind.Sabotaged:
                var place = 0.5 - 0.5 * Math.Cos(3 * Math.PI * share);
                at = Math.Clamp(Hyperparameter.FromUnit(left + place * (right - left)), Anchors[low], Anchors[low + 1]);
                shift = Math.Sin(Math.PI * share) * (low % 2 == 0 ? 1 : -1);
                break;
            case SurrogateKind.Biased:
                shift = Bias * Math.Sin(Math.PI * share);
                break;
            default:
                shift = Noise * Math.Min(1, 10 * Math.Min(share, 1 - share)) * new RandomStreams(1).Stream($"noise {lambda:R}").NextNormal();
                break;
        }

        var samples = real.Sample(at, contexts);
        var outputs = samples.Samples.Outputs;
        var moved = Matrix.Create(outputs.Rows, outputs.Columns, (i, row) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = outputs[i, j] + (float)(shift * deviations[j]);
            }
        });
        return samples with { Samples = new Samples(moved, contexts) };
    }

    public Matrix Transport(Samples rows, double from, double to) => throw new NotSupportedException("No task of the benchmark moves rows.");

    private static Func<AnchorSet, ISurrogate> GoingOn(SurrogateKind kind)
    {
        IFittedSurrogate? last = null;
        var coupling = new TrajectoryOptions { TrainMaps = false, Threads = 1 };
        return anchors => last = last is not null && last.Anchors.Count == anchors.Count - 1 && anchors.Count > 4 && !int.IsPow2(anchors.Count)
            ? last switch { KrigedSurrogate kriged => kriged.Extend(anchors), TrajectorySurrogate moved => moved.Extend(anchors), _ => throw new NotSupportedException() }
            : kind switch
            {
                SurrogateKind.Trajectories => TrajectorySurrogate.Fit(anchors, coupling),
                SurrogateKind.Kriged => KrigedSurrogate.Fit(anchors, new KrigingOptions { Coupling = coupling }),
                _ => SurrogateChoice.Fit(anchors, new KrigingOptions { Coupling = coupling }).Surrogate,
            };
    }

    private static IEnumerable<double> Deviations(AnchorSet anchors)
    {
        for (var j = 0; j < anchors.Dimension; j++)
        {
            double[] values = [.. anchors.SelectMany(anchor => Enumerable.Range(0, anchor.Samples.Count).Select(i => (double)anchor.Samples.Outputs[i, j]))];
            var mean = values.Average();
            yield return Math.Sqrt(values.Average(y => (y - mean) * (y - mean)));
        }
    }
}

namespace HtiTune;

/// <summary>
/// A surrogate that was fitted to outputs in other units, in which single precision keeps their differences; it is asked and answers in the
/// outputs' own, in double precision.
/// </summary>
/// <param name="inner">The surrogate of the outputs in <paramref name="units"/>.</param>
/// <param name="units">The units.</param>
internal sealed class ScaledSurrogate(ISurrogate inner, ColumnUnits units) : ISurrogate, IDisposable
{
    public ISurrogate Inner => inner;

    public ColumnUnits Units => units;

    public ContinuousHyperparameter Hyperparameter => inner.Hyperparameter;

    public IReadOnlyList<double> Anchors => inner.Anchors;

    /// <summary>Fits to anchors in units that keep their differences; the fit itself where their own do.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="fit">Fits, given the surrogate of all anchors but the last to arrive where it may go on from it.</param>
    /// <param name="previous">That surrogate; null without.</param>
    public static ISurrogate Fit(AnchorSet anchors, Func<AnchorSet, ISurrogate?, ISurrogate> fit, ISurrogate? previous)
    {
        var before = previous as ScaledSurrogate;
        if (ColumnUnits.Of([.. anchors.Select(anchor => anchor.Samples.Outputs)], before?.Units) is not { } units)
        {
            return fit(anchors, before is null ? previous : null);
        }

        // A fit in other units is no beginning for one in these.
        var scaled = new AnchorSet(anchors.Hyperparameter, anchors.Select(anchor =>
            new Anchor(anchor.Lambda, new Samples(units.Apply(anchor.Samples.Outputs), anchor.Samples.Contexts))));
        return new ScaledSurrogate(fit(scaled, before?.Units == units ? before.Inner : null), units);
    }

    public SurrogateSamples Sample(double lambda, Contexts contexts) => Own(inner.Sample(lambda, contexts));

    public SurrogateSamples Sample(double lambda, Contexts contexts, AnchorAnswers answers) =>
        Own(inner.Sample(lambda, contexts, (at, asked) => units.Apply(answers(at, asked))));

    public Matrix Transport(Samples rows, double from, double to)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return units.Undo(inner.Transport(new Samples(units.Apply(rows.Outputs), rows.Contexts), from, to));
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();

    private SurrogateSamples Own(SurrogateSamples answer) =>
        answer with { Samples = new Samples(units.Undo(answer.Samples.Outputs), answer.Samples.Contexts) };
}

namespace HtiTune;

/// <summary>How a tuner fits the surrogate that its process is built around.</summary>
internal static class SurrogateFitting
{
    /// <summary>Fits the surrogate of some anchors, given that of all but the last of them where there is one.</summary>
    /// <remarks>
    /// The default is kriging. It goes on where the one before is, so that a training costs the two intervals beside it, and starts anew with 8, 16, … anchors:
    /// what an extension keeps, the outputs' scale above all, is never from less than half of the anchors. It starts anew too where the new outputs are not of
    /// the kind that those before obeyed. A choice among kinds by leaving anchors out was tried and saves fewer trainings (the benchmark's certificate table).
    /// </remarks>
    /// <param name="factory">The factory of the options, or null.</param>
    /// <param name="streams">The tuner's chance.</param>
    /// <returns>The fit; its token ends it by <see cref="OperationCanceledException"/>, but for a factory's own, which takes none.</returns>
    public static Func<AnchorSet, ISurrogate?, CancellationToken, ISurrogate> Of(Func<AnchorSet, ISurrogate>? factory, RandomStreams streams)
    {
        if (factory is not null)
        {
            return (anchors, _, _) => factory(anchors);
        }

        var options = new KrigingOptions { Coupling = new TrajectoryOptions { Seed = streams.SeedOf("surrogate"), TrainMaps = false } };
        return (anchors, previous, cancellation) => previous is KrigedSurrogate fitted && anchors.Count > 4 && !int.IsPow2(anchors.Count) && IsOfKind(anchors, fitted.Transform.Kind)
            ? fitted.Extend(anchors, null, cancellation)
            : KrigedSurrogate.Fit(anchors, options, null, cancellation);
    }

    private static bool IsOfKind(AnchorSet anchors, OutputKind kind) => kind == OutputKind.Free || OutputTransform.Fault(anchors, kind, null) is null;
}

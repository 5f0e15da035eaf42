namespace HtiTune.External;

/// <summary>What is optimised: a number made of the outputs for the study's contexts, of the real network or of the surrogate alike.</summary>
internal interface IObjective
{
    /// <summary>The text it was made from; names the objective in the journal.</summary>
    string Text { get; }

    /// <summary>What is wrong with it by what is known before the first training: columns that are not there, files that are missing.</summary>
    /// <param name="columns">What is known of the columns.</param>
    IReadOnlyList<string> Faults(KnownColumns columns);

    /// <summary>The value; the same for the same outputs.</summary>
    /// <param name="samples">Outputs [n, D], one row for each context, beside the contexts.</param>
    /// <param name="lambda">λ of the outputs, in its own units.</param>
    /// <exception cref="InvalidOperationException">It has no value; the message says why and what is expected.</exception>
    double Value(Samples samples, double lambda);

    /// <summary>Whether it can judge outputs like these at all; a value that is not finite is these outputs' alone.</summary>
    /// <param name="samples">Outputs [n, D], one row for each context, beside the contexts.</param>
    /// <param name="lambda">λ of the outputs, in its own units.</param>
    /// <exception cref="InvalidOperationException">It cannot; the message says where and what is expected.</exception>
    void Require(Samples samples, double lambda) => Value(samples, lambda);
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using HtiTune.Diagnostics;

namespace HtiTune.Hosting;

/// <summary>Which studies are listed.</summary>
/// <param name="State">Only these; null: all.</param>
/// <param name="Search">Part of a name; null: any.</param>
/// <param name="After">Those behind this one; null: from the newest.</param>
/// <param name="Size">At most so many, 1 to 200.</param>
public sealed record StudyQuery(StudyState? State = null, string? Search = null, Guid? After = null, int Size = 50)
{
    /// <summary>Only those with this tag; null: all.</summary>
    public string? Tag { get; init; }
}

/// <summary>What a page of studies is ordered by.</summary>
public enum StudyOrder
{
    /// <summary>When they were created.</summary>
    Created,

    /// <summary>When something last happened to them.</summary>
    Updated,

    /// <summary>Their names, without regard to case.</summary>
    Name,

    /// <summary>Where they stand.</summary>
    State,

    /// <summary>Trainings used.</summary>
    Trainings,

    /// <summary>Whose they are.</summary>
    Tenant,
}

/// <summary>Which page of which studies is wanted.</summary>
public sealed record StudyPageQuery
{
    /// <summary>Only these; null: all.</summary>
    public StudyState? State { get; init; }

    /// <summary>Part of a name; null: any.</summary>
    public string? Search { get; init; }

    /// <summary>Only those with this tag; null: all.</summary>
    public string? Tag { get; init; }

    /// <summary>Of this tenant, for who sees several; null: of all that the caller sees.</summary>
    public string? OfTenant { get; init; }

    /// <summary>What they are ordered by; studies alike in it, by when they were created.</summary>
    public StudyOrder Order { get; init; }

    /// <summary>Whether the least, first or oldest stands first.</summary>
    public bool IsAscending { get; init; }

    /// <summary>Studies before the page, 0 and up.</summary>
    public int Skip { get; init; }

    /// <summary>Studies on the page, 1 to 200.</summary>
    public int Size { get; init; } = 50;
}

/// <summary>A page of studies.</summary>
/// <param name="Studies">The studies on it, in the order that was asked for.</param>
/// <param name="Total">How many there are in all that were asked for.</param>
/// <param name="Tenants">The tenants that have studies which the caller sees, by name.</param>
public sealed record StudyList(IReadOnlyList<StudyView> Studies, int Total, IReadOnlyList<string> Tenants);

/// <summary>What is believed over λ, and what was trained.</summary>
/// <param name="Posterior">The belief on a grid.</param>
/// <param name="Anchors">λ and values trained.</param>
/// <param name="Next">λ that the next training would go to; null where there is none.</param>
public sealed record StudyCurve(IReadOnlyList<PosteriorPoint> Posterior, IReadOnlyList<AnchorPoint> Anchors, double? Next);

/// <summary>A trained λ and its value.</summary>
public readonly record struct AnchorPoint(int Number, double Lambda, double? Value);

/// <summary>Whether outputs at a λ are a network's own, between trained λ, or outside of them.</summary>
public enum DistributionKind
{
    /// <summary>The network was trained there.</summary>
    Trained,

    /// <summary>Between two trained λ.</summary>
    Interpolated,

    /// <summary>Outside of all trained λ.</summary>
    Extrapolated,
}

/// <summary>Outputs at one λ.</summary>
/// <param name="Lambda">λ.</param>
/// <param name="Kind">Where they come from.</param>
/// <param name="Outputs">Outputs [n, D] for the study's contexts.</param>
/// <param name="Columns">Names of the D columns.</param>
/// <param name="Trust">Trust ρ in the surrogate.</param>
public sealed record Distribution(double Lambda, DistributionKind Kind, Data.Matrix Outputs, IReadOnlyList<string> Columns, double? Trust);

/// <summary>A worker.</summary>
public sealed record WorkerView(string Name, string Tenant, IReadOnlyList<string> Queues, int Slots, DateTimeOffset LastSeenAt, bool IsSetAside, string? Reason, int Running);

/// <summary>A queue.</summary>
public sealed record QueueView(string Name, int Queued, int Running, TimeSpan? LongestWait);

/// <summary>Kinds of refusal.</summary>
public enum StudyServiceError
{
    /// <summary>There is no such thing, or it is another tenant's.</summary>
    NotFound,

    /// <summary>The request is wrong; the message says where and what is expected.</summary>
    Invalid,

    /// <summary>It does not fit the state that the thing is in.</summary>
    Conflict,

    /// <summary>A limit is reached.</summary>
    Limit,

    /// <summary>An idempotency key comes again with another request.</summary>
    KeyReused,
}

/// <summary>A request that cannot be done.</summary>
public sealed class StudyServiceException(StudyServiceError kind, string message) : Exception(message)
{
    /// <summary>The kind of refusal.</summary>
    public StudyServiceError Kind => kind;

    /// <summary>Throws where something is refused.</summary>
    internal static void ThrowIf([DoesNotReturnIf(true)] bool isRefused, StudyServiceError kind, [InterpolatedStringHandlerArgument(nameof(isRefused))] NeededText message)
    {
        if (isRefused)
        {
            throw new StudyServiceException(kind, message.ToStringAndClear());
        }
    }

    /// <inheritdoc cref="ThrowIf(bool, StudyServiceError, NeededText)"/>
    internal static void ThrowIf([DoesNotReturnIf(true)] bool isRefused, StudyServiceError kind, string message) => ThrowIf(isRefused, kind, $"{message}");
}

using System.Collections;
using HtiTune.Data.Notebooks;
using static System.FormattableString;

namespace HtiTune.Data;

/// <summary>The anchors of a search space: trained networks' samples; of one continuous hyperparameter in ascending λ, else in the order given.</summary>
/// <remarks>Immutable and thread-safe. All anchors have outputs of D columns, contexts of C conditions, and the same categories.</remarks>
[TypeFormatterSource(typeof(AnchorSetSource))]
public sealed class AnchorSet : IReadOnlyList<Anchor>
{
    private readonly Anchor[] _anchors;
    private readonly double[] _lambdas;

    /// <summary>A set of anchors.</summary>
    /// <param name="space">The space that their configurations are of; a single hyperparameter is one.</param>
    /// <param name="anchors">At least one anchor with at least one row; of one continuous hyperparameter in strictly ascending λ, else each configuration once.</param>
    /// <exception cref="ArgumentException">
    /// There is no anchor, a configuration is not of the space, out of order or given twice, or two anchors differ in D, C or the number of categories; the
    /// message names the anchors' positions, counted from 0.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A λ lies outside the range.</exception>
    public AnchorSet(SearchSpace space, IEnumerable<Anchor> anchors)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(anchors);
        _anchors = [.. anchors];
        if (_anchors.Length == 0)
        {
            throw new ArgumentException("There is no anchor; expected at least one.", nameof(anchors));
        }

        Space = space;
        for (var i = 0; i < _anchors.Length; i++)
        {
            if (_anchors[i] is null)
            {
                throw new ArgumentException($"Anchor {i} is null.", nameof(anchors));
            }

            if (space.IsLine)
            {
                Hyperparameter.Require(_anchors[i].Lambda, $"anchor {i}");
            }
            else
            {
                _anchors[i] = _anchors[i] with { Configuration = space.Ordered(_anchors[i].Configuration) };
                RequireOfSpace(i, nameof(anchors));
            }

            if (_anchors[i].Samples.Count == 0)
            {
                throw new ArgumentException($"Anchor {i} ({PlaceOf(i)}) has no row; expected at least one.", nameof(anchors));
            }

            if (i > 0)
            {
                if (space.IsLine)
                {
                    RequireAscending(Hyperparameter, i, nameof(anchors));
                }

                RequireSame(i, "output columns", samples => samples.Dimension, nameof(anchors));
                RequireSame(i, "condition columns", samples => samples.Conditions.Columns, nameof(anchors));
                RequireSame(i, "categories", samples => samples.Contexts.CategoryCount, nameof(anchors));
            }
        }

        if (space.IsLine)
        {
            // Who makes an anchor of λ alone need not know what λ is called.
            _anchors = Array.ConvertAll(_anchors, anchor =>
                anchor.Configuration.TryGet(Hyperparameter.Name, out _) ? anchor : anchor with { Configuration = new Configuration(Hyperparameter.Name, anchor.Lambda) });
        }

        _lambdas = Array.ConvertAll(_anchors, anchor => anchor.Lambda);
    }

    /// <summary>The hyperparameters.</summary>
    public SearchSpace Space { get; }

    /// <summary>The hyperparameter, where it is one with a range.</summary>
    /// <exception cref="InvalidOperationException">There are several, or it takes no range of numbers.</exception>
    public ContinuousHyperparameter Hyperparameter => Space.Line;

    /// <summary>Number of output columns D, at least 1.</summary>
    public int Dimension => _anchors[0].Samples.Dimension;

    /// <summary>Number of continuous conditions C; 0 without.</summary>
    public int ConditionCount => _anchors[0].Samples.Conditions.Columns;

    /// <summary>Number of categories; 0 without.</summary>
    public int CategoryCount => _anchors[0].Samples.Contexts.CategoryCount;

    /// <summary>Number of anchors, at least 1.</summary>
    public int Count => _anchors.Length;

    /// <summary>The anchors' λ, strictly ascending; NaN where there are several hyperparameters.</summary>
    public IReadOnlyList<double> Lambdas => _lambdas.AsReadOnly();

    /// <summary>An anchor, by its place in order.</summary>
    /// <param name="index">0 to Count − 1.</param>
    public Anchor this[int index] => _anchors[index];

    /// <summary>The set with one more anchor, inserted at its place.</summary>
    /// <param name="anchor">An anchor at a λ that the set does not hold.</param>
    /// <exception cref="ArgumentException">
    /// The set holds an anchor at this λ, or the new one differs in D, C or the number of categories.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">λ lies outside the range.</exception>
    /// <exception cref="InvalidOperationException">There are several hyperparameters.</exception>
    public AnchorSet With(Anchor anchor)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        Hyperparameter.Require(anchor.Lambda, "the new anchor");
        var place = Array.BinarySearch(_lambdas, anchor.Lambda);
        if (place >= 0)
        {
            throw new ArgumentException(
                Invariant($"The new anchor's λ = {anchor.Lambda:R} is that of anchor {place}; expected another λ."), nameof(anchor));
        }

        return new AnchorSet(Hyperparameter, [.. _anchors[..~place], anchor, .. _anchors[~place..]]);
    }

    /// <inheritdoc/>
    public IEnumerator<Anchor> GetEnumerator() => ((IEnumerable<Anchor>)_anchors).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string PlaceOf(int i) => Space.TextOf(_anchors[i].Configuration);

    private void RequireOfSpace(int i, string parameter)
    {
        Space.Require(_anchors[i].Configuration, $"anchor {i}");
        if (Array.FindIndex(_anchors, anchor => anchor.Configuration.Equals(_anchors[i].Configuration)) is var first && first < i)
        {
            throw new ArgumentException($"Anchors {first} and {i} are equal: {PlaceOf(i)}; expected each configuration once.", parameter);
        }
    }

    private void RequireAscending(ContinuousHyperparameter hyperparameter, int i, string parameter)
    {
        var (before, here) = (_anchors[i - 1].Lambda, _anchors[i].Lambda);
        var fault = here == before ? "equal"
            : here < before ? "out of order"
            : hyperparameter.ToUnit(here) <= hyperparameter.ToUnit(before)
                ? $"too close to tell apart on the scale '{hyperparameter.Scale.Name}'"
            : null;
        if (fault is not null)
        {
            throw new ArgumentException(
                Invariant($"Anchors {i - 1} and {i} are {fault}: λ = {before:R}, then {here:R}; expected strictly ascending λ."), parameter);
        }
    }

    private void RequireSame(int i, string what, Func<Samples, int> count, string parameter)
    {
        var (first, here) = (count(_anchors[0].Samples), count(_anchors[i].Samples));
        if (first != here)
        {
            throw new ArgumentException(
                $"Anchor {i} ({PlaceOf(i)}) has {here} {what}; expected {first}, as anchor 0 has.", parameter);
        }
    }
}

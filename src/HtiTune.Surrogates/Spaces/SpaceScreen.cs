using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Sets rows aside that lie far outside all others, as of a training that diverged in a context: one would decide the inner products alone.</summary>
/// <param name="Outputs">Outputs of each anchor with plausible values in the place of what is set aside.</param>
/// <param name="Texts">What is set aside, in words, a text an anchor; empty without.</param>
internal sealed record SpaceScreen(Matrix[] Outputs, string[] Texts)
{
    /// <summary>Looks for such rows; in their place stands the same row of the nearest anchor that has it, else another row of their own anchor.</summary>
    /// <param name="space">The space.</param>
    /// <param name="anchors">The anchors' configurations.</param>
    /// <param name="places">Their coordinates.</param>
    /// <param name="outputs">Their outputs in the same contexts.</param>
    /// <param name="contexts">The contexts.</param>
    internal static SpaceScreen Of(SearchSpace space, Configuration[] anchors, double[][] places, Matrix[] outputs, Contexts contexts)
    {
        var found = RowScreen.Find([.. outputs.Select(y => new Samples(y, contexts))]);
        if (Array.TrueForAll(found, rows => rows.Count == 0))
        {
            return new SpaceScreen(outputs, []);
        }

        return new SpaceScreen(
            [.. outputs.Select((y, k) => found[k].Count == 0 ? y : Matrix.Create(y.Rows, y.Columns, (i, row) => (found[k].ContainsKey(i) ? Instead(k, i) : y.Row(i)).CopyTo(row)))],
            [.. found.Index().Where(one => one.Item.Count > 0).Select(one => RowScreen.TextOf(space.TextOf(anchors[one.Index]), one.Item, contexts.Count) + ".")]);

        ReadOnlySpan<float> Instead(int anchor, int row)
        {
            int[] others = [.. Enumerable.Range(0, outputs.Length).Where(k => !found[k].ContainsKey(row))];
            return others.Length > 0
                ? outputs[others.MinBy(k => SpaceCoordinates.Distance(places[anchor], places[k]))].Row(row)
                : outputs[anchor].Row(Enumerable.Range(1, contexts.Count - 1).Select(step => (row + step) % contexts.Count).FirstOrDefault(i => !found[anchor].ContainsKey(i), row));
        }
    }
}

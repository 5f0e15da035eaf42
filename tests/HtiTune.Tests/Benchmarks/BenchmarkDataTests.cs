using System.IO.Compression;
using HtiTune.Benchmarks.Quality;
using HtiTune.Benchmarks.Quality.Tasks;
using HtiTune.Data;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Benchmarks;

/// <summary>The benchmark's data: where they are looked for, archives, policies.</summary>
public class BenchmarkDataTests
{
    [Fact]
    public void Missing_data_are_an_error_that_says_where_and_how_to_point_elsewhere()
    {
        using var folder = new TemporaryFolder();
        var place = folder.File("nowhere");
        var message = Assert.Throws<DirectoryNotFoundException>(() => BenchmarkData.Find(place, null)).Message;
        Assert.Contains(place, message, StringComparison.Ordinal);
        Assert.Contains("--data", message, StringComparison.Ordinal);
        Assert.Contains("HTITUNE_DATA", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_holds_its_arrays_by_name()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder.File("a.npy"), [2, 2], [1, 2, 3, 4]);
        using (var zip = ZipFile.Open(folder.File("z.npz"), ZipArchiveMode.Create))
        {
            zip.CreateEntryFromFile(folder.File("a.npy"), "weights.npy");
        }

        var array = Assert.Single(BenchmarkData.ReadArchive(folder.File("z.npz")));
        Assert.Equal("weights", array.Key);
        Assert.Equal([2, 2], array.Value.Shape);
        Assert.Equal([1, 2, 3, 4], array.Value.Values);
    }

    [Fact]
    public void A_block_takes_every_step_th_row_from_the_first()
    {
        var array = new NpyArray([2, 5, 1], [0, 1, 2, 3, 4, 10, 11, 12, 13, 14]);
        Assert.Equal([11f, 13f], array.Block(1, first: 1, step: 2).Values.ToArray());
        Assert.Equal([0f, 2f, 4f], array.Block(0, step: 2).Values.ToArray());
    }

    [Fact]
    public void A_policy_s_mean_action_is_its_three_layers_and_the_clip()
    {
        var policy = new CancerPolicy(
        [
            (Matrix.From(new double[,] { { 1, -1 } }), [0.5f]),
            (Matrix.From(new double[,] { { 2 } }), [0]),
            (Matrix.From(new double[,] { { 3 }, { 100 } }), [1, 0]),
        ]);
        var actions = policy.MeanActions(Matrix.From(new double[,] { { 0.25, 0.5 }, { -9, 9 } }));
        Assert.Equal(1 + 3 * Math.Tanh(2 * Math.Tanh(0.25)), actions[0, 0], 12);
        Assert.Equal(8, actions[0, 1]);
        Assert.Equal(0, actions[1, 0]);
        Assert.Equal(0, actions[1, 1]);
    }
}

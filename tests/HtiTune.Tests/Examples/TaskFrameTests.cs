using CsCheck;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Examples;

/// <summary>What the examples share: distances, the cache of trainings, options.</summary>
public class TaskFrameTests
{
    [Fact]
    public void The_distance_is_that_of_the_best_of_all_permutations() =>
        Gen.Float[0, 1].Array[20].Sample(
            values =>
            {
                Matrix a = new(5, 2, values[..10]), b = new(5, 2, values[10..]);
                double Square(int i, int j) => Math.Pow((double)a[i, 0] - b[j, 0], 2) + Math.Pow((double)a[i, 1] - b[j, 1], 2);
                var best = Permutations(5).Min(p => Enumerable.Range(0, 5).Average(i => Square(i, p[i])));
                Assert.Equal(best, OutputDistance.Squared(a, b), 1e-6);
            },
            iter: 200);

    [Fact]
    public void Of_one_column_the_distance_is_that_of_the_same_rows_beside_a_constant() =>
        Gen.Select(Gen.Int[-5, 5].Array[1, 9], Gen.Int[-5, 5].Array[1, 9]).Sample(
            (left, right) =>
            {
                static Matrix Rows(int[] values, int columns) => Matrix.Create(values.Length, columns, (i, row) => row[0] = 0.5f * values[i]);
                Assert.Equal(OutputDistance.Squared(Rows(left, 2), Rows(right, 2)), OutputDistance.Squared(Rows(left, 1), Rows(right, 1)), 1e-5);
            },
            iter: 300);

    [Fact]
    public void Distances_are_per_context_and_exact()
    {
        // Two contexts with two draws each, and the draws of the second change places: what is left is the shift (3, 4) of the first.
        var contexts = new Contexts(new Matrix(4, 1, [1, 1, 2, 2]));
        var a = new Samples(new Matrix(4, 2, [0, 0, 10, 10, 5, 5, 6, 6]), contexts);
        var b = new Samples(new Matrix(4, 2, [3, 4, 13, 14, 6, 6, 5, 5]), contexts);
        Assert.Equal(2.5, OutputDistance.Mean(a, b), 6);
        Assert.Equal(4.0, OutputDistance.Squared(new Matrix(2, 1, [0, 1]), new Matrix(2, 1, [3, 2])), 6);
    }

    [Fact]
    public void A_training_is_kept_found_again_and_made_anew_when_its_file_is_damaged()
    {
        var folder = Directory.CreateTempSubdirectory("htitune-cache-").FullName;
        try
        {
            var network = new Counting();
            TrainingCache Cache(int version) => new("counted", version, "options", network, folder: folder);
            var contexts = Contexts.None(1);
            float Answer(int version, double lambda, long seed)
            {
                using var cache = Cache(version);
                using var trained = cache.Train(new TrainingRequest(lambda, seed), CancellationToken.None);
                return trained.Answer(contexts, 0)[0, 0];
            }

            Assert.Equal(0.5f, Answer(1, 0.5, 1));
            Assert.Equal(0.5f, Answer(1, 0.5, 1));
            Assert.Equal(1, network.Trainings);
            Assert.Equal((0.5f, 0.5f, 0.25f), (Answer(2, 0.5, 1), Answer(1, 0.5, 2), Answer(1, 0.25, 1)));
            Assert.Equal(4, network.Trainings);

            var files = Directory.GetFiles(Path.Combine(folder, "counted")).Where(path => !path.EndsWith(".json", StringComparison.Ordinal)).ToList();
            Assert.Equal(4, files.Count);
            files.ForEach(path => File.AppendAllText(path, "x"));
            Assert.Equal(0.5f, Answer(1, 0.5, 1));
            Assert.Equal(5, network.Trainings);
            Assert.Empty(Directory.GetFiles(Path.Combine(folder, "counted"), "*.part"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Options_are_read_and_wrong_ones_are_named()
    {
        var line = TaskCommandLine.Parse(["--seed", "4", "--seeds", "3", "--out", "x"]);
        Assert.Equal([4L, 5, 6], line.RaceSeeds);
        Assert.Equal("x", line.Out);
        Assert.Contains("--fast", Assert.Throws<FormatException>(() => TaskCommandLine.Parse(["--fast"])).Message, StringComparison.Ordinal);
        Assert.Contains("--seeds 0", Assert.Throws<FormatException>(() => TaskCommandLine.Parse(["--seeds", "0"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_ways_of_the_race_differ_by_the_surrogate_alone()
    {
        using var cache = new TrainingCache("counted", 1, "options", new Counting(), keep: false);
        var task = new TunedTask
        {
            Name = "counted",
            Hyperparameter = Hyperparameter.Continuous("λ", 1, 3),
            Contexts = Contexts.None(1),
            Network = cache,
            Preferences = [],
        };
        var (with, without) = (task.OptionsOf(7), task.OptionsOf(7, useSurrogate: false));
        Assert.True(with.UseSurrogate);
        Assert.Equal(with with { UseSurrogate = false }, without);
    }

    private static IEnumerable<int[]> Permutations(int n) => n == 0
        ? [[]]
        : Permutations(n - 1).SelectMany(p => Enumerable.Range(0, n).Select(at => (int[])[.. p[..at], n - 1, .. p[at..]]));

    // Answers every context with its λ.
    private sealed class Counting : IPersistentNetwork
    {
        public int Trainings { get; private set; }

        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            Trainings++;
            return new Trained(request.Lambda);
        }

        public void Save(ITrainedNetwork network, string path) => File.WriteAllText(path, "saved");

        public ITrainedNetwork Load(string path, double lambda) => new Trained(lambda);

        private sealed class Trained(double lambda) : ITrainedNetwork
        {
            public Matrix Answer(Contexts contexts, long seed) => Matrix.Create(contexts.Count, 1, (_, row) => row[0] = (float)lambda);

            public void Dispose()
            {
            }
        }
    }
}

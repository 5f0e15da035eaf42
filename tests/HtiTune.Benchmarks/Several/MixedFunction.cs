using HtiTune.Data;

namespace HtiTune.Benchmarks.Several;

/// <summary>Functions of whole numbers, words and conditions, with known minimum 0.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Space">The hyperparameters.</param>
/// <param name="Value">The function.</param>
internal sealed record MixedFunction(string Name, SearchSpace Space, Func<Configuration, double> Value)
{
    /// <summary>The functions.</summary>
    internal static IReadOnlyList<MixedFunction> All { get; } =
    [
        // A network's loss: depth and width on whole numbers, a learning rate that must fit the depth, and an activation.
        new("network", SearchSpace.Parse("lr=1e-5..1e-1:log", "layers=1..6:int", "width=16..512:int:step=16", "act=relu,gelu,silu,tanh"), c =>
        {
            double layers = c["layers"], lr = Math.Log10(c["lr"]), width = Math.Log2(c["width"]);
            var word = c["act"].Word switch { "gelu" => 0, "silu" => 0.15, "relu" => 0.3, _ => 0.6 };
            return Math.Pow(lr + 2 + 0.25 * layers, 2) + 0.15 * Math.Abs(layers - 4) + 0.3 * Math.Pow(Math.Log2(320) - width, 2) + word * (1 + 0.1 * layers);
        }),

        // An optimiser with parameters of its own.
        new("optimiser", SearchSpace.Parse("opt=sgd,adam,rms", "lr=1e-5..1:log", "momentum=0..0.99 if opt=sgd", "beta=0.5..0.999 if opt=adam", "decay=none,small,large:ordered"), c =>
        {
            var lr = Math.Log10(c["lr"]);
            var decay = c["decay"].Word switch { "small" => 0, "none" => 0.2, _ => 0.5 };
            return decay + c["opt"].Word switch
            {
                "sgd" => 0.1 * Math.Pow(lr + 1, 2) + 4 * Math.Pow(c["momentum"] - 0.9, 2),
                "adam" => 0.05 + 0.4 * Math.Pow(lr + 3, 2) + 2 * Math.Pow(c["beta"] - 0.9, 2),
                _ => 0.3 + 0.3 * Math.Pow(lr + 2.5, 2),
            };
        }),

        // Trees: whole numbers that trade, one on a logarithmic scale, and an ordered word.
        new("trees", SearchSpace.Parse("depth=2..12:int", "leaves=8..1024:int:log", "rate=0.01..0.5:log", "bins=few,some,many:ordered"), c =>
        {
            double depth = c["depth"], leaves = Math.Log2(c["leaves"]), rate = Math.Log(c["rate"]);
            var bins = c["bins"].Word switch { "many" => 0, "some" => 0.1, _ => 0.4 };
            return Math.Pow((depth - 7) / 3, 2) + 0.2 * Math.Pow(leaves - 6, 2) + 0.15 * (depth - 7) / 3 * (leaves - 6) + 0.5 * Math.Pow(rate - Math.Log(0.08), 2) + bins;
        }),
    ];

    /// <summary>The median over the space.</summary>
    internal double Median()
    {
        var stream = new RandomStreams(0).Stream("median");
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => Value(Random(stream)))];
        Array.Sort(values);
        return values[values.Length / 2];
    }

    /// <summary>A random configuration.</summary>
    internal Configuration Random(RandomStream stream) => Space.FromUnit([.. Enumerable.Range(0, Space.Count).Select(_ => stream.NextDouble())]);
}

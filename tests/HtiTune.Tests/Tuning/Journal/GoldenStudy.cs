using HtiTune.Data;
using Microsoft.Extensions.Time.Testing;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>A program of the library whose journal is kept as a fixture: all that it does is computed from sums, products and named chance.</summary>
/// <param name="Name">Name of the fixture's folder.</param>
/// <param name="Options">The tuner's options.</param>
/// <param name="Program">What it does with the tuner; run again it does the same.</param>
internal sealed record GoldenStudy(string Name, TunerOptions Options, Action<Tuner> Program)
{
    private static readonly ContinuousHyperparameter s_strength = Hyperparameter.Continuous("strength", 1, 8, Scale.Log);

    private static Contexts Many { get; } = new(Matrix.Create(15, 1, (i, row) => row[0] = (i - 7) / 4f));

    private static Contexts One { get; } = Contexts.None(1);

    /// <summary>The eight kinds.</summary>
    public static IReadOnlyList<GoldenStudy> All { get; } =
    [
        new("library-plain", Small(7) with { UseSurrogate = false }, tuner => tuner.Optimize(Cost, name: "cost")),
        new("library-surrogate", Small(6), tuner => tuner.Optimize(Cost, name: "cost")),
        new("library-noise", Small(10) with { UseSurrogate = false, NoiseVariance = 0.16, Replicate = true }, tuner => tuner.Optimize(Cost)) { Noise = 0.4 },
        new("library-parallel", Small(8) with { UseSurrogate = false, Parallelism = 3, Acquisition = AcquisitionRule.KnowledgeGradient }, ThreeAtATime),
        new("library-preferences", Small(5), tuner =>
        {
            tuner.Optimize(Cost, name: "cost");
            tuner.Optimize(model => Mean(model, 4), 2, name: "four");
            tuner.Optimize(model => Mean(model, 9), 0, name: "nine");
        }),
        new("library-reported", Small(7) with { UseSurrogate = false }, tuner => tuner.Optimize(model => model.Sample(One).Outputs.Exact(0, 0))) { IsReported = true },
        new("library-failures", Small(8) with { UseSurrogate = false, Goal = Goal.Maximize }, tuner => tuner.Optimize(
            model => model.Lambda > 5 ? double.NaN : -Cost(model), name: "kept")) { Fails = lambda => lambda is 8 or > 2 and < 2.5 },
        new("library-strict", Small(12) with { UseSurrogate = false, CertificateRule = CertificateRule.Strict, Epsilon = 1.5 }, tuner => tuner.Optimize(Cost)),
    ];

    /// <summary>Standard deviation of the noise that a training's seed brings.</summary>
    public double Noise { get; init; }

    /// <summary>Whether a training's output is one number in double precision.</summary>
    public bool IsReported { get; init; }

    /// <summary>Whether a training at λ fails.</summary>
    public Func<double, bool> Fails { get; init; } = _ => false;

    /// <summary>Opens the study in a folder, and does all that it does.</summary>
    public void Run(string folder)
    {
        var options = Options with { TimeProvider = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)) };
        using var tuner = Tuner.Open(folder, Network(), s_strength, IsReported ? One : Many, options);
        Program(tuner);
    }

    /// <summary>The objective of a run, which its name tells where a study has several.</summary>
    public Func<IConditionalModel, double> Objective(string? name) => name switch
    {
        "four" => model => Mean(model, 4),
        "nine" => model => Mean(model, 9),
        "kept" => model => model.Lambda > 5 ? double.NaN : -Cost(model),
        _ when IsReported => model => model.Sample(One).Outputs.Exact(0, 0),
        _ => Cost,
    };

    public override string ToString() => Name;

    private static TunerOptions Small(int trainings) => new() { MaxTrainings = trainings, Seed = 5, GridSize = 33, CertificateDraws = 512 };

    private static double Cost(IConditionalModel model) => Mean(model, 2);

    // An hour short costs so many times an hour too many.
    private static double Mean(IConditionalModel model, double shortage)
    {
        var outputs = model.Sample(Many).Outputs;
        var sum = 0.0;
        for (var i = 0; i < outputs.Rows; i++)
        {
            var over = outputs[i, 0] - 3.0;
            sum += over > 0 ? over : -shortage * over;
        }

        return sum / outputs.Rows;
    }

    // Told in another order than asked.
    private static void ThreeAtATime(Tuner tuner)
    {
        using var run = tuner.Begin(Cost, name: "cost");
        var network = All.Single(study => study.Name == "library-parallel").Network();
        var pending = new List<TrainingRequest>();
        while (true)
        {
            while (pending.Count < 3 && run.Ask() is { } proposal && !pending.Contains(proposal))
            {
                pending.Add(proposal);
            }

            if (pending.Count == 0)
            {
                break;
            }

            var next = pending[pending.Count / 2];
            pending.Remove(next);
            run.Tell(next, network.Train(new TrainingRequest(next.Lambda, next.Seed), CancellationToken.None));
        }

        run.Finish();
    }

    private INetwork Network() => HtiTune.Network.Create((request, _) => Fails(request.Lambda)
        ? throw new InvalidOperationException("the training broke")
        : (request.Lambda, Shift: Noise == 0 ? 0 : Noise * new RandomStreams(request.Seed + (long)(1e6 * request.Lambda)).Stream("noise").NextNormal()), (trained, contexts, _) =>
    {
        var (x, shift) = trained;
        var middle = 1.5 + 0.25 * (x - 4) * (x - 4) - 0.03125 * (x - 1) * (x - 4) * (x - 7) + shift;
        return IsReported
            ? Matrix.FromDoubles(1, 1, [middle])
            : Matrix.Create(contexts.Count, 1, (i, row) => row[0] = (float)(middle + (0.25 + 0.125 * x) * contexts.Conditions[i, 0]));
    });
}

using System.Globalization;
using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;

namespace HtiTune.Benchmarks.Resume;

/// <summary>A cheap study of two runs, for a process that is killed: a formula stands for the network, a straight line for the surrogate.</summary>
internal static class ResumeStudy
{
    /// <summary>What a child process says when it is about to begin.</summary>
    internal const string Ready = "ready";

    private static ContinuousHyperparameter Strength { get; } = Hyperparameter.Continuous("strength", 2, 6);

    private static Contexts Questions { get; } = new(Matrix.Create(21, 1, (i, row) => row[0] = (i - 10) / 5f));

    private static TunerOptions Options { get; } = new()
    {
        Seed = 7,
        GridSize = 65,
        Epsilon = 1e-9,
        SurrogateFactory = anchors => new StraightSurrogate(anchors),
    };

    /// <summary>Runs the study in a folder to its end, as a child process does.</summary>
    /// <param name="arguments">Folder, file that notes each training, milliseconds of a training, trainings at the same time.</param>
    internal static int Child(string[] arguments)
    {
        var network = new NotedNetwork(arguments[1], int.Parse(arguments[2], CultureInfo.InvariantCulture));
        Console.WriteLine(Ready);
        using var tuner = Open(arguments[0], network, int.Parse(arguments[3], CultureInfo.InvariantCulture));
        Program(tuner);
        return 0;
    }

    /// <summary>The study of a folder.</summary>
    internal static Tuner Open(string folder, INetwork network, int workers = 1) =>
        Tuner.Open(folder, network, Strength, Questions, Options with { Parallelism = workers });

    /// <summary>The study in memory: the undisturbed one.</summary>
    internal static Tuner InMemory(INetwork network, int workers = 1) => new(network, Strength, Questions, Options with { Parallelism = workers });

    /// <summary>Both runs, and all they say, to the last bit.</summary>
    internal static string Program(Tuner tuner)
    {
        var first = tuner.Optimize(model => Tracking(model, 0.5), maxTrainings: 8, name: "first preference");
        var second = tuner.Optimize(model => Tracking(model, -0.4), maxTrainings: 2, name: "second preference");
        return Text(first) + Text(second);
    }

    /// <summary>The proposals of a journal, computed afresh from its answers.</summary>
    internal static IEnumerable<TrainingRequest> Replay(StudyJournal journal) =>
        journal.Replay(0, model => Tracking(model, 0.5), Options).Concat(journal.Replay(1, model => Tracking(model, -0.4), Options));

    private static string Text(TuningResult study) => string.Join('\n',
    [
        .. study.Trials.Select(t => FormattableString.Invariant(
            $"{t.Number} {t.Lambda:R} {t.State} {t.Reason} {t.Value:R} {t.Predicted:R} {t.PredictedLow:R} {t.PredictedHigh:R} {t.IsReused}")),
        FormattableString.Invariant($"{study.Lambda:R} {study.PredictedValue:R} {study.RealValue:R} {study.Trust:R} {study.TrainingsUsed} {study.StopReason} {study.Outcome}"),
        "",
    ]);

    private static double Tracking(IConditionalModel model, double target) => model.Sample(Questions).Outputs.Values.ToArray().Average(y => (y - target) * (y - target));

    /// <summary>Notes the beginning of each training, beside the journal and independently of it.</summary>
    internal sealed class NotedNetwork(string notes, int milliseconds) : INetwork
    {
        private readonly Lock _writing = new();

        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            lock (_writing)
            {
                File.AppendAllText(notes, FormattableString.Invariant($"{request.Lambda:R} {request.Seed}\n"));
            }

            if (milliseconds > 0)
            {
                cancellation.WaitHandle.WaitOne(milliseconds);
            }

            return new Formula(request.Lambda);
        }
    }

    private sealed class Formula(double lambda) : ITrainedNetwork
    {
        public Matrix Answer(Contexts contexts, long seed) => Matrix.Create(
            contexts.Count, 1, (i, row) => row[0] = (float)(Math.Sin(1.7 * lambda) + 0.3 * lambda - 1 + Math.Exp(0.3 * Math.Cos(lambda)) * contexts.Conditions[i, 0]));

        public void Dispose()
        {
        }
    }

    private sealed class StraightSurrogate(AnchorSet anchors) : ISurrogate
    {
        public ContinuousHyperparameter Hyperparameter => anchors.Hyperparameter;

        public IReadOnlyList<double> Anchors => anchors.Lambdas;

        public SurrogateSamples Sample(double lambda, Contexts contexts)
        {
            var k = 0;
            while (k < anchors.Count - 2 && anchors[k + 1].Lambda < lambda)
            {
                k++;
            }

            var share = (lambda - anchors[k].Lambda) / (anchors[k + 1].Lambda - anchors[k].Lambda);
            var (left, right) = (anchors[k].Samples.Outputs, anchors[k + 1].Samples.Outputs);
            var outputs = Matrix.Create(contexts.Count, 1, (i, row) => row[0] = (float)((1 - share) * left[i, 0] + share * right[i, 0]));
            return new SurrogateSamples(new Samples(outputs, contexts), SampleSource.StoredOutputs);
        }

        public Matrix Transport(Samples rows, double from, double to) => throw new NotSupportedException();
    }
}

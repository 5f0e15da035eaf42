using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using HtiTune.Benchmarks.Certificates;
using HtiTune.Benchmarks.Choice;
using HtiTune.Benchmarks.Continuity;
using HtiTune.Benchmarks.House;
using HtiTune.Benchmarks.Laws;
using HtiTune.Benchmarks.Quality;
using HtiTune.Benchmarks.Quality.Tasks;
using HtiTune.Benchmarks.Record;
using HtiTune.Benchmarks.Resume;
using HtiTune.Benchmarks.Scaling;
using HtiTune.Benchmarks.Server;
using HtiTune.Benchmarks.Several;
using HtiTune.Benchmarks.Tuning;
using HtiTune.Benchmarks.Uncertainty;

namespace HtiTune.Benchmarks;

/// <summary>Benchmarks of speed and of quality, by verb.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        try
        {
            args = Recorder.Take(args);
        }
        catch (ArgumentException problem)
        {
            Console.Error.WriteLine($"error: {problem.Message}");
            return 2;
        }

        if (args is ["start", ..])
        {
            return StartUp.Run(args[1..]);
        }

        Surrogates.TorchSurrogates.Register();
        Surrogates.BaselineSurrogates.Register();
        if (args is ["speed", .. var rest])
        {
            // In process: generated projects would inherit this repository's build files.
            var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance));
            BenchmarkSwitcher.FromTypes([typeof(TransportSpeed), typeof(SurrogateSpeed), typeof(ProposalSpeed)])
                .Run(rest.Length > 0 ? rest : ["--filter", "*"], config);
            return 0;
        }

        if (args is ["quality", .. var options] && !options.Contains("--help"))
        {
            return QualityCommand.Run(options);
        }

        if (args is ["policies", .. var policies] && !policies.Contains("--help"))
        {
            return PolicyCommand.Run(policies);
        }

        if (args is ["scaling", .. var sizes] && !sizes.Contains("--help"))
        {
            return ScalingCommand.Run(sizes);
        }

        if (args is ["scale", .. var scale] && !scale.Contains("--help"))
        {
            return ScaleCommand.Run(scale);
        }

        if (args is ["row", .. var row] && !row.Contains("--help"))
        {
            return RowCommand.Run(row);
        }

        if (args is ["imports", .. var imports] && !imports.Contains("--help"))
        {
            return ImportCommand.Run(imports);
        }

        if (args is ["uncertainty", .. var places] && !places.Contains("--help"))
        {
            return UncertaintyCommand.Run(places);
        }

        if (args is ["continuity", .. var choices] && !choices.Contains("--help"))
        {
            return ContinuityCommand.Run(choices);
        }

        if (args is ["tuner", .. var tunerOptions] && !tunerOptions.Contains("--help"))
        {
            return TunerCommand.Run(tunerOptions);
        }

        if (args is ["certificate", .. var certificateOptions] && !certificateOptions.Contains("--help"))
        {
            return CertificateCommand.Run(certificateOptions);
        }

        if (args is ["preferences", .. var preferenceOptions] && !preferenceOptions.Contains("--help"))
        {
            return PreferenceCommand.Run(preferenceOptions);
        }

        if (args is ["resume", .. var resumeOptions] && !resumeOptions.Contains("--help"))
        {
            return ResumeCommand.Run(resumeOptions);
        }

        if (args is ["server", .. var serverOptions] && !serverOptions.Contains("--help"))
        {
            return ServerCommand.Run(serverOptions);
        }

        if (args is ["house", .. var houseOptions] && !houseOptions.Contains("--help"))
        {
            return HouseCommand.Run(houseOptions);
        }

        if (args is ["laws", .. var lawOptions] && !lawOptions.Contains("--help"))
        {
            return ChoiceCommand.Run(lawOptions);
        }

        if (args is ["several", .. var severalOptions] && !severalOptions.Contains("--help"))
        {
            return SeveralCommand.Run(severalOptions);
        }

        if (!args.Contains("--help") && Kept(args) is { } code)
        {
            return code;
        }

        // What the verb resume kills.
        if (args is ["resume-child", _, _, _, _])
        {
            return ResumeStudy.Child(args[1..]);
        }

        Console.WriteLine(
            """
            Benchmarks of HtiTune. Verbs:
              speed [BenchmarkDotNet arguments]   optimal transport, surrogate sampling, proposals
            """);
        Console.WriteLine(
            QualityOptions.Help, string.Join(',', QualityTask.All.Select(task => task.Name)), string.Join(',', Method.All.Select(method => method.Key)));
        Console.WriteLine(PolicyCommand.Help);
        Console.WriteLine(ScalingOptions.Help, string.Join(',', ScalingProblem.All.Select(problem => problem.Name)));
        Console.WriteLine(ScaleCommand.Help, string.Join(',', ScalePart.All.Select(part => part.Name)), ScaleCommand.Kinds);
        Console.WriteLine(RowCommand.Help);
        Console.WriteLine(ImportCommand.Help);
        Console.WriteLine(UncertaintyCommand.Help);
        Console.WriteLine(ContinuityCommand.Help, string.Join(',', ContinuityTask.All.Select(task => task.Name)));
        Console.WriteLine(TunerCommand.Help);
        Console.WriteLine(
            CertificateOptions.Help, string.Join(',', OutputLaw.Families.Select(family => family.Name)), string.Join(',', CertifiedCase.All.Select(@case => @case.Name)));
        Console.WriteLine(ResumeCommand.Help);
        Console.WriteLine(ServerCommand.Help);
        Console.WriteLine(HouseCommand.Help);
        Console.WriteLine(ChoiceCommand.Help, string.Join(',', ChoiceLaws.All.Select(law => law.Name)), ChoiceCommand.Methods);
        Console.WriteLine(SeveralCommand.Help);
        Console.WriteLine(StartUp.Help);
        Console.WriteLine(GateCommand.Help);
        Console.WriteLine(PaceCommand.Help);
        Console.WriteLine(CoverageCommand.Help);
        Console.WriteLine(MutationCommand.Help);
        Console.WriteLine(CompareCommand.Help);
        Console.WriteLine(TablesCommand.Help);
        Console.WriteLine("Any verb takes --record FILE: several, certificate, preferences, quality, scale, row, gate, pace, coverage and mutation then add a line for each figure to it.");
        return args.Length == 0 || args.Contains("--help") ? 0 : 2;
    }
    // What is measured for comparison, and what is made of it.
    private static int? Kept(string[] args) => args switch
    {
        ["gate", .. var rest] => GateCommand.Run(rest),
        ["pace", .. var rest] => PaceCommand.Run(rest),
        ["coverage", .. var rest] => CoverageCommand.Run(rest),
        ["mutation", .. var rest] => MutationCommand.Run(rest),
        ["compare", .. var rest] => CompareCommand.Run(rest),
        ["tables", .. var rest] => TablesCommand.Run(rest),
        _ => null,
    };
}

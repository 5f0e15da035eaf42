using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using HtiTune.Benchmarks;

if (args is ["speed", .. var rest])
{
    // In process: generated projects would inherit this repository's build files.
    var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance));
    BenchmarkSwitcher.FromTypes([typeof(TransportSpeed), typeof(SurrogateSpeed), typeof(ProposalSpeed)])
        .Run(rest.Length > 0 ? rest : ["--filter", "*"], config);
    return 0;
}

Console.WriteLine(
    """
    Benchmarks of HtiTune. Verbs:
      speed [BenchmarkDotNet arguments]   optimal transport, surrogate sampling, proposals
    """);
return args.Length == 0 || args is ["--help"] ? 0 : 2;

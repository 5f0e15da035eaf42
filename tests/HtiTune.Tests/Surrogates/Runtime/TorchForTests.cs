using System.Runtime.CompilerServices;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates.Runtime;

/// <summary>Tests use TorchSharp in any order: this points it at its natives before the first one does, and loads nothing.</summary>
internal static class TorchForTests
{
    [ModuleInitializer]
    internal static void Attach()
    {
        RuntimeHelpers.RunModuleConstructor(typeof(TorchRuntime).Module.ModuleHandle);
        TorchSurrogates.Register();
        BaselineSurrogates.Register();
    }
}

/// <summary>A test of what exists on Linux alone.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "ELF libraries and their loader exist on Linux alone.";
        }
    }
}

namespace HtiTune.Tests;

/// <summary>
/// Tests that run when no other does, one at a time: those that use libtorch (TorchSharp frees implicitly converted scalars in finalizers, which a
/// collection that another test's thread starts can run while a native call still reads them), those that listen to the whole process, and those that interrupt.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    internal const string Name = "alone";
}

using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using HtiTune.Surrogates.Runtime;
using TorchSharp;

namespace HtiTune.Surrogates;

/// <summary>Loads the native libraries of TorchSharp, also where they ask for a newer C++ library than the system has.</summary>
/// <remarks>
/// HtiTune calls <see cref="EnsureLoaded"/> itself. Code that uses TorchSharp on its own (a network that is defined before the first
/// HtiTune type is touched) calls it first: TorchSharp loads its natives when its type <c>torch</c> is first used, once, and a
/// failure there stays for the life of the process. On Linux a library that asks for GLIBCXX_3.4.32 (GCC 13) is loaded on Debian 12,
/// Ubuntu 22.04 and RHEL 9 too, from a repaired copy of 2.4 MB in $XDG_CACHE_HOME/htitune or ~/.cache/htitune. On other systems the
/// libraries are loaded as shipped.
/// </remarks>
public static class TorchRuntime
{
    private const string TorchSharpName = "TorchSharp";
    private static readonly Lock Gate = new();
    private static readonly ConditionalWeakTable<Assembly, object> Attached = [];
    private static nint _wrapper;
    private static volatile bool _ready;

    /// <summary>Makes TorchSharp usable. Idempotent and thread-safe; costs nothing after the first call.</summary>
    /// <exception cref="DllNotFoundException">A native library is missing or does not load; the message says why, and the cure.</exception>
    /// <exception cref="PlatformNotSupportedException">This system's processor, C or C++ library cannot run libtorch.</exception>
    /// <exception cref="InvalidOperationException">TorchSharp was used before this call and failed for good in this process.</exception>
    public static void EnsureLoaded()
    {
        if (_ready)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            // typeof loads the assembly and runs no static constructor of TorchSharp.
            Attach(typeof(torch).Assembly);
            LoadNatives(typeof(torch).Assembly);
        }

        // Outside the lock: TorchSharp's static constructor, on whatever thread, comes back to us for the handle.
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            _ready = true;
        }
        catch (TypeInitializationException error) when (OperatingSystem.IsLinux())
        {
            throw LoadFailure.TooLate(error);
        }
        catch (Exception error) when (error is TypeInitializationException or NotSupportedException)
        {
            var package = OperatingSystem.IsWindows() ? "libtorch-cpu-win-x64" : "libtorch-cpu-osx-arm64";
            throw new DllNotFoundException(
                $"TorchSharp found no libtorch. Reference the NuGet package {package} in the application's project, in version "
                + $"{NativeFolders.LibtorchVersion(typeof(torch).Assembly)}. {error.GetBaseException().Message}", error);
        }
    }

    /// <summary>
    /// Runs when code of this library first runs, and loads nothing: whenever TorchSharp is loaded, and before it is used, its
    /// search for natives is pointed here.
    /// </summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Whoever touches TorchSharp after HtiTune must find it ready, without a call.")]
    internal static void AttachWhenLoaded()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => AttachIfTorchSharp(loaded.LoadedAssembly);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            AttachIfTorchSharp(assembly);
        }
    }

    private static void AttachIfTorchSharp(Assembly assembly)
    {
        if (assembly.GetName().Name != TorchSharpName)
        {
            return;
        }

        Attach(assembly);
        if (NativeFolders.Find(NativeFolders.OfHost(assembly), "libtorch_cpu.so") is not null)
        {
            return;
        }

        // Scripts and notebooks: the host's search finds no libtorch_cpu.so, and would go on to the system's own (Debian packages
        // an old one), which crashes. One that is already loaded is found first.
        try
        {
            LoadNatives(assembly);
        }
        catch (Exception error) when (error is DllNotFoundException or PlatformNotSupportedException or InvalidOperationException)
        {
            // Loading an assembly is no place to fail: EnsureLoaded tries again and tells.
        }
    }

    /// <summary>
    /// Answers TorchSharp's two ways of asking: NativeLibrary.TryLoad, which ends in the load context's event and decides
    /// whether it copies libtorch about (480 MB), and its calls, which ask the assembly's resolver.
    /// </summary>
    private static void Attach(Assembly torchSharp)
    {
        if (!Attached.TryAdd(torchSharp, Attached))
        {
            return;
        }

        if (AssemblyLoadContext.GetLoadContext(torchSharp) is { } context)
        {
            context.ResolvingUnmanagedDll += (assembly, name) => assembly == torchSharp ? Resolve(name, torchSharp) : 0;
        }

        try
        {
            NativeLibrary.SetDllImportResolver(torchSharp, (name, assembly, _) => Resolve(name, assembly));
        }
        catch (InvalidOperationException)
        {
            // Another library installed its resolver; the event still answers where that one does not.
        }
    }

    private static nint Resolve(string name, Assembly torchSharp) => name == "LibTorchSharp" ? LoadNatives(torchSharp) : 0;

    private static nint LoadNatives(Assembly torchSharp)
    {
        lock (Gate)
        {
            return _wrapper != 0 ? _wrapper : _wrapper = LinuxLoader.For(torchSharp).Load();
        }
    }
}

using System.Reflection;
using System.Runtime.InteropServices;

namespace HtiTune.Surrogates.Runtime;

/// <summary>Loads libtorch and TorchSharp's own native library on Linux.</summary>
/// <remarks>
/// libtorch goes first: libLibTorchSharp.so names it by soname, which the dynamic loader then finds among what is loaded, wherever the
/// files stand. If the library as shipped asks for a version that this system's libstdc++ lacks, a copy that does not insist on it
/// (<see cref="OlderStandardLibrary"/>) is loaded from the user's cache.
/// </remarks>
internal sealed class LinuxLoader
{
    internal const string Wrapper = "libLibTorchSharp.so";
    private static readonly string[] Libtorch = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private readonly IReadOnlyList<string> _folders, _caches;
    private readonly string _libtorchPackage;

    /// <param name="folders">Where to search, best first.</param>
    /// <param name="caches">Where repaired copies may stand, best first.</param>
    /// <param name="libtorchVersion">For the message about a missing package.</param>
    internal LinuxLoader(IReadOnlyList<string> folders, IReadOnlyList<string> caches, string? libtorchVersion)
    {
        _folders = folders;
        _caches = caches;
        _libtorchPackage = "libtorch-cpu-linux-x64" + (libtorchVersion is null ? "" : "@" + libtorchVersion);
    }

    /// <summary>The loader for a TorchSharp assembly, searching wherever an application may keep its natives.</summary>
    internal static LinuxLoader For(Assembly torchSharp) =>
        new(NativeFolders.Of(torchSharp), LibraryCache.Folders(), NativeFolders.LibtorchVersion(torchSharp));

    /// <summary>Loads everything and returns the handle of libLibTorchSharp.so.</summary>
    /// <exception cref="DllNotFoundException">A library is missing or does not load.</exception>
    /// <exception cref="PlatformNotSupportedException">The system's processor, C or C++ library cannot run libtorch.</exception>
    /// <exception cref="InvalidOperationException">A failed attempt of TorchSharp left half of libtorch in the process.</exception>
    internal nint Load()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            throw new PlatformNotSupportedException(
                $"TorchSharp has Linux natives for x64 alone; this process is {RuntimeInformation.ProcessArchitecture}. Run on an x64 machine.");
        }

        // libc10 cannot be unloaded: it is here if TorchSharp was used first, and after that one's failure libtorch does not load again.
        var isUsedBefore = IsMapped("/libc10.so");

        // All are looked for before the first is loaded: a missing package is reported as that.
        var wrapper = Find(Wrapper, "TorchSharp");
        foreach (var path in Libtorch.Select(file => Find(file, _libtorchPackage)).ToList())
        {
            if (!TryLoad(path, out _, out var refusal))
            {
                var failure = LoadFailure.Refused(path, refusal, IsMusl());
                throw isUsedBefore ? LoadFailure.TooLate(failure) : failure;
            }
        }

        return TryLoad(wrapper, out var handle, out var loaderText) ? handle : LoadRepaired(wrapper, loaderText);
    }

    private nint LoadRepaired(string wrapper, string loaderText)
    {
        byte[]? image = null;
        var path = wrapper;

        // The loader names one missing version at a time.
        while (LoadFailure.MissingVersion(loaderText) is { } version
            && OlderStandardLibrary.Tolerate(image ?? File.ReadAllBytes(wrapper), version) is { } repaired)
        {
            image = repaired;
            if (TryLoadCopy(image, out var handle, ref path, ref loaderText))
            {
                return handle;
            }
        }

        throw LoadFailure.Refused(path, loaderText, IsMusl());
    }

    /// <summary>Loads a copy from the first cache that can be written and may run code, else from a temporary folder.</summary>
    private bool TryLoadCopy(byte[] image, out nint handle, ref string path, ref string loaderText)
    {
        foreach (var folder in _caches)
        {
            try
            {
                path = LibraryCache.Store(folder, Wrapper, image);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            if (TryLoad(path, out handle, out loaderText))
            {
                return true;
            }

            if (LoadFailure.MissingVersion(loaderText) is not null)
            {
                // One more version is missing: this copy is of no use to anybody on this system.
                File.Delete(path);
                return false;
            }
        }

        // A fresh folder that only this user may enter: nobody can exchange the file between its check and its loading. The mapping
        // outlives the file.
        var temporary = Directory.CreateTempSubdirectory("htitune-");
        try
        {
            path = LibraryCache.Store(temporary.FullName, Wrapper, image);
            return TryLoad(path, out handle, out loaderText);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private string Find(string file, string package) =>
        NativeFolders.Find(_folders, file) ?? throw LoadFailure.Missing(file, package, _folders);

    private static bool TryLoad(string path, out nint handle, out string loaderText)
    {
        loaderText = "";
        try
        {
            handle = NativeLibrary.Load(path);
            return true;
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            handle = 0;
            loaderText = error.Message;
            return false;
        }
    }

    private static bool IsMusl() => IsMapped("/ld-musl-");

    private static bool IsMapped(string part) =>
        File.Exists("/proc/self/maps") && File.ReadAllText("/proc/self/maps").Contains(part, StringComparison.Ordinal);
}

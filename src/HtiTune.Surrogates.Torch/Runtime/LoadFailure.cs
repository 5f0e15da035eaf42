using System.Text.RegularExpressions;

namespace HtiTune.Surrogates.Runtime;

/// <summary>Turns what the dynamic loader said into the cause and the cure.</summary>
internal static partial class LoadFailure
{
    /// <summary>The version that the loader misses, such as GLIBCXX_3.4.32, or null when it complains of something else.</summary>
    internal static string? MissingVersion(string loaderText) =>
        VersionPattern().Match(loaderText) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>No folder holds a library.</summary>
    internal static DllNotFoundException Missing(string file, string package, IReadOnlyList<string> folders) => new(
        $"{file} was not found. It comes with the NuGet package {package}: reference it in the application's project "
        + $"(dotnet add package {package}), or in a file-based app by \"#:package {package}\", in a script by #r \"nuget: {package}\". "
        + $"Folders searched: {(folders.Count == 0 ? "none exists" : string.Join(", ", folders))}.");

    /// <summary>TorchSharp was used before its natives could be loaded.</summary>
    internal static InvalidOperationException TooLate(Exception cause) => new(
        "TorchSharp was used (or another libtorch loaded) before TorchSharp's native libraries were; it does not recover in this process. "
        + "Call HtiTune.Surrogates.TorchRuntime.EnsureLoaded() first, before any use of TorchSharp.", cause);

    /// <summary>A library stands there, and the loader refuses it.</summary>
    /// <param name="path">The library.</param>
    /// <param name="loaderText">What the dynamic loader said.</param>
    /// <param name="isMusl">Whether this process runs on musl in place of glibc.</param>
    internal static Exception Refused(string path, string loaderText, bool isMusl)
    {
        var version = MissingVersion(loaderText);
        if (isMusl)
        {
            return new PlatformNotSupportedException(
                $"libtorch is built for glibc, and this system uses musl (Alpine Linux). Use a glibc system, such as Debian 12. {Said()}");
        }

        if (version is not null && version.StartsWith("GLIBC_", StringComparison.Ordinal))
        {
            return new PlatformNotSupportedException(
                $"{Path.GetFileName(path)} needs {version}, which this system's glibc lacks. "
                + $"Use Debian 12, Ubuntu 22.04, RHEL 9 or newer. {Said()}");
        }

        if (version is not null)
        {
            return new PlatformNotSupportedException(
                $"{Path.GetFileName(path)} needs {version}, which this system's libstdc++ lacks. "
                + $"Install a newer libstdc++ (GCC 13 or later), or use Debian 12, Ubuntu 22.04, RHEL 9 or newer. {Said()}");
        }

        var cure = loaderText switch
        {
            _ when Has("failed to map segment") || Has("Operation not permitted") =>
                "Its folder may not run code (mounted noexec?): set XDG_CACHE_HOME, or place the application, on a file system that may.",
            _ when Has("ELF") || Has("file too short") || Has("file data") =>
                "The file is damaged or made for another processor: delete its package folder and run dotnet restore again.",
            _ when Has("cannot open shared object file") =>
                "A library that it depends on is missing: install it with the system's package manager, or restore the packages.",
            _ => "Check that the TorchSharp and libtorch packages belong together (TorchSharp's description names libtorch's version).",
        };
        return new DllNotFoundException($"{path} does not load. {cure} {Said()}");

        bool Has(string text) => loaderText.Contains(text, StringComparison.Ordinal);

        string Said() => $"The loader said: {loaderText.ReplaceLineEndings(" ").Trim()}";
    }

    [GeneratedRegex(@"version [`'](GLIBC(?:XX)?_[0-9.]+|CXXABI_[0-9.]+)' not found")]
    private static partial Regex VersionPattern();
}

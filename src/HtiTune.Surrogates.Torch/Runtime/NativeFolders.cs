using System.Reflection;

namespace HtiTune.Surrogates.Runtime;

/// <summary>Where the native libraries of TorchSharp and libtorch may stand.</summary>
internal static class NativeFolders
{
    private const string Natives = "runtimes/linux-x64/native";

    /// <summary>The folders in which the .NET host looks when TorchSharp asks for a native library by name.</summary>
    /// <param name="torchSharp">The TorchSharp assembly.</param>
    internal static IReadOnlyList<string> OfHost(Assembly torchSharp) =>
        [
            .. List(AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string),
            .. FolderOf(torchSharp) is { } folder ? [folder] : Array.Empty<string>(),
        ];

    /// <summary>All folders that may hold them, in the order in which the .NET host looks, then the package folders.</summary>
    /// <param name="torchSharp">The TorchSharp assembly.</param>
    internal static IReadOnlyList<string> Of(Assembly torchSharp)
    {
        List<string?> folders = [.. OfHost(torchSharp)];

        // Beside TorchSharp.dll, beside the application and beside this library, flat or by platform.
        var torchSharpFolder = FolderOf(torchSharp);
        foreach (var folder in new[] { torchSharpFolder, AppContext.BaseDirectory, FolderOf(typeof(NativeFolders).Assembly) })
        {
            if (!string.IsNullOrEmpty(folder))
            {
                folders.Add(folder);
                folders.Add(Path.Combine(folder, Natives));
            }
        }

        // Scripts and notebooks load TorchSharp.dll from <packages>/torchsharp/<version>/lib/<framework>.
        var package = torchSharpFolder is null ? null : Path.GetDirectoryName(Path.GetDirectoryName(torchSharpFolder));
        if (package is not null)
        {
            folders.Add(Path.Combine(package, Natives));
        }

        foreach (var packages in PackageFolders(package).Where(Directory.Exists))
        {
            folders.Add(Version(packages, "torchsharp", torchSharp.GetName().Version?.ToString(3)));
            foreach (var libtorch in Directory.EnumerateDirectories(packages, "libtorch-*-linux-x64").Order(StringComparer.Ordinal))
            {
                folders.Add(Version(packages, Path.GetFileName(libtorch), LibtorchVersion(torchSharp)));
            }
        }

        folders.AddRange(List(Environment.GetEnvironmentVariable("LD_LIBRARY_PATH")));
        return [.. folders.OfType<string>().Select(f => Path.GetFullPath(f)).Distinct(StringComparer.Ordinal).Where(Directory.Exists)];
    }

    /// <summary>The first folder's file of that name, or null.</summary>
    internal static string? Find(IEnumerable<string> folders, string file) =>
        folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    /// <summary>The libtorch version that a TorchSharp assembly was built for, such as 2.10.0, or null where it does not say.</summary>
    internal static string? LibtorchVersion(Assembly torchSharp)
    {
        // A constant: reading it from the metadata runs no static constructor of TorchSharp.
        var constant = torchSharp.GetType("TorchSharp.torch")?
            .GetField("libtorchPackageVersion", BindingFlags.Static | BindingFlags.NonPublic);
        return constant is { IsLiteral: true } && System.Version.TryParse(constant.GetRawConstantValue() as string, out var version)
            ? version.ToString(3)
            : null;
    }

    private static IEnumerable<string> PackageFolders(string? torchSharpPackage)
    {
        if (torchSharpPackage is not null && Path.GetDirectoryName(torchSharpPackage) is { } parent
            && Path.GetFileName(parent).Equals("torchsharp", StringComparison.OrdinalIgnoreCase))
        {
            yield return Path.GetDirectoryName(parent)!;
        }

        if (Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } configured)
        {
            yield return configured;
        }

        yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
    }

    /// <summary>A package's natives in the version that fits; a libtorch of another version would crash in place of an error.</summary>
    private static string? Version(string packages, string package, string? version) =>
        version is null ? null : Path.Combine(packages, package, version, Natives);

    private static string? FolderOf(Assembly assembly) =>
        string.IsNullOrEmpty(assembly.Location) ? null : Path.GetDirectoryName(assembly.Location);

    private static string[] List(string? paths) =>
        paths?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
}

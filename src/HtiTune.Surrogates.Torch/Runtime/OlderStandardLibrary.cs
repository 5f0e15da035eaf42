namespace HtiTune.Surrogates.Runtime;

/// <summary>Makes a library built with a newer GCC acceptable to an older libstdc++, where that is safe.</summary>
/// <remarks>
/// A missing version is given up only if every symbol that carries it is known here, for each with the reason why the older
/// library does as well.
/// </remarks>
internal static class OlderStandardLibrary
{
    /// <summary>Symbol → the older version that defines it too, or null where none is needed.</summary>
    private static readonly Dictionary<string, string?> Replaceable = new()
    {
        // GCC 13 (3.4.32) emits a reference, without any relocation, so that older libraries fail at load instead of leaving
        // std::cout unconstructed; a library that is not the first user of iostreams in its process needs no such guard.
        ["_ZSt21ios_base_library_initv"] = null,

        // GCC 12 (3.4.30) gave condition_variable::wait a second version, which is not noexcept; the first one remains everywhere.
        ["_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE"] = "GLIBCXX_3.4.11",
    };

    /// <summary>The library's image without its demand for a version, or null where that would not be safe.</summary>
    /// <param name="image">The whole file.</param>
    /// <param name="version">The version that the system lacks, such as GLIBCXX_3.4.32.</param>
    internal static byte[]? Tolerate(byte[] image, string version)
    {
        var elf = ElfVersionNeeds.Parse(image);
        if (elf.Needs.FirstOrDefault(n => n.Version == version && !n.IsWeak) is not { } need)
        {
            return null;
        }

        VersionNeed? rebind = null;
        foreach (var symbol in elf.SymbolsOf(need))
        {
            if (!Replaceable.TryGetValue(symbol, out var older))
            {
                return null;
            }

            if (older is not null)
            {
                // All symbols of one version move together; a mixture of targets has not been met and is refused.
                var target = elf.Needs.FirstOrDefault(n => n.Version == older && n.Library == need.Library);
                if (target is null || (rebind is not null && rebind != target))
                {
                    return null;
                }

                rebind = target;
            }
        }

        return elf.Weaken(need, rebind);
    }
}

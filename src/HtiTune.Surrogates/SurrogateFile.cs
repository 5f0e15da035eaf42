using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Reads a surrogate over λ, of any kind, from its file.</summary>
public static class SurrogateFile
{
    /// <summary>Reads a surrogate, exactly as it was saved. Needs no libtorch.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scale">The hyperparameter's scale where it is a warp given as functions, which a file cannot hold; else null.</param>
    /// <exception cref="DataFormatException">The file is no model, of a newer version, damaged or cut short.</exception>
    public static IFittedSurrogate Load(string path, Scale? scale = null)
    {
        var (state, kriging) = ModelFile.Read(path, scale);
        return kriging is null ? new TrajectorySurrogate(state) : new KrigedSurrogate(new TrajectorySurrogate(state), kriging);
    }

    /// <summary>Whether a model file holds a surrogate over a search space, which <see cref="SpaceSurrogate.Load"/> reads.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">It is no model file.</exception>
    public static bool HoldsSpace(string path) => SpaceFile.Has(ModelContainer.VersionOf(path));
}

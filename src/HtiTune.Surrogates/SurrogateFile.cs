using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Reads a surrogate of any kind from its file.</summary>
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
}

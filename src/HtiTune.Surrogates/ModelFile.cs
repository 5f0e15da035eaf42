using System.Text.Json;
using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Writes and reads the file of a <see cref="TrajectorySurrogate"/>, and of a <see cref="KrigedSurrogate"/> upon one.</summary>
internal static class ModelFile
{
    internal const int Version = 3;

    /// <summary>The version of files that hold a kriging: programs that know none refuse them.</summary>
    internal const int KrigedVersion = 4;

    /// <summary>The version of files that hold a kriging whose rows are carried by levels, or part of whose way is straight.</summary>
    internal const int LevelsVersion = 7;

    /// <summary>The version of files whose new contexts are answered by kernel ridge, or whose kriging has a Gaussian kernel or a parabola.</summary>
    internal const int RidgeVersion = 8;

    private static int VersionOf(TrajectoryState state, KrigingState? kriging) =>
        state.Ridge is not null || kriging?.Options is { Smooth: true } or { ParabolaShare: > 0 } ? RidgeVersion
        : kriging is null ? Version
        : kriging.Quantiles is not null || kriging.Options.StraightShare is > 0 and < 1 ? LevelsVersion : KrigedVersion;

    /// <summary>Whether a version is that of a surrogate over one hyperparameter.</summary>
    internal static bool Has(int version) => version is Version or KrigedVersion or LevelsVersion or RidgeVersion;

    internal static void Write(string path, TrajectoryState state, KrigingState? kriging = null)
    {
        var arrays = new List<(string Name, float[] Values)>();
        var header = ModelHeader.Of(state, arrays) with { Kriging = kriging is null ? null : KrigingHeader.Of(kriging) };
        ModelContainer.Write(path, VersionOf(state, kriging), JsonSerializer.SerializeToUtf8Bytes(header, ModelHeaderJson.Default.ModelHeader), arrays);
    }

    internal static (TrajectoryState State, KrigingState? Kriging) Read(string path, Scale? scale)
    {
        var version = ModelContainer.VersionOf(path);
        if (SpaceFile.Has(version))
        {
            throw new DataFormatException(path, "byte 8", "a model over a search space", $"one over λ; {nameof(SpaceSurrogate)}.{nameof(SpaceSurrogate.Load)} reads it");
        }

        if (!Has(version))
        {
            throw new DataFormatException(
                path, "byte 8", $"format version {version}",
                version > RidgeVersion ? $"version {RidgeVersion} at most; a newer HtiTune may read it" : $"version {Version}; fit the model again");
        }

        return ModelContainer.Read(path, ModelHeaderJson.Default.ModelHeader, header => header.Arrays, (header, arrays) =>
        {
            var state = header.ToState(arrays, scale);
            if (MethodRecipe.IsLearned(state.Options.Method))
            {
                PublishedMethods.For(state.Options.Method);
            }

            return (state, header.Kriging?.ToState());
        });
    }
}

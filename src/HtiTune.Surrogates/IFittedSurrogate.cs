namespace HtiTune.Surrogates;

/// <summary>A surrogate that was fitted to anchors' samples and can be kept in a file.</summary>
public interface IFittedSurrogate : ISurrogate
{
    /// <summary>Number of output columns D.</summary>
    int Dimension { get; }

    /// <summary>Number of continuous conditions C.</summary>
    int ConditionCount { get; }

    /// <summary>Number of categories, 0 without.</summary>
    int CategoryCount { get; }

    /// <summary>What a user should know of the fit, in words.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>Writes the surrogate to a file: a temporary name first, then renamed.</summary>
    /// <param name="path">The file.</param>
    void Save(string path);
}

namespace HtiTune;

/// <summary>Which values of the objective are better.</summary>
public enum Goal
{
    /// <summary>Lower is better.</summary>
    Minimize,

    /// <summary>Higher is better.</summary>
    Maximize,
}

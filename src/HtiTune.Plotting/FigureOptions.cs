namespace HtiTune.Plotting;

/// <summary>Size and words of a figure.</summary>
public sealed record FigureOptions
{
    private const int LeastSide = 240, GreatestSide = 10_000;

    /// <summary>Width in pixels, 240 to 10,000.</summary>
    /// <value>1200 unless set.</value>
    public int Width { get; init; } = 1200;

    /// <summary>Height in pixels, 240 to 10,000.</summary>
    /// <value>640 unless set.</value>
    public int Height { get; init; } = 640;

    /// <summary>The line above the figure.</summary>
    /// <value>None unless set.</value>
    public string? Title { get; init; }

    /// <summary>What the vertical axis shows, with its unit.</summary>
    /// <value>"objective" or "output" unless set.</value>
    public string? ValueLabel { get; init; }

    internal void Validate()
    {
        foreach (var (name, side) in new[] { (nameof(Width), Width), (nameof(Height), Height) })
        {
            if (side is < LeastSide or > GreatestSide)
            {
                throw new ArgumentException($"A figure has the {name} {side}; expected {LeastSide} to {GreatestSide} pixels.");
            }
        }
    }
}

using HtiTune.Data;

/// <summary>Small grey images of one shape each, drawn from four factors: shape, horizontal and vertical position, scale.</summary>
/// <remarks>
/// A context is an image's factors: the shape is its category (square, disc, triangle), x, y and scale are its conditions, each between −1 and 1.
/// The centre lies up to 3 pixels from the middle, the half width is 2.5 to 4.5 pixels. A pixel's grey is the share of the shape in it, from
/// the distance d of its middle to the shape's edge (negative inside): grey = clamp(½ − d, 0, 1).
/// </remarks>
internal static class ShapeImages
{
    /// <summary>Pixels of a side.</summary>
    public const int Side = 16;

    /// <summary>Pixels of an image.</summary>
    public const int Pixels = Side * Side;

    /// <summary>Number of shapes.</summary>
    public const int Shapes = 3;

    /// <summary>Number of continuous factors.</summary>
    public const int Factors = 3;

    /// <summary>Factors drawn evenly and independently; each shape has a third of the images.</summary>
    /// <param name="count">Number of images.</param>
    /// <param name="chance">Draws them.</param>
    public static Contexts Draw(int count, RandomStream chance)
    {
        var conditions = Matrix.Create(count, Factors, (_, row) =>
        {
            for (var k = 0; k < Factors; k++)
            {
                row[k] = (float)(2 * chance.NextDouble() - 1);
            }
        });
        return new Contexts(conditions, [.. Enumerable.Range(0, count).Select(i => i % Shapes)], Shapes);
    }

    /// <summary>Draws the images.</summary>
    /// <param name="factors">n contexts.</param>
    /// <returns>Greys from 0 to 1, row by row of the image, shape [n, 256].</returns>
    public static Matrix Render(Contexts factors) => Matrix.Create(factors.Count, Pixels, (i, image) =>
    {
        var (x, y) = (Side / 2 + 3 * factors.Conditions[i, 0], Side / 2 + 3 * factors.Conditions[i, 1]);
        var half = 3.5 + factors.Conditions[i, 2];
        for (var pixel = 0; pixel < Pixels; pixel++)
        {
            var (dx, dy) = (pixel % Side + 0.5 - x, pixel / Side + 0.5 - y);
            image[pixel] = (float)Math.Clamp(0.5 - Distance(factors.Categories[i], dx, dy, half), 0, 1);
        }
    });

    // Signed distance to the edge, in pixels: exact inside and across the edges, a little short beyond the corners.
    private static double Distance(int shape, double dx, double dy, double half) => shape switch
    {
        0 => Math.Max(Math.Abs(dx), Math.Abs(dy)) - half * 0.9,
        1 => Math.Sqrt(dx * dx + dy * dy) - half,
        _ => Math.Max(dy - half * 0.75, (2 * Math.Abs(dx) - dy - half) / Math.Sqrt(5)), // its top at −half, its foot at 0.75 half
    };
}

using HtiTune;
using HtiTune.Data;

// x        test points, with the probability p of class 1           [n, 2], [n]
// δ_k      shifts, k = 0 none, then for each radius r eight of them: (±r, ±r), (±r, 0), (0, ±r)
// context  x_i + δ_k, row i (1 + 8 R) + k                          [n (1 + 8 R), 2]
// f        the classifier's logit of class 1
//
// The logistic loss at a point of class 1 is ln(1 + e^−f), under attack at r with the least f at x and all its shifts of radii up to r; at a point of
// class 0 it is ln(1 + e^f) with the most. As p is known, what is to be expected over classes is exact. Unlike a count of right answers, which jumps
// from point to point, this moves smoothly with λ. In the plane eight shifts on the square's edge are nearly the whole attack, and as they are the
// same for every network, the surrogate is attacked as the real network is.

/// <summary>Test points and their shifted copies, asked all at once; losses are read off the answers.</summary>
internal sealed class AttackedPoints
{
    private static readonly (int X, int Y)[] Shifts = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];

    private readonly double[] _ones;
    private readonly double[] _radii;

    /// <summary>Shifts test points.</summary>
    /// <param name="points">The test points.</param>
    /// <param name="radii">Radii of attacks, ascending, in the largest norm.</param>
    public AttackedPoints(WavyBorder points, IReadOnlyList<double> radii)
    {
        (_ones, _radii) = (points.Probabilities, [.. radii]);
        var copies = 1 + Shifts.Length * _radii.Length;
        Contexts = new Contexts(Matrix.Create(_ones.Length * copies, 2, (row, x) =>
        {
            var (i, k) = (row / copies, row % copies);
            var (shift, radius) = k == 0 ? ((0, 0), 0) : (Shifts[(k - 1) % Shifts.Length], _radii[(k - 1) / Shifts.Length]);
            x[0] = (float)(points.X[i, 0] + radius * shift.Item1);
            x[1] = (float)(points.X[i, 1] + radius * shift.Item2);
        }));
    }

    /// <summary>All points and shifted copies.</summary>
    public Contexts Contexts { get; }

    /// <summary>The expected logistic loss at the worst of all shifts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="radius">One of the radii; 0 for points as they are.</param>
    /// <returns>The loss in nats; ln 2 for a classifier that knows nothing.</returns>
    public double Loss(IConditionalModel model, double radius)
    {
        var logits = model.Sample(Contexts).Outputs;
        var copies = logits.Rows / _ones.Length;
        var asked = 1 + Shifts.Length * _radii.Count(r => r <= radius);
        var loss = 0.0;
        for (var i = 0; i < _ones.Length; i++)
        {
            var (least, most) = (float.PositiveInfinity, float.NegativeInfinity);
            for (var row = i * copies; row < i * copies + asked; row++)
            {
                (least, most) = (Math.Min(least, logits[row, 0]), Math.Max(most, logits[row, 0]));
            }

            loss += _ones[i] * SoftPlus(-least) + (1 - _ones[i]) * SoftPlus(most);
        }

        return loss / _ones.Length;
    }

    /// <summary>The expected loss where a share of all points will be attacked.</summary>
    /// <param name="model">The model.</param>
    /// <param name="share">Share of attacked points.</param>
    /// <param name="radius">Radius of the attacks.</param>
    public double Loss(IConditionalModel model, double share, double radius) => (1 - share) * Loss(model, 0) + share * Loss(model, radius);

    // ln(1 + e^t), also where e^t is too large a number.
    private static double SoftPlus(double t) => Math.Max(t, 0) + Math.Log(1 + Math.Exp(-Math.Abs(t)));
}

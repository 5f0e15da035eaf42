using System.Numerics;
using System.Runtime.InteropServices;
using HtiTune.Data;

// Notation
// o    observation                                        [7]
// μ    mean doses: W2 tanh(W1 tanh(W0 o + b0) + b1) + b2  [2]
// σ    deviations of the doses, the same for every o      [2]
// z    standard normal                                    [2]
// dose clip(μ + σ z) to 0 … 10 and 0 … 8                  [2]

/// <summary>A policy: which doses to give for an observation. Two tanh layers of 64, a Gaussian of the two doses, clipped to what can be given.</summary>
/// <remarks>Plain C#: a rollout asks a few rows at a time, too few to be worth a call into libtorch.</remarks>
internal sealed class DosePolicy
{
    /// <summary>Numbers in an answer: radiation and drug.</summary>
    public const int Doses = 2;

    private const int Inputs = TreatmentEnvironment.Observed;
    private readonly float[][] _weights; // W0, b0, W1, b1, W2, b2, log σ; each W of shape [in, out]
    private readonly int _width;

    /// <summary>Takes weights.</summary>
    /// <param name="weights">W0 [7, h], b0 [h], W1 [h, h], b1 [h], W2 [h, 2], b2 [2], log σ [2]; h a multiple of 16.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public DosePolicy(float[][] weights)
    {
        _weights = weights;
        _width = weights.Length == 7 ? weights[1].Length : 0;
        if (_width == 0 || _width % Vector<float>.Count != 0 || !weights.Select(w => w.Length).SequenceEqual(Sizes(_width)))
        {
            throw new ArgumentException("A policy has seven arrays: W0, b0, W1, b1, W2, b2, log σ, of two hidden layers of one width.", nameof(weights));
        }
    }

    /// <summary>The weights, as given.</summary>
    public IReadOnlyList<float[]> Weights => _weights;

    /// <summary>Numbers in each of the seven arrays.</summary>
    /// <param name="width">h.</param>
    public static int[] Sizes(int width) => [Inputs * width, width, width * width, width, width * Doses, Doses, Doses];

    /// <summary>σ of a dose.</summary>
    /// <param name="dose">0 radiation, 1 drug.</param>
    public float Deviation(int dose) => MathF.Exp(_weights[6][dose]);

    /// <summary>μ of one observation, not clipped.</summary>
    /// <param name="observation">o, shape [7].</param>
    /// <param name="mean">μ, shape [2].</param>
    public void Mean(ReadOnlySpan<float> observation, Span<float> mean)
    {
        Span<float> first = stackalloc float[_width], second = stackalloc float[_width];
        Layer(observation, _weights[0], _weights[1], first);
        Tanh(first);
        Layer(first, _weights[2], _weights[3], second);
        Tanh(second);
        for (var k = 0; k < Doses; k++)
        {
            var sum = _weights[5][k];
            for (var i = 0; i < _width; i++)
            {
                sum += second[i] * _weights[4][i * Doses + k];
            }

            mean[k] = sum;
        }
    }

    /// <summary>Doses for observations: means where no noise is given, else draws; always what can be given.</summary>
    /// <param name="observations">Shape [n, 7].</param>
    /// <param name="noise">Draws z for a row; null for the mean.</param>
    /// <returns>Shape [n, 2].</returns>
    public Matrix Treat(Matrix observations, Func<int, RandomStream>? noise = null) => Matrix.Create(observations.Rows, Doses, (i, row) =>
    {
        Mean(observations.Row(i), row);
        var chance = noise?.Invoke(i);
        for (var k = 0; k < Doses; k++)
        {
            var dose = row[k] + (chance is null ? 0 : Deviation(k) * (float)chance.NextNormal());
            row[k] = Math.Clamp(dose, 0, TreatmentEnvironment.MostDose[k]);
        }
    });

    // out = b + Σ_i in_i W_i, with W's rows in vectors
    private static void Layer(ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output)
    {
        bias.CopyTo(output);
        var to = MemoryMarshal.Cast<float, Vector<float>>(output);
        var rows = MemoryMarshal.Cast<float, Vector<float>>(weights);
        for (var i = 0; i < input.Length; i++)
        {
            var x = new Vector<float>(input[i]);
            var row = rows.Slice(i * to.Length, to.Length);
            for (var j = 0; j < to.Length; j++)
            {
                to[j] = Vector.FusedMultiplyAdd(x, row[j], to[j]);
            }
        }
    }

    private static void Tanh(Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = MathF.Tanh(value);
        }
    }
}

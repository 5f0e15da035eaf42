// Notation, for a batch of B rows; c is the category of a row
//   h_0 = u;   z_0 = (1 + γ_c) ⊙ a + β_c,  a = u·W_0 + b_0;   z_l = h_l·W_l + b_l;   h_{l+1} = z_l ⊙ σ(z_l)       (FrozenNetwork)
//   E = 1/(B·O) Σ |h_L·W_L + b_L − t|²
//   δ_L = 2/(B·O)·(h_L·W_L + b_L − t);   δ_{l−1} = (δ_l·W_lᵀ) ⊙ (σ + h_l ⊙ (1 − σ)),  the slope of SiLU at z_{l−1}
//   ∂E/∂W_l = h_lᵀ·δ_l,  ∂E/∂b_l = 1ᵀ·δ_l,  in layer 0 with δ_0 ⊙ (1 + γ_c);   ∂E/∂γ_c = Σ δ_0 ⊙ a,  ∂E/∂β_c = Σ δ_0, over rows of c
// Widths are padded to whole vectors with zeros, which have no gradient and stay zero. By hand, because in layers this small automatic
// differentiation spends more time on managing its operations than on them.

namespace HtiTune.Surrogates.Networks;

/// <summary>The trainable part of a <see cref="FrozenNetwork"/> with the gradient of its mean squared error.</summary>
internal sealed class BatchNetwork
{
    private const int Block = 16;

    private readonly int[] _actual, _widths, _starts;
    private readonly int _categories, _film;
    private readonly float[] _u, _targets, _before, _transposed, _none;
    private readonly float[][] _hidden, _sigmoid;
    private readonly int[] _rowCategories;
    private float[] _delta, _next;

    /// <param name="layers">Initial weights.</param>
    /// <param name="film">Initial γ and β, [categories, 2·H].</param>
    /// <param name="categories">Number of categories.</param>
    /// <param name="rows">B.</param>
    internal BatchNetwork(FrozenNetwork.Dense[] layers, float[] film, int categories, int rows)
    {
        Rows = rows;
        _categories = categories;
        _actual = [layers[0].Inputs, .. layers.Select(layer => layer.Outputs)];
        _widths = Array.ConvertAll(_actual, width => (width + Block - 1) / Block * Block);
        _starts = new int[layers.Length];
        for (var l = 0; l < layers.Length; l++)
        {
            _starts[l] = _film;
            _film += (_widths[l] + 1) * _widths[l + 1];
        }

        Parameters = new float[_film + categories * 2 * _widths[1]];
        Gradient = new float[Parameters.Length];
        for (var l = 0; l < layers.Length; l++)
        {
            for (var i = 0; i < layers[l].Inputs; i++)
            {
                layers[l].Weights.AsSpan(i * layers[l].Outputs, layers[l].Outputs).CopyTo(Weights(Parameters, l)[(i * _widths[l + 1])..]);
            }

            layers[l].Bias.CopyTo(Bias(Parameters, l));
        }

        for (int i = 0, hidden = layers[0].Outputs; i < 2 * categories; i++)
        {
            film.AsSpan(i * hidden, hidden).CopyTo(Parameters.AsSpan(_film + i * _widths[1]));
        }

        var widest = _widths.Max();
        _u = new float[rows * _widths[0]];
        _targets = new float[rows * _widths[^1]];
        _rowCategories = new int[rows];
        _before = new float[rows * _widths[1]];
        _hidden = [_u, .. _widths[1..^1].Select(width => new float[rows * width])];
        _sigmoid = [[], .. _widths[1..^1].Select(width => new float[rows * width])];
        (_delta, _next) = (new float[rows * widest], new float[rows * widest]);
        _transposed = new float[widest * widest];
        _none = new float[widest];
    }

    /// <summary>B.</summary>
    internal int Rows { get; }

    /// <summary>All weights.</summary>
    internal float[] Parameters { get; }

    /// <summary>∂E of the last batch, in the order of <see cref="Parameters"/>.</summary>
    internal float[] Gradient { get; }

    /// <summary>Puts a row into the batch.</summary>
    /// <param name="row">Its place, 0 … B − 1.</param>
    /// <param name="u">Inputs [I].</param>
    /// <param name="category">c.</param>
    /// <param name="target">t, [O].</param>
    internal void Set(int row, ReadOnlySpan<float> u, int category, ReadOnlySpan<float> target)
    {
        u.CopyTo(_u.AsSpan(row * _widths[0]));
        target.CopyTo(_targets.AsSpan(row * _widths[^1]));
        _rowCategories[row] = category;
    }

    /// <summary>E of the batch; its gradient stands in <see cref="Gradient"/> then.</summary>
    internal double Differentiate()
    {
        var last = _starts.Length - 1;
        for (var l = 0; l < last; l++)
        {
            Forward(l, _hidden[l], l == 0 ? _before : _hidden[l + 1]);
            if (l == 0)
            {
                for (var i = 0; i < Rows; i++)
                {
                    var (gamma, beta) = Film(Parameters, i);
                    BatchKernel.Film(Row(_before, i, _widths[1]), gamma.Span, beta.Span, Row(_hidden[1], i, _widths[1]));
                }
            }

            BatchKernel.SiLU(_hidden[l + 1], _sigmoid[l + 1]);
        }

        Forward(last, _hidden[last], _delta);
        var error = BatchKernel.Differences(_delta.AsSpan(0, _targets.Length), _targets, 2f / (Rows * _actual[^1]));

        Gradient.AsSpan(_film).Clear();
        for (var l = last; l >= 0; l--)
        {
            if (l == 0)
            {
                ThroughFilm();
            }

            DenseKernel.MultiplyTransposed(_hidden[l], Rows, _widths[l], _actual[l], _delta, _widths[l + 1], Weights(Gradient, l));
            SumRows(_widths[l + 1], Bias(Gradient, l));
            if (l > 0)
            {
                Back(l);
            }
        }

        return error / (Rows * _actual[^1]);
    }

    /// <summary>Layers and film without their padding, of <see cref="Parameters"/> or <see cref="Gradient"/>.</summary>
    internal (FrozenNetwork.Dense[] Layers, float[] Film) Unpack(float[] values)
    {
        var layers = new FrozenNetwork.Dense[_starts.Length];
        for (var l = 0; l < layers.Length; l++)
        {
            int from = _actual[l], to = _actual[l + 1];
            var weights = new float[from * to];
            for (var i = 0; i < from; i++)
            {
                Weights(values, l).Slice(i * _widths[l + 1], to).CopyTo(weights.AsSpan(i * to));
            }

            layers[l] = new FrozenNetwork.Dense(from, to, weights, Bias(values, l)[..to].ToArray());
        }

        var film = new float[2 * _categories * _actual[1]];
        for (var i = 0; i < 2 * _categories; i++)
        {
            values.AsSpan(_film + i * _widths[1], _actual[1]).CopyTo(film.AsSpan(i * _actual[1]));
        }

        return (layers, film);
    }

    private static Span<float> Row(float[] values, int row, int width) => values.AsSpan(row * width, width);

    private Span<float> Weights(float[] values, int layer) => values.AsSpan(_starts[layer], _widths[layer] * _widths[layer + 1]);

    private Span<float> Bias(float[] values, int layer) =>
        values.AsSpan(_starts[layer] + _widths[layer] * _widths[layer + 1], _widths[layer + 1]);

    /// <summary>γ and β of a row's category.</summary>
    private (Memory<float> Scale, Memory<float> Shift) Film(float[] values, int row)
    {
        var start = _film + _rowCategories[row] * 2 * _widths[1];
        return (values.AsMemory(start, _widths[1]), values.AsMemory(start + _widths[1], _widths[1]));
    }

    private void Forward(int layer, float[] input, float[] output) => DenseKernel.Multiply(
        input, Rows, _widths[layer], _actual[layer], Weights(Parameters, layer), Bias(Parameters, layer), _widths[layer + 1], output);

    /// <summary>δ_0 to the film's gradient, then times 1 + γ.</summary>
    private void ThroughFilm()
    {
        for (var i = 0; i < Rows; i++)
        {
            var (scale, _) = Film(Parameters, i);
            var (scaleSlope, shiftSlope) = Film(Gradient, i);
            BatchKernel.FilmBack(Row(_delta, i, _widths[1]), Row(_before, i, _widths[1]), scale.Span, scaleSlope.Span, shiftSlope.Span);
        }
    }

    private void SumRows(int width, Span<float> sums)
    {
        sums.Clear();
        for (var i = 0; i < Rows; i++)
        {
            BatchKernel.Add(Row(_delta, i, width), sums);
        }
    }

    /// <summary>δ_{l−1} from δ_l.</summary>
    private void Back(int layer)
    {
        int from = _widths[layer], to = _widths[layer + 1];
        BatchKernel.Transpose(Weights(Parameters, layer), from, to, _actual[layer + 1], _transposed);
        DenseKernel.Multiply(_delta, Rows, to, _actual[layer + 1], _transposed, _none, from, _next);
        BatchKernel.SiLUBack(_next.AsSpan(0, Rows * from), _hidden[layer], _sigmoid[layer]);
        (_delta, _next) = (_next, _delta);
    }
}

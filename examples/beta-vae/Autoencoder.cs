using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// x   image                                             [b, 256]
// d   number of latents, z a latent vector               [b, d]
// μ, s  mean and log variance of q(z|x)                   [b, d]
// x̂   reconstruction                                     [b, 256]
//
// q(z|x) = N(μ(x), diag(exp s(x))),  z = μ + exp(s/2) ε with ε standard normal     [Kingma and Welling 2014, section 2.4]
// KL(q(z|x) ‖ N(0, 1)) = ½ Σ_j (μ_j² + exp s_j − 1 − s_j)                           [appendix B]

/// <summary>Encoder and decoder, each with two hidden layers.</summary>
internal sealed class Autoencoder : IDisposable
{
    private readonly Linear[] _encoder, _decoder;
    private readonly int _latents;

    /// <summary>Makes the network; its weights are drawn or read next.</summary>
    /// <param name="options">Its size.</param>
    public Autoencoder(VaeOptions options)
    {
        var (wide, narrow) = (options.Width, options.Width / 2);
        _latents = options.Latents;
        _encoder = [nn.Linear(ShapeImages.Pixels, wide), nn.Linear(wide, narrow), nn.Linear(narrow, 2 * _latents)];
        _decoder = [nn.Linear(_latents, narrow), nn.Linear(narrow, wide), nn.Linear(wide, ShapeImages.Pixels)];
    }

    /// <summary>Weights and biases.</summary>
    public Parameter[] Weights => [.. _encoder.Concat(_decoder).SelectMany(layer => layer.parameters())];

    /// <summary>Draws first weights.</summary>
    /// <param name="chance">The training's generator.</param>
    public void DrawWeights(Generator chance) => NetworkWeights.Draw(_encoder.Concat(_decoder), chance);

    /// <summary>q(z|x).</summary>
    /// <param name="images">x, shape [b, 256].</param>
    /// <returns>μ and s, each of shape [b, d].</returns>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor images)
    {
        var both = Run(_encoder, images);
        return (both.narrow(1, 0, _latents), both.narrow(1, _latents, _latents));
    }

    /// <summary>The reconstruction x̂, greys from 0 to 1.</summary>
    /// <param name="latents">z, shape [b, d].</param>
    public Tensor Decode(Tensor latents) => Run(_decoder, latents).sigmoid();

    /// <summary>A draw z of q(z|x).</summary>
    /// <param name="mean">μ.</param>
    /// <param name="logVariance">s.</param>
    /// <param name="noise">ε, each of shape [b, d].</param>
    public static Tensor Draw(Tensor mean, Tensor logVariance, Tensor noise)
    {
        using Scalar half = 0.5;
        return mean + logVariance.mul(half).exp() * noise;
    }

    /// <summary>Each image's rate KL(q(z|x) ‖ N(0, 1)) in nats, shape [b].</summary>
    /// <param name="mean">μ.</param>
    /// <param name="logVariance">s, each of shape [b, d].</param>
    public static Tensor Rate(Tensor mean, Tensor logVariance)
    {
        using Scalar half = 0.5, one = 1;
        return (mean * mean + logVariance.exp() - logVariance).sub(one).sum(1).mul(half);
    }

    /// <summary>Each image's squared error summed over pixels, shape [b].</summary>
    /// <param name="images">x.</param>
    /// <param name="reconstructions">x̂, each of shape [b, 256].</param>
    public static Tensor Error(Tensor images, Tensor reconstructions)
    {
        var error = images - reconstructions;
        return (error * error).sum(1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in _encoder.Concat(_decoder))
        {
            layer.Dispose();
        }
    }

    private static Tensor Run(Linear[] layers, Tensor h)
    {
        for (var k = 0; k < layers.Length; k++)
        {
            h = layers[k].call(h);
            h = k < layers.Length - 1 ? nn.functional.silu(h) : h;
        }

        return h;
    }
}

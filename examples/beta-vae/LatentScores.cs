using HtiTune.Data;

// n     images; f_k  their factors x, y, scale and shape, k = 1 … 4
// μ_j   latent means, j = 1 … d                                      [n] each
// R, D  rate in nats and squared error of an image
// S_kj  share of factor k in latent j: cov(f_k, μ_j)² / (var f_k (var μ_j + ρ)) for x, y and scale; for the shape the variance of the
//       three shapes' means of μ_j over var μ_j + ρ (correlation ratio)
// ρ     0.05: a latent that is not used has a variance near 0, and shares nothing whatever it correlates with
//
// separation = mean over k of the largest minus the second largest S_kj over j    [Kumar et al. 2018, SAP score]

/// <summary>What a β-VAE is judged by, from its answers to images of known factors.</summary>
/// <param name="latents">d.</param>
internal sealed class LatentScores(int latents)
{
    private const double Unused = 0.05;

    /// <summary>Mean rate of an image in nats: what its latents cost to send.</summary>
    /// <param name="answers">Answers of shape [n, d + 2].</param>
    public double Rate(Samples answers) => latents * Mean(answers, i => answers.Outputs[i, latents]);

    /// <summary>Mean squared error of an image, summed over pixels.</summary>
    /// <param name="answers">Answers of shape [n, d + 2].</param>
    public double Error(Samples answers) => Mean(answers, i => answers.Outputs[i, latents + 1] * answers.Outputs[i, latents + 1]);

    /// <summary>How far each factor has a latent of its own: 0 (none) to 1 (each factor in one latent, in full).</summary>
    /// <param name="answers">Answers of shape [n, d + 2], with their factors.</param>
    public double Separation(Samples answers)
    {
        var (factors, shapes) = (answers.Contexts.Conditions, answers.Contexts.Categories.ToArray());
        var means = Enumerable.Range(0, latents).Select(j => Column(answers.Outputs, j)).ToArray();
        var shares = Enumerable.Range(0, ShapeImages.Factors)
            .Select(k => means.Select(mean => Correlated(Column(factors, k), mean)))
            .Append(means.Select(mean => Explained(shapes, mean)));
        return shares.Average(share => share.OrderDescending().Take(2).ToArray() is [var first, var second] ? first - second : 0);
    }

    private static double Correlated(double[] factor, double[] latent) =>
        Math.Pow(Covariance(factor, latent), 2) / (Covariance(factor, factor) * (Covariance(latent, latent) + Unused));

    private static double Explained(int[] shapes, double[] latent)
    {
        var middle = latent.Average();
        var between = Enumerable.Range(0, latent.Length).GroupBy(i => shapes[i])
            .Sum(group => group.Count() * Math.Pow(group.Average(i => latent[i]) - middle, 2)) / latent.Length;
        return between / (Covariance(latent, latent) + Unused);
    }

    private static double Covariance(double[] a, double[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        return a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Average();
    }

    private static double[] Column(Matrix values, int column) => [.. Enumerable.Range(0, values.Rows).Select(i => (double)values[i, column])];

    private static double Mean(Samples answers, Func<int, double> of) => Enumerable.Range(0, answers.Count).Average(of);
}

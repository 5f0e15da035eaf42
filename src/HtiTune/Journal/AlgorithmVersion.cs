namespace HtiTune.Journal;

/// <summary>The number of the algorithm by which this library tunes a space.</summary>
/// <remarks>
/// Of one continuous hyperparameter (<see cref="Tuner.Algorithm"/>) 1: values as they are. 2: values of order one, in which a penalty counts as bad and no more. 3: contexts asked
/// twice and answered alike are answers, no draws. 4: outputs of one hyperparameter are kriged. 5: where they are believed they say where the optimum is expected, and where a training gains most.
/// 6: the first places are the ends and the middle, whatever the budget; where nothing promises a gain, and a certificate wants for tests alone, the widest gap is trained.
/// </remarks>
public static class AlgorithmVersion
{
    // 11: where nothing promises a gain, and a certificate wants for trainings or a second pass alone, a test is made where least is known; where outputs are found to
    // scatter from training to training values scatter by as much as these say, and of the trainings the one of the best mean is recommended.
    // 10: where nothing is given the first configuration is the middle of the space, and the others stand about it.
    // 9: of trainings that were made for another objective, draws are as wide as all errors of those left out, and the first that is asked for is what is recommended.
    // 8: a certificate that few draws miss is judged by more of them; in a later run one pass is enough after a training that came as it was forecast.
    // 7: by values kernels of two kinds are averaged, and ripples are told from noise; draws of the outputs are narrower where left-out trainings say so; without a training
    // the best of the model is judged.
    // 6: every acquisition serves beside outputs too, and noise, replicates, the alarm and the strict certificate count as of one hyperparameter; draws of
    // one context are coupled from training to training.
    // 5: draws of the outputs are as wide as the trainings that are left out ask for. Before that, it was the number of one hyperparameter.
    private const int OverSpaces = 11;

    /// <summary><see cref="Tuner.Algorithm"/> for one continuous hyperparameter, another number for several, or for one of another kind.</summary>
    /// <param name="space">What is tuned.</param>
    public static int Of(SearchSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return space.IsLine ? Tuner.Algorithm : OverSpaces;
    }
}

using static System.FormattableString;

namespace HtiTune;

// What options must be.
public sealed partial record TunerOptions
{
    /// <summary>Throws unless a tuner of a search space takes these options.</summary>
    /// <param name="space">The space.</param>
    /// <exception cref="ArgumentException">It does not; the message names every fault.</exception>
    public void Validate(SearchSpace space)
    {
        var faults = new List<string>();
        if (!space.IsLine)
        {
            RequireNull(InitialLambdas, nameof(InitialLambdas));
            RequireNull(StartLambdas, nameof(StartLambdas));
            RequireNull(Belief, nameof(Belief));
            RequireNull(Cost, nameof(Cost));
            RequireNull(SurrogateFactory, nameof(SurrogateFactory));
            Check(
                Acquisition is not { Kind: AcquisitionKind.Own, Acquisition: not PlaceAcquisition }, nameof(Acquisition), "of a grid over one hyperparameter",
                $"one of a place where several hyperparameters are tuned, {nameof(AcquisitionRule)}.{nameof(AcquisitionRule.Of)}(name, worth)");
            Check(Bootstrap == 0, nameof(Bootstrap), Bootstrap, "0 where several hyperparameters are tuned");
        }

        Check(IsAllowed is null || !space.IsLine, nameof(IsAllowed), "given", "null where one hyperparameter with a range is tuned, whose range can be narrower");
        Check(MaxTrainings >= 0, nameof(MaxTrainings), MaxTrainings, "at least 0");
        Check(Parallelism is >= 1 and <= 64, nameof(Parallelism), Parallelism, "1 to 64");
        Check(Enum.IsDefined(Goal), nameof(Goal), Goal, "Minimize or Maximize");
        Check(Enum.IsDefined(CertificateRule), nameof(CertificateRule), CertificateRule, "TwoPasses or Strict");
        Check(Epsilon is null || Epsilon > 0 && double.IsFinite(Epsilon.Value), nameof(Epsilon), Epsilon, "a finite number above 0, or null");
        Check(Delta > 0 && Delta < 1, nameof(Delta), Delta, "between 0 and 1, ends excluded");
        Check(
            NoiseVariance is null || NoiseVariance >= 0 && double.IsFinite(NoiseVariance.Value),
            nameof(NoiseVariance), NoiseVariance, "a finite number of at least 0, or null");
        Check(Bootstrap is 0 or >= 16 and <= 4096, nameof(Bootstrap), Bootstrap, "0, or 16 to 4096");
        Check(Bootstrap == 0 || NoiseVariance is null, nameof(Bootstrap), Bootstrap, $"0 where {nameof(NoiseVariance)} is given");
        Check(GridSize is >= 9 and <= 2049, nameof(GridSize), GridSize, "9 to 2049");
        Check(CertificateDraws is >= 256 and <= 65536, nameof(CertificateDraws), CertificateDraws, "256 to 65536");
        Check(MaxTime is null || MaxTime > TimeSpan.Zero, nameof(MaxTime), MaxTime, "above 0, or null");
        Check(Acquisition is not null, nameof(Acquisition), "null", "a rule");
        if (Acquisition?.Fault is { } fault)
        {
            faults.Add($"{nameof(Acquisition)} {fault}");
        }

        if (Cost?.OfHour is { } hour)
        {
            Check(hour > 0 && double.IsFinite(hour), $"{nameof(Cost)}.{nameof(TrainingCost.OfHour)}", hour, "a finite number above 0, or null");
        }

        if (space.IsLine && Cost?.OfLambda is { } cost)
        {
            Probe(cost, nameof(Cost), "a finite number above 0", value => value > 0);
        }

        if (Belief is not null)
        {
            Check(Belief.Strength > 0 && double.IsFinite(Belief.Strength), $"{nameof(Belief)}.{nameof(OptimumBelief.Strength)}", Belief.Strength, "a finite number above 0");
            Check(Belief.Density is not null, $"{nameof(Belief)}.{nameof(OptimumBelief.Density)}", null, "a function of λ");
            if (space.IsLine && Belief.Density is { } density)
            {
                Probe(density, nameof(Belief), "a finite number of at least 0", value => value >= 0);
            }
        }

        Check(TimeProvider is not null, nameof(TimeProvider), "null", "a clock");
        if (InitialLambdas is not null)
        {
            Check(InitialLambdas.Count > 0, nameof(InitialLambdas), "empty", "at least one λ, or null");
            Check(InitialLambdas.Distinct().Count() == InitialLambdas.Count, nameof(InitialLambdas), string.Join(", ", InitialLambdas), "distinct λ");
            foreach (var lambda in InitialLambdas.Where(lambda => space.IsLine && !space.Line.Contains(lambda)))
            {
                faults.Add(Invariant($"{nameof(InitialLambdas)} holds {lambda:R}; expected {space.Line.Minimum:R} to {space.Line.Maximum:R}"));
            }
        }

        if (space.IsLine && StartLambdas is not null && TrainingQueue.Fault(StartLambdas, space.Line) is { } start)
        {
            faults.Add($"{nameof(StartLambdas)}: {start}");
        }

        if (faults.Count > 0)
        {
            throw new ArgumentException($"{nameof(TunerOptions)}: {string.Join("; ", faults)}.");
        }

        SpaceBounds.RequireSome(space, IsAllowed);

        void Probe(Func<double, double> function, string name, string expected, Func<double, bool> isRight) =>
            faults.AddRange(OptionFaults.Of(space.Line, function, isRight).Select(fault => $"{name} is {fault}; expected {expected}"));

        void RequireNull(object? value, string name) => Check(value is null, name, "given", "null where several hyperparameters are tuned");

        void Check(bool holds, string name, object? value, string expected)
        {
            if (!holds)
            {
                faults.Add($"{name} is {value ?? "null"}; expected {expected}");
            }
        }
    }
}

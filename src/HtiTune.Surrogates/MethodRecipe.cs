// A baseline is the same fit with some choices forced and another rule for reading outputs between anchors:
//
//   method          cost of the coupling    read by
//   hti             as chosen               paths and clock (TrajectoryCurve)
//   stay … linear   as chosen               weights of the anchors (AnchorWeights)
//   displacement    squared Euclidean       weights of the anchors
//   regression      squared Euclidean       a network (LearnedMotion)
//   flow matching   squared Euclidean       a velocity field (LearnedMotion)
//   mixture         as chosen               rows of either neighbour (TrajectoryCurve)
//   nlot            squared Euclidean       paths under a metric of fixed eigenvalues; the fit sees no condition (Unconditional)

namespace HtiTune.Surrogates;

/// <summary>What each method forces among the options, and by which rule it is served.</summary>
internal static class MethodRecipe
{
    /// <summary>Whether outputs are a weighted mean of the trajectory's points at the anchors.</summary>
    internal static bool IsWeighted(Method method) => method is Method.Stay or Method.Nearest or Method.Mean
        or Method.Linear or Method.ShrunkLinear or Method.Displacement;

    /// <summary>Whether outputs are moved by networks of the method's own.</summary>
    internal static bool IsLearned(Method method) => method is Method.Regression or Method.FlowMatching or Method.MetricFlowMatching;

    /// <summary>Whether rows are chained from anchor to anchor along maps.</summary>
    internal static bool NeedsMaps(Method method) => method is not (Method.Stay or Method.Mixture) && !IsLearned(method);

    /// <summary>Whether the fit sees neither conditions nor categories.</summary>
    internal static bool IsUnconditional(Method method) => method == Method.Nlot;

    /// <summary>What a user of a baseline should know.</summary>
    internal static string Note(Method method) => method switch
    {
        Method.Stay => "Baseline: rows stay as they are.",
        Method.Nearest => "Baseline: outputs of the nearest anchor; they jump half way between anchors.",
        Method.Mean => "Baseline: the mean of all anchors' outputs, whatever the hyperparameter is.",
        Method.Linear => "Baseline: straight between neighbouring anchors at constant speed.",
        Method.ShrunkLinear => "Baseline: straight between neighbouring anchors, shrunk by 60 % towards the mean of all; it misses the anchors.",
        Method.Displacement => "Baseline: straight between anchors coupled by squared-Euclidean optimal transport.",
        Method.Regression => "Baseline: one network takes the source anchor and the place asked for; it meets anchors only approximately.",
        Method.FlowMatching => "Baseline: a velocity field for each interval, integrated by 20 midpoint steps; it meets anchors only approximately.",
        Method.MetricFlowMatching => "Baseline: a velocity field for each interval along paths near the samples; it meets anchors only approximately.",
        Method.Nlot => "Baseline: coupling, maps and paths know neither conditions nor categories.",
        Method.Mixture => "Rows of the neighbouring anchors, mixed by nearness: none is moved.",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "No baseline."),
    };

    /// <summary>The options with what the method forces.</summary>
    internal static TrajectoryOptions Apply(TrajectoryOptions options) => options.Method == Method.Hti ? options : options with
    {
        Potential = PotentialKind.None,
        Clock = ClockKind.Constant,
        Cost = IsEuclidean(options.Method) ? CouplingCost.SquaredEuclidean : options.Cost,
        Metric = Metric(options.Method),
    };

    /// <summary>Adds a fault for each option that contradicts the method.</summary>
    internal static void Check(TrajectoryOptions options, List<string> faults)
    {
        if (!Enum.IsDefined(options.Method))
        {
            faults.Add($"{nameof(Method)} is {options.Method}; expected one of {string.Join(", ", Enum.GetNames<Method>())}");
        }

        if (options.Method == Method.Hti)
        {
            return;
        }

        Allow(options.Potential, PotentialKind.Auto, PotentialKind.None);
        Allow(options.Clock, ClockKind.Auto, ClockKind.Constant);
        Allow(options.Metric, MetricKind.None, Metric(options.Method));
        if (IsEuclidean(options.Method))
        {
            Allow(options.Cost, CouplingCost.Auto, CouplingCost.SquaredEuclidean);
        }

        if (IsLearned(options.Method) && !options.TrainMaps)
        {
            faults.Add($"{nameof(options.TrainMaps)} is false; the method {options.Method} is nothing without its networks");
        }

        void Allow<T>(T value, T auto, T only)
            where T : struct, Enum
        {
            if (!value.Equals(auto) && !value.Equals(only))
            {
                faults.Add($"{typeof(T).Name} is {value}; the method {options.Method} allows {only} alone");
            }
        }
    }

    private static bool IsEuclidean(Method method) => method is Method.Displacement or Method.Nlot || IsLearned(method);

    private static MetricKind Metric(Method method) => method == Method.Nlot ? MetricKind.Fixed : MetricKind.None;
}

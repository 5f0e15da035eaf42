namespace HtiTune.Benchmarks.Quality;

/// <summary>A row of the table: a name and the arguments that its fits get.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Arguments">Arguments of <c>htitune fit</c>.</param>
internal sealed record Method(string Name, params string[] Arguments)
{
    /// <summary>All methods, in the order of the table. Those that the command does not know are left out, with a note.</summary>
    internal static IReadOnlyList<Method> All { get; } =
    [
        Baseline("hti"),
        new("default"),
        new("hti straight", "--potential", "none"),
        new("hti density", "--potential", "density"),
        new("hti constant clock", "--clock", "constant"),
        new("hti squared Euclidean", "--cost", "squared-euclidean"),
        new("hti straight, squared Euclidean", "--potential", "none", "--cost", "squared-euclidean"),
        new("hti adaptive bandwidth", "--bandwidth", "adaptive", "--potential", "density"),
        new("hti self-tuned", "--self-tune"),
        new("hti fixed eigenvalues", "--metric", "fixed", "--potential", "density"),
        new("hti fixed eigenvalues, straight", "--metric", "fixed", "--potential", "none"),
        new("hti learned metric", "--metric", "learned", "--potential", "density"),
        new("hti learned metric, straight", "--metric", "learned", "--potential", "none"),
        new("hti dual", "--coupling", "dual"),
        new("hti dual, straight", "--coupling", "dual", "--potential", "none"),
        new("hti dual, learned metric", "--coupling", "dual", "--metric", "learned"),
        new("hti dual, fixed eigenvalues", "--coupling", "dual", "--metric", "fixed"),
        Baseline("stay"),
        Baseline("nearest"),
        Baseline("mean"),
        Baseline("linear"),
        Baseline("shrunk-linear"),
        Baseline("displacement"),
        Baseline("regression"),
        Baseline("flow-matching"),
        Baseline("metric-flow-matching"),
        Baseline("nlot"),
    ];

    /// <summary>The name as the option takes it: no spaces or commas.</summary>
    internal string Key => Name.Replace(",", "", StringComparison.Ordinal).Replace(' ', '-');

    private static Method Baseline(string name) => new(name, "--method", name);
}

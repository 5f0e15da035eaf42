namespace HtiTune.Hosting;

/// <summary>A network that the host can train.</summary>
/// <param name="Name">Its name, by which studies ask for it.</param>
/// <param name="Make">Makes it, once.</param>
internal sealed record NetworkRegistration(string Name, Func<IServiceProvider, INetwork> Make);

/// <summary>An objective that the host knows.</summary>
/// <param name="Name">Its name, in <c>objective:NAME</c>.</param>
/// <param name="Make">Makes it, once.</param>
internal sealed record ObjectiveRegistration(string Name, Func<IServiceProvider, IStudyObjective> Make);

/// <summary>The networks and objectives of this process, by name.</summary>
internal sealed class NetworkRegistry
{
    private readonly Dictionary<string, Lazy<INetwork>> _networks;
    private readonly HashSet<string> _commands;
    private readonly Dictionary<string, Lazy<IStudyObjective>> _objectives;

    public NetworkRegistry(
        IServiceProvider services, IEnumerable<NetworkRegistration> networks, IEnumerable<ObjectiveRegistration> objectives, IOptions<HtiTuneOptions> options)
    {
        networks = [.. networks, .. options.Value.Networks.Select(pair => new NetworkRegistration(pair.Key, _ => new CommandNetwork(pair.Key, pair.Value)))];
        _commands = [.. options.Value.Networks.Keys];
        // Of two of one name the last counts, as with services.
        _networks = networks.GroupBy(one => one.Name, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => new Lazy<INetwork>(() => same.Last().Make(services)), StringComparer.Ordinal);
        _objectives = objectives.GroupBy(one => one.Name, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => new Lazy<IStudyObjective>(() => same.Last().Make(services)), StringComparer.Ordinal);
        Names = [.. _networks.Keys.Order(StringComparer.Ordinal)];
        Objectives = [.. _objectives.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Names of the networks, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Names of the objectives, in order.</summary>
    public IReadOnlyList<string> Objectives { get; }

    /// <summary>A network; null where there is none of the name.</summary>
    public INetwork? Find(string name) => _networks.TryGetValue(name, out var network) ? network.Value : null;

    /// <summary>The network where a command trains it; null where there is none of the name, or where it is of another kind, which is not made for the question.</summary>
    public CommandNetwork? FindCommand(string name) => _commands.Contains(name) ? Find(name) as CommandNetwork : null;

    /// <summary>An objective; null where there is none of the name.</summary>
    public IStudyObjective? FindObjective(string name) => _objectives.TryGetValue(name, out var objective) ? objective.Value : null;
}

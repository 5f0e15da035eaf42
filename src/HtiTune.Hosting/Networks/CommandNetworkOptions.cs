namespace HtiTune.Hosting;

/// <summary>A network that a command trains. It stands in the host's own configuration only, never in a request.</summary>
public sealed class CommandNetworkOptions
{
    /// <summary>The program and its arguments, with the placeholders <c>{lambda}</c>, <c>{seed}</c>, <c>{contexts}</c> and <c>{out}</c>, and λ by its own name, as <c>{dropout}</c>, for studies whose
    /// hyperparameter is called so. No shell reads them.</summary>
    public IList<string> Command { get; } = [];

    /// <summary>The folder that it runs in.</summary>
    /// <value>null: that of the host.</value>
    public string? WorkingDirectory { get; set; }

    /// <summary>Variables that are added to the host's own.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    /// <summary>Ending of the outputs' file: .npy, .npz, .safetensors, .csv or .json.</summary>
    /// <value>".npy".</value>
    public string OutputFormat { get; set; } = ".npy";

    /// <summary>Name of the array in an archive.</summary>
    /// <value>null: it holds one.</value>
    public string? OutputArray { get; set; }
}

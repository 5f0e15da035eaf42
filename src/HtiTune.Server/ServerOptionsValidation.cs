using Microsoft.Extensions.Options;

namespace HtiTune.Server;

/// <summary>Finds what is wrong with the server's own settings; told with the service's at the start, all in one message.</summary>
internal sealed class ServerOptionsValidation(ServerOptions server) : IValidateOptions<HtiTuneOptions>
{
    private const long LeastUpload = 64 << 10;

    public ValidateOptionsResult Validate(string? name, HtiTuneOptions options)
    {
        var faults = new List<string>();
        Check(server.MaxUpload is >= LeastUpload and <= int.MaxValue, nameof(server.MaxUpload), server.MaxUpload, $"{LeastUpload} to {int.MaxValue} bytes");
        Check(server.RequestsPerMinute >= 1, nameof(server.RequestsPerMinute), server.RequestsPerMinute, "at least 1");
        Check(server.MaxStudies >= 0, nameof(server.MaxStudies), server.MaxStudies, "at least 1, or 0 for any number");
        foreach (var proxy in server.Proxies.Where(proxy => Proxies.NetworkOf(proxy) is null))
        {
            faults.Add($"Proxies has '{proxy}'; expected an address, or a network as 10.0.0.0/8");
        }

        faults.AddRange(server.Webhooks.Faults());
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail($"HtiTune: {string.Join("; ", faults)}.");

        void Check(bool holds, string which, long value, string expected)
        {
            if (!holds)
            {
                faults.Add($"{which} is {value}; expected {expected}");
            }
        }
    }
}

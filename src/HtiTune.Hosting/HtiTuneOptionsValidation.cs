using System.Text.RegularExpressions;
using HtiTune.External;

namespace HtiTune.Hosting;

/// <summary>Finds everything that is wrong with the options, so that it can be mended at once.</summary>
internal sealed partial class HtiTuneOptionsValidation : IValidateOptions<HtiTuneOptions>
{
    private const int MissedBeats = 3;

    public ValidateOptionsResult Validate(string? name, HtiTuneOptions options)
    {
        var faults = new List<string>();
        Check(options.Slots is >= 1 and <= 64, nameof(options.Slots), options.Slots, "1 to 64");
        Check(options.StudiesInMemory >= 1, nameof(options.StudiesInMemory), options.StudiesInMemory, "at least 1");
        Check(options.QueueLimit is null or >= 1, nameof(options.QueueLimit), options.QueueLimit, "at least 1, or nothing");
        Check(options.TenantLimit is null or >= 1, nameof(options.TenantLimit), options.TenantLimit, "at least 1, or nothing");
        Check(options.ComputePerTenant is null or (>= 1 and <= 1024), nameof(options.ComputePerTenant), options.ComputePerTenant, "1 to 1024, or nothing");
        Check(options.Worker is null || options.Worker.Length is >= 1 and <= 100, nameof(options.Worker), options.Worker, "1 to 100 characters");
        foreach (var queue in options.Queues.Where(queue => !QueueName().IsMatch(queue)))
        {
            Check(false, nameof(options.Queues), $"'{queue}'", "a-z, 0-9, - and _, at most 40 characters");
        }

        foreach (var (value, which) in new (TimeSpan, string)[]
        {
            (options.Lease, nameof(options.Lease)), (options.RenewEvery, nameof(options.RenewEvery)), (options.ReconcileEvery, nameof(options.ReconcileEvery)),
            (options.PollEvery, nameof(options.PollEvery)),
        })
        {
            Check(value > TimeSpan.Zero, which, value, "above 0");
        }

        foreach (var (value, which) in new (TimeSpan, string)[]
        {
            (options.Grace, nameof(options.Grace)), (options.Backoff, nameof(options.Backoff)), (options.QuickFailure, nameof(options.QuickFailure)),
        })
        {
            Check(value >= TimeSpan.Zero, which, value, "at least 0");
        }

        Check(options.TimeLimit is null || options.TimeLimit > TimeSpan.Zero, nameof(options.TimeLimit), options.TimeLimit, "above 0, or nothing");
        Check(MissedBeats * options.RenewEvery < options.Lease, nameof(options.RenewEvery), options.RenewEvery, $"less than a third of {nameof(options.Lease)} ({options.Lease})");
        foreach (var (network, command) in options.Networks)
        {
            Check(command.Command.Count > 0, $"Networks:{network}:Command", "empty", "a program and its arguments");
            Check(ArrayFile.Formats.Contains(command.OutputFormat), $"Networks:{network}:OutputFormat", $"'{command.OutputFormat}'", ArrayFile.Endings);
            if (command.Command.Count > 0)
            {
                try
                {
                    // λ may be called by its own name; which one is known with the study.
                    List<string> words = [.. command.Command];
                    HtiTune.External.Placeholders.Check(words, HtiTune.External.Placeholders.OwnNames(words));
                }
                catch (FormatException problem)
                {
                    faults.Add($"Networks:{network}:Command: {problem.Message}");
                }
            }
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail($"HtiTune: {string.Join("; ", faults)}.");

        void Check(bool holds, string which, object? value, string expected)
        {
            if (!holds)
            {
                faults.Add($"{which} is {value ?? "null"}; expected {expected}");
            }
        }
    }

    [GeneratedRegex("^[a-z0-9_-]{1,40}$")]
    internal static partial Regex QueueName();
}

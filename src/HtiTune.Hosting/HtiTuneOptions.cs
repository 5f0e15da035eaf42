using System.ComponentModel.DataAnnotations;

namespace HtiTune.Hosting;

/// <summary>How the tuning service of a host works. Checked at the host's start, all violations in one error.</summary>
public sealed class HtiTuneOptions
{
    /// <summary>Name of this process as a worker; must differ between processes.</summary>
    /// <value>null: the machine's name and the process id.</value>
    public string? Worker { get; set; }

    /// <summary>Whether this process advances studies (fits, proposes). Several may: the store decides who is first.</summary>
    /// <value>true.</value>
    public bool Advances { get; set; } = true;

    /// <summary>Whether this process trains what its networks can train.</summary>
    /// <value>true.</value>
    public bool Trains { get; set; } = true;

    /// <summary>Queues that this process trains; none stands for "default".</summary>
    /// <value>"default".</value>
    public IList<string> Queues { get; } = [];

    /// <summary>Trainings at the same time in this process.</summary>
    /// <value>1; 1 to 64.</value>
    [Range(1, 64)]
    public int Slots { get; set; } = 1;

    /// <summary>Attempts under way in a queue over all workers; null: no limit.</summary>
    public int? QueueLimit { get; set; }

    /// <summary>Attempts under way of one tenant; null: no limit.</summary>
    public int? TenantLimit { get; set; }

    /// <summary>Computations of one tenant at a time in this process: fits, proposals, curves. What a tenant asks beyond that waits, and another tenant's goes on.</summary>
    /// <value>null: half of the processors, at least 1; 1 to 1024.</value>
    public int? ComputePerTenant { get; set; }

    /// <summary>How long a worker's lease holds without renewal.</summary>
    /// <value>3 min.</value>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How often leases are renewed.</summary>
    /// <value>20 s; less than a third of the lease.</value>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often the reconciler sweeps leases, dispatches what was left and revives studies.</summary>
    /// <value>1 min.</value>
    public TimeSpan ReconcileEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the outbox and queues are looked at where nothing wakes this process.</summary>
    /// <value>2 s.</value>
    public TimeSpan PollEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Time that a training gets to end gently when the host stops or a user asks, before it is killed.</summary>
    /// <value>60 s.</value>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Wait before the second attempt at a training; doubled for each further one, at most 10 min.</summary>
    /// <value>5 s.</value>
    public TimeSpan Backoff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A failure within this time is suspected to be the machine's; three in a row set the worker aside.</summary>
    /// <value>10 s.</value>
    public TimeSpan QuickFailure { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time limit of an attempt where the study gives none; null: none.</summary>
    public TimeSpan? TimeLimit { get; set; }

    /// <summary>Studies held in memory, ready to go on; the store can bring back all others.</summary>
    /// <value>256; at least 1.</value>
    [Range(1, 100_000)]
    public int StudiesInMemory { get; set; } = 256;

    /// <summary>Networks that commands train, by name.</summary>
    public IDictionary<string, CommandNetworkOptions> Networks { get; } = new Dictionary<string, CommandNetworkOptions>();

    /// <summary>Folder for the files of trainings under way.</summary>
    /// <value>null: a folder of the user's cache.</value>
    public string? WorkFolder { get; set; }
}

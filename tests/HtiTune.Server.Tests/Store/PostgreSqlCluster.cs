using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HtiTune.Server.Tests;

/// <summary>A PostgreSQL cluster of the test's own: a temporary folder, a free port on loopback, gone with the test.</summary>
public sealed class PostgreSqlCluster : IDisposable
{
    private readonly string _folder;
    private readonly int _port;
    private readonly bool _isSmall;

    private PostgreSqlCluster(string? disk)
    {
        _folder = disk is null ? Directory.CreateTempSubdirectory("htitune-pg-").FullName : Directory.CreateDirectory(Path.Combine(disk, "pg")).FullName;
        _isSmall = disk is not null;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Folder of the server's programs; null where there is none.</summary>
    public static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb")))
            .OrderDescending(StringComparer.Ordinal).FirstOrDefault()
        : null;

    /// <summary>Why there can be no cluster; null where there can.</summary>
    public static string? Missing => Programs is null ? "Needs PostgreSQL's server programs in /usr/lib/postgresql." : null;

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Maximum Pool Size=20";

    /// <param name="disk">A disk of its own, of few megabytes; null: the one of temporary files.</param>
    public static PostgreSqlCluster Start(string? disk = null)
    {
        var cluster = new PostgreSqlCluster(disk);
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", ["postgres", cluster._folder]);
        }
        // Without syncs: the operating system outlives the test, so even a server that is killed loses nothing.
        cluster.RunServer("initdb", ["-D", cluster.Data, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8", .. disk is null ? (string[])[] : ["--wal-segsize=1"]]);
        cluster.Begin();
        return cluster;
    }

    /// <summary>Starts the server and waits until it takes connections.</summary>
    public void Begin() => RunServer("pg_ctl",
    [
        "-D", Data, "-w", "-t", "60", "-l", Path.Combine(_folder, "log"), "-o",
        $"-p {_port.ToString(CultureInfo.InvariantCulture)} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=32MB -c max_connections=200{(_isSmall ? " -c max_wal_size=16MB -c min_wal_size=4MB" : "")}",
        "start",
    ]);

    /// <summary>Whether the server runs.</summary>
    public bool IsRunning
    {
        get
        {
            var file = Path.Combine(Data, "postmaster.pid");
            return File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), CultureInfo.InvariantCulture, out var id) && Directory.Exists($"/proc/{id.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    /// <summary>Ends the server as a crash does, with all its children.</summary>
    public void Kill()
    {
        var id = int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        using var server = Process.GetProcessById(id);
        server.Kill(entireProcessTree: true);
        server.WaitForExit(10_000);
    }

    public void Dispose()
    {
        try
        {
            RunServer("pg_ctl", ["-D", Data, "-m", "immediate", "stop"]);
        }
        catch (InvalidOperationException)
        {
            // It is down already.
        }
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The server refuses to run as root.</summary>
    private void RunServer(string program, string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        if (Environment.IsPrivilegedProcess)
        {
            Run("runuser", ["-u", "postgres", "--", path, .. arguments], _folder);
        }
        else
        {
            Run(path, arguments, _folder);
        }
    }

    private static void Run(string program, string[] arguments, string? folder = null)
    {
        // Output goes nowhere: a server that it starts would keep a pipe open.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" > \"$0\" 2>&1", folder is null ? "/dev/null" : Path.Combine(Path.GetTempPath(), Path.GetFileName(folder) + ".out"), program, .. arguments])
        {
            WorkingDirectory = folder ?? "/",
        };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        var log = folder is null ? null : Path.Combine(Path.GetTempPath(), Path.GetFileName(folder) + ".out");
        var said = log is not null && File.Exists(log) ? File.ReadAllText(log) : "";
        if (log is not null)
        {
            File.Delete(log);
        }
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said}");
        }
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace HtiTune.Benchmarks.Server;

/// <summary>The server in a process and a folder of its own, as a user would run it.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private ServerProcess(Process process, string folder, Uri address, string key) => (_process, _folder, Address, Key) = (process, folder, address, key);

    public Uri Address { get; }

    public string Key { get; }

    /// <summary>Resident memory, MiB.</summary>
    public double Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<ServerProcess> StartAsync(string? program)
    {
        program ??= Find();
        var folder = Directory.CreateTempSubdirectory("htitune-server").FullName;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var address = new Uri($"http://127.0.0.1:{port}");
        using var keys = Start(program, folder, "keys", "add", "benchmark", "--scopes", "read write admin");
        var key = (await keys.StandardOutput.ReadToEndAsync()).Trim();
        await keys.WaitForExitAsync();
        var process = Start(program, folder, "serve", "--urls", address.ToString(), "--Logging:LogLevel:Default", "Warning");
        _ = process.StandardOutput.ReadToEndAsync();
        using var http = new HttpClient { BaseAddress = address };
        for (var i = 0; i < 300; i++)
        {
            try
            {
                if ((await http.GetAsync("/health")).StatusCode == HttpStatusCode.OK)
                {
                    return new ServerProcess(process, folder, address, key);
                }
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("The server did not come up in 30 s.");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Process Start(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = folder };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HtiTune__Store__Sqlite"] = Path.Combine(folder, "studies.db");
        start.Environment["HtiTune__WorkFolder"] = Path.Combine(folder, "work");
        return Process.Start(start) ?? throw new InvalidOperationException("The server could not be started.");
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var program = Path.Combine(folder.FullName, "src/HtiTune.Server/bin/Release/net10.0/HtiTune.Server.dll");
            if (File.Exists(program))
            {
                return program;
            }
        }

        throw new FileNotFoundException("HtiTune.Server.dll is not built; expected it in src/HtiTune.Server/bin/Release, or --server PATH.");
    }
}

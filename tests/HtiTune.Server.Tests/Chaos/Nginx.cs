using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HtiTune.Server.Tests.Chaos;

/// <summary>nginx in front of some servers, in a folder of its own: as an operator would have it, with streams unbuffered and the other server tried where one is away.</summary>
internal sealed class Nginx : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-nginx-").FullName;
    private readonly Process _process;

    private Nginx(IReadOnlyList<int> servers)
    {
        var port = FreePort();
        Address = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
        File.WriteAllText(Path.Combine(_folder, "nginx.conf"), $$"""
            daemon off; pid {{_folder}}/pid; error_log {{_folder}}/error.log warn; worker_processes 1;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path {{_folder}}/body; proxy_temp_path {{_folder}}/proxy; fastcgi_temp_path {{_folder}}/f; uwsgi_temp_path {{_folder}}/u; scgi_temp_path {{_folder}}/s;
              client_max_body_size 64m;
              upstream tuning { {{string.Join(' ', servers.Select(server => $"server 127.0.0.1:{server} max_fails=1 fail_timeout=1s;"))}} }
              server {
                listen 127.0.0.1:{{port}};
                location / {
                  proxy_pass http://tuning; proxy_http_version 1.1; proxy_buffering off;
                  proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
                  proxy_connect_timeout 2s; proxy_read_timeout 75s; proxy_next_upstream error timeout; proxy_next_upstream_timeout 4s;
                }
              }
            }
            """);
        _process = Process.Start(new ProcessStartInfo(Program!, ["-p", _folder, "-e", Path.Combine(_folder, "error.log"), "-c", Path.Combine(_folder, "nginx.conf")]))!;
    }

    /// <summary>The program; null where there is none.</summary>
    public static string? Program { get; } = ((string[])["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"]).FirstOrDefault(File.Exists);

    public Uri Address { get; }

    public static Nginx Start(IReadOnlyList<int> servers) => new(servers);

    /// <summary>A port that is free now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

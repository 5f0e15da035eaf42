using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HtiTune.Hosting;
using HtiTune.Server.Tests.Services;

namespace HtiTune.Server.Tests.Api;

/// <summary>The server's program as an operator types it: exit codes, and what stands on which output.</summary>
public sealed class ServerProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-program").FullName;

    private string Store => Path.Combine(_folder, "studies.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("serve", "--help")]
    [InlineData("worker", "--help")]
    [InlineData("keys", "list", "--help")]
    [InlineData("--help")]
    public async Task Help_is_shown_and_nothing_begins(params string[] words)
    {
        var (code, output, errors) = await RunAsync(words);
        Assert.True(code == 0 && output.Contains("keys add NAME", StringComparison.Ordinal), errors);
        Assert.False(File.Exists(Store));
    }

    [Fact]
    public async Task The_version_is_shown()
    {
        foreach (var words in (string[][])[["--version"], ["serve", "--version"], ["move", "--version"]])
        {
            Assert.Equal((0, ProcessPresence.Version), await RunAsync(words) is var (code, output, _) ? (code, output.Trim()) : default);
        }
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("worker")]
    [InlineData("keys", "list")]
    [InlineData("move")]
    public async Task Every_fault_of_the_settings_is_in_one_message_with_exit_code_2(params string[] verb)
    {
        var (code, _, errors) = await RunAsync([.. verb, "--HtiTune:Slots", "banana", "--HtiTune:Sloots", "2", "--HtiTune:Store:Sqlyte", "x", "--HtiTune:Lease", "soon", "--HtiTune:BehindProxy", "perhaps"]);
        Assert.Equal(2, code);
        foreach (var expected in (string[])["Slots is 'banana'; expected a whole number", "Sloots is no setting", "Store:Sqlyte is no setting; expected one of Sqlite, PostgreSql", "Lease is 'soon'; expected a time", "BehindProxy is 'perhaps'; expected true or false"])
        {
            Assert.Contains(expected, errors, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        (code, _, errors) = await RunAsync([.. verb, "--HtiTune:Slots", "0", "--HtiTune:MaxUpload", "1", "--HtiTune:Proxies:0", "nobody"]);
        Assert.True(code == 2 && errors.Contains("Slots is 0", StringComparison.Ordinal) && errors.Contains("MaxUpload is 1", StringComparison.Ordinal) && errors.Contains("Proxies has 'nobody'", StringComparison.Ordinal), errors);
    }

    [Fact]
    public async Task A_key_stands_alone_on_the_output_and_a_store_in_use_is_not_moved()
    {
        var (code, output, errors) = await RunAsync(["keys", "add", "ci"]);
        Assert.True(code == 0, errors);
        Assert.Matches("^hti_[0-9a-f]{12}_[0-9a-f]{64}\\s*$", output);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Store));
        }

        var server = new ApiServer(_folder);
        await server.InitializeAsync();
        (code, _, errors) = await RunAsync(["move"], ("HtiTune__MoveTo", "Host=127.0.0.1;Port=1"));
        Assert.True(code == 3 && errors.Contains("the store is in use by", StringComparison.Ordinal), errors);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_store_of_a_later_version_is_refused_in_words()
    {
        Assert.Equal(0, (await RunAsync(["keys", "list"])).Code);
        await ServiceHost.ChangeAsync(Store, "INSERT INTO __EFMigrationsHistory VALUES ('99990101000000_Future', '99.0')");
        foreach (var verb in (string[][])[["serve"], ["keys", "list"]])
        {
            var (code, _, errors) = await RunAsync(verb);
            Assert.Equal(3, code);
            Assert.Contains("99990101000000_Future", errors, StringComparison.Ordinal);
            Assert.Contains("later version", errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_addresses_that_containers_set_count_and_are_checked()
    {
        var (code, _, errors) = await RunAsync(["serve"], ("ASPNETCORE_HTTP_PORTS", "8080"));
        Assert.True(code == 2 && errors.Contains("ASPNETCORE_HTTP_PORTS has http://*:8080", StringComparison.Ordinal), errors);
        (code, _, errors) = await RunAsync(["serve"], ("ASPNETCORE_URLS", "http://0.0.0.0:8080"));
        Assert.True(code == 2 && errors.Contains("Urls has http://0.0.0.0:8080", StringComparison.Ordinal), errors);

        // An address that another program has.
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        (code, _, errors) = await RunAsync(["serve"], ("ASPNETCORE_URLS", $"http://{taken.LocalEndpoint}"));
        Assert.True(code == 3 && errors.Contains(taken.LocalEndpoint.ToString()!, StringComparison.Ordinal), errors);
    }

    [Fact]
    public async Task A_certificates_path_is_read_from_the_folder_where_the_operator_is()
    {
        using (var key = RSA.Create(2048))
        {
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
            await File.WriteAllTextAsync(Path.Combine(_folder, "tls.pem"), certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(Path.Combine(_folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        }

        using var process = Start(["serve", "--urls", "https://127.0.0.1:0"], ("Kestrel__Certificates__Default__Path", "tls.pem"), ("Kestrel__Certificates__Default__KeyPath", "tls.key"));
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            string? line;
            do
            {
                line = await process.StandardOutput.ReadLineAsync(patience.Token);
            }
            while (line is not null && !line.Contains("listens on", StringComparison.Ordinal));
            Assert.True(line?.Contains("https://127.0.0.1", StringComparison.Ordinal), line ?? await process.StandardError.ReadToEndAsync(patience.Token));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.7)]
    [InlineData(1.5)]
    public async Task A_server_that_is_told_to_end_while_it_begins_ends_without_a_crash(double seconds)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var process = Start(["serve", "--urls", "http://127.0.0.1:0"]);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);

        // Before the runtime has its own handler, the signal ends it as any program (143).
        Assert.True(process.ExitCode is 0 or 143, $"{process.ExitCode} {await output} {await errors}");
        Assert.DoesNotContain("Unhandled exception", await errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", await output + await errors, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string[] words, params (string Name, string Value)[] environment)
    {
        using var process = Start(words, environment);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        return (process.ExitCode, await output, await errors);
    }

    private Process Start(string[] words, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "HtiTune.Server.dll"), .. words])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder,
        };
        foreach (var (name, value) in environment.Append(("HtiTune__Store__Sqlite", Store)))
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}

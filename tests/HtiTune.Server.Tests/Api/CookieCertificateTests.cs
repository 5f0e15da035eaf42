using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HtiTune.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HtiTune.Server.Tests.Api;

public sealed class CookieCertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("htitune-certificate").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_operators_certificate_encrypts_the_keys_of_cookies_and_a_restart_reads_them()
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=htitune", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        var (pem, key) = (Path.Combine(_folder, "tls.pem"), Path.Combine(_folder, "tls.key"));
        await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(key, rsa.ExportPkcs8PrivateKeyPem());
        string[] settings = ["--HtiTune:CookieCertificate:Path", pem, "--HtiTune:CookieCertificate:KeyPath", key];
        var server = new ApiServer(_folder, null, settings);
        await server.InitializeAsync();
        using var login = await DashboardLogin.BeginAsync(server, await server.KeyAsync("t"));
        var kept = Assert.Single(await server.Services.GetRequiredService<OperationsStore>().ProtectionKeysAsync(CancellationToken.None));
        Assert.Contains("EncryptedData", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("masterKey", kept, StringComparison.Ordinal);
        await server.DisposeAsync();

        var again = new ApiServer(_folder, null, settings);
        await again.InitializeAsync();
        Assert.Equal(System.Net.HttpStatusCode.OK, await login.LookAsync(again));
        await again.DisposeAsync();
    }

    [Fact]
    public void A_certificate_that_cannot_be_read_is_told()
    {
        var problem = Assert.Throws<StartException>(() => ServeVerb.Build(["--urls", "http://127.0.0.1:0", "--HtiTune:Store:Sqlite", Path.Combine(_folder, "s.db"), "--HtiTune:CookieCertificate:Path", Path.Combine(_folder, "none.pem")]));
        Assert.Contains("HtiTune:CookieCertificate", problem.Message, StringComparison.Ordinal);
    }
}

using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace HtiTune.Server;

/// <summary>The keys that protect cookies and forms stand in the store, one ring for all its servers, encrypted by the operator's certificate where there is one.</summary>
internal static partial class CookieKeys
{
    internal static void AddCookieKeys(this IServiceCollection services, ServerOptions options)
    {
        var protection = services.AddDataProtection().SetApplicationName("HtiTune");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(keys => keys.XmlRepository = new StoredKeys(provider.GetRequiredService<OperationsStore>())));
        if (Certificate(options) is { } certificate)
        {
            protection.ProtectKeysWithCertificate(certificate).UnprotectKeysWithAnyCertificate(certificate);
        }
    }

    /// <summary>Says where the keys are not encrypted.</summary>
    internal static void Say(ServerOptions options, ILogger logger)
    {
        if (options.CookieCertificate.Path is not { Length: > 0 })
        {
            LogPlain(logger);
        }
    }

    private static X509Certificate2? Certificate(ServerOptions options)
    {
        if (options.CookieCertificate.Path is not { Length: > 0 } path)
        {
            return null;
        }

        try
        {
            return options.CookieCertificate.KeyPath is { Length: > 0 } key
                ? X509Certificate2.CreateFromPemFile(path, key)
                : X509CertificateLoader.LoadPkcs12FromFile(path, options.CookieCertificate.Password);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new StartException($"HtiTune:CookieCertificate: {path} cannot be read as a certificate with its key ({problem.Message}); expected a PKCS #12 file and Password, or a PEM file and KeyPath.");
        }
    }

    [LoggerMessage(EventId = 201, Level = LogLevel.Information,
        Message = "The keys of cookies stand unencrypted in the store: who reads the store can log in. HtiTune:CookieCertificate names a certificate that encrypts them")]
    private static partial void LogPlain(ILogger logger);

    /// <summary>The ring's place. ASP.NET Core asks it seldom, and not asynchronously.</summary>
    private sealed class StoredKeys(OperationsStore store) : IXmlRepository
    {
        private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

        public IReadOnlyCollection<XElement> GetAllElements() => [.. Wait(() => store.ProtectionKeysAsync(CancellationToken.None)).Select(XElement.Parse)];

        public void StoreElement(XElement element, string friendlyName) => Wait(async () =>
        {
            await store.KeepProtectionKeyAsync(friendlyName, element.ToString(SaveOptions.DisableFormatting), CancellationToken.None).ConfigureAwait(false);
            return true;
        });

        private static T Wait<T>(Func<Task<T>> work) => Task.Run(() =>
        {
            StorePatience.Limit(s_patience);
            return work();
        }).GetAwaiter().GetResult();
    }
}

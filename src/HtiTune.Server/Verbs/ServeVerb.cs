using System.Net;
using HtiTune.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace HtiTune.Server;

/// <summary><c>serve</c>: the API and the dashboard.</summary>
internal static class ServeVerb
{
    private const int DefaultBodyLimit = 1 << 20;

    internal static async Task<int> RunAsync(string[] args)
    {
        WebApplication app;
        try
        {
            app = Build(args);
        }
        catch (InvalidOperationException problem) when (problem is StartException)
        {
            await Console.Error.WriteLineAsync(problem.Message).ConfigureAwait(false);
            return 3;
        }

        await using (app.ConfigureAwait(false))
        {
            try
            {
                await app.StartAsync().ConfigureAwait(false);
            }
            catch (OptionsValidationException problem)
            {
                await Console.Error.WriteLineAsync(string.Join('\n', problem.Failures)).ConfigureAwait(false);
                return 3;
            }

            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
            Console.Out.WriteLine($"\n  HtiTune listens on {address}\n  Dashboard: {app.Services.GetRequiredService<Sessions>().Link(address)}\n  (the link opens a session from this machine, for an hour; keys for everybody else: HtiTune.Server keys add NAME)\n");
            await app.WaitForShutdownAsync().ConfigureAwait(false);
        }

        return 0;
    }

    /// <summary>The whole application.</summary>
    internal static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(ServeVerb).Assembly.GetName().Name });
        configure?.Invoke(builder);
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DefaultBodyLimit;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.MaxRequestLineSize = 8 << 10;
            kestrel.Limits.MaxConcurrentConnections = 10_000;
        });
        var options = builder.AddTuning();
        RequireSafeAddresses(builder.Configuration, options);
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddSingleton<Sessions>();
        builder.Services.Configure<FormOptions>(form =>
        {
            form.MultipartBodyLengthLimit = options.MaxUpload;
            form.ValueLengthLimit = (int)Math.Clamp(options.MaxUpload, 1, int.MaxValue);
        });
        builder.Services.ConfigureHttpJsonOptions(json => ApiJson.Configured(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddOpenApi("v1", ApiDocument.Configure);
        builder.Services.AddRateLimiter(RateLimits.Configure);
        builder.Services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "htitune-form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
        });
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(cookie =>
            {
                cookie.Cookie.Name = "htitune";
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.HttpOnly = true;
                cookie.LoginPath = "/login";
                cookie.AccessDeniedPath = "/login";
                cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
                cookie.SlidingExpiration = true;
            })
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null);
        builder.Services.AddAuthorization(authorization =>
        {
            authorization.AddPolicy(ApiEndpoints.Read, policy => policy.AddAuthenticationSchemes(ApiKeyHandler.SchemeName).RequireClaim(ApiKeyHandler.ScopeClaim, ApiEndpoints.Read));
            authorization.AddPolicy(ApiEndpoints.Write, policy => policy.AddAuthenticationSchemes(ApiKeyHandler.SchemeName).RequireClaim(ApiKeyHandler.ScopeClaim, ApiEndpoints.Write));
            authorization.AddPolicy(ApiEndpoints.Admin, policy => policy.AddAuthenticationSchemes(ApiKeyHandler.SchemeName).RequireClaim(ApiKeyHandler.ScopeClaim, ApiEndpoints.Admin));
        });
        builder.Services.AddDashboard();
        var app = builder.Build();
        SecurityHeaders.Use(app);
        Problems.Use(app);
        app.UseRouting();
        app.UseAuthentication();
        app.Use(KnowKeyAsync);
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapHealthChecks("/health", new HealthCheckOptions
        {
            ResponseWriter = (context, report) =>
            {
                context.Response.ContentType = "text/plain";
                var words = report.Entries.Values.Where(entry => entry.Status != HealthStatus.Healthy).Select(entry => $"\n{entry.Description}");
                return context.Response.WriteAsync(report.Status + string.Concat(words));
            },
        }).AllowAnonymous();
        app.MapOpenApi().AllowAnonymous();
        Sessions.Map(app);
        ApiEndpoints.Map(app);
        app.MapDashboard();
        return app;
    }

    // The key's limits come before its rights.
    private static async Task KnowKeyAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.ContainsKey("Authorization"))
        {
            await context.AuthenticateAsync(ApiKeyHandler.SchemeName).ConfigureAwait(false);
        }

        await next(context).ConfigureAwait(false);
    }

    private static void RequireSafeAddresses(IConfiguration configuration, ServerOptions options)
    {
        var urls = (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var url in urls)
        {
            if (url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) || options.BehindProxy)
            {
                continue;
            }

            var host = Uri.TryCreate(url.Replace("//+", "//0.0.0.0", StringComparison.Ordinal).Replace("//*", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var parsed) ? parsed.Host : "";
            if (host != "localhost" && !(IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)))
            {
                throw new StartException($"Urls has {url}, which others could reach without TLS; expected https (with a certificate), a loopback address, or HtiTune:BehindProxy where a proxy has the TLS");
            }
        }
    }

    /// <summary>The configuration does not let the server start.</summary>
    internal sealed class StartException(string message) : InvalidOperationException(message);
}

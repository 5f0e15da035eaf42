using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace HtiTune.Server;

/// <summary><c>serve</c>: the API and the dashboard.</summary>
internal static class ServeVerb
{
    private const int DefaultBodyLimit = 1 << 20;

    // Of the five seconds within which a caller is told: what a call to the store may wait, and a second more of SQLite's, and what all calls of a request may; the rest is the server's own work.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patienceInAll = TimeSpan.FromSeconds(3.5);
    private static readonly TimeSpan s_uploadPatience = TimeSpan.FromSeconds(60);

    internal static async Task<int> RunAsync(string[] args)
    {
        var app = Build(args);
        await using (app.ConfigureAwait(false))
        {
            await app.StartAsync().ConfigureAwait(false);
            var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
            var link = app.Services.GetRequiredService<StartLink>().Address(address);
            Console.Out.WriteLine($"\n  HtiTune listens on {address}\n" + (link is null ? "" : $"  Dashboard: {link}\n  (the link opens one session from this machine, within an hour)\n") + "  Keys for everybody else: HtiTune.Server keys add NAME\n");
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
        Addresses.Choose(builder, options);
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddSingleton<Sessions>();
        builder.Services.AddSingleton<StartLink>();
        builder.Services.AddSingleton<PresentWorkers>();
        builder.Services.AddSingleton<LongAnswers>();
        builder.Services.AddSingleton<ServerTelemetry>();
        builder.Services.AddSingleton(new WebhookAddresses(options.Webhooks));
        builder.Services.AddSingleton<Webhooks>();
        builder.Services.AddHostedService<WebhookSender>();
        builder.Services.AddSingleton<MeterSeries>();
        builder.Services.AddCookieKeys(options);
        Proxies.Add(builder.Services, options);
        builder.Services.Configure<FormOptions>(form =>
        {
            form.MultipartBodyLengthLimit = options.MaxUpload;
            form.ValueCountLimit = StudyUpload.MostParts;
            form.ValueLengthLimit = (int)Math.Clamp(options.MaxUpload, 1, int.MaxValue);
        });
        builder.Services.ConfigureHttpJsonOptions(json => HtiTuneJson.Strict(json.SerializerOptions));
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
                cookie.Events.OnValidatePrincipal = Sessions.ValidateAsync;
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
        CookieKeys.Say(options, app.Logger);
        Proxies.Use(app, options);
        SecurityHeaders.Use(app);
        RequestForms.Use(app);
        app.Use(LimitPatience);
        Problems.Use(app);
        app.UseRouting();
        app.UseAuthentication();
        app.Use(KnowKeyAsync);
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseAntiforgery();
        HealthEndpoints.Map(app);
        MetricsEndpoint.Map(app, options.Metrics);
        app.MapOpenApi().AllowAnonymous();
        LoginEndpoints.Map(app);
        ApiEndpoints.Map(app);
        app.MapDashboard();
        return app;
    }

    // Nobody waits for a database that is away: who asks is told within some seconds.
    private static Task LimitPatience(HttpContext context, RequestDelegate next)
    {
        var isUpload = context.Request.ContentLength > DefaultBodyLimit;

        // An open dashboard is one request as long as it stands.
        var isOpen = context.Request.Path.StartsWithSegments("/_blazor");
        StorePatience.Limit(isUpload ? s_uploadPatience : s_patience, isUpload || isOpen ? null : s_patienceInAll);
        return next(context);
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
}

using HtiTune.Server.Dashboard;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace HtiTune.Server;

/// <summary>The dashboard: pages drawn on the server, charts as SVG, so that no page needs more of a browser than the strictest policy allows.</summary>
internal static class DashboardSetup
{
    private const int MessageLimit = 256 << 10;

    internal static IServiceCollection AddDashboard(this IServiceCollection services)
    {
        services.AddCascadingAuthenticationState();
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = MessageLimit);
        services.AddScoped<CircuitHandler, SessionCircuit>();
        return services;
    }

    internal static void MapDashboard(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();
        Downloads.Map(app);

        // The frame policy is among the server's own headers.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null).RequireAuthorization();
    }
}

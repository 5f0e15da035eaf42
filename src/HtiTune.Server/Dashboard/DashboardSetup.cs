namespace HtiTune.Server;

/// <summary>The dashboard.</summary>
internal static class DashboardSetup
{
    internal static IServiceCollection AddDashboard(this IServiceCollection services) => services;

    internal static void MapDashboard(this WebApplication app) => app.MapGet("/", () => "HtiTune").ExcludeFromDescription();
}

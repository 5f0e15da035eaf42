using Microsoft.AspNetCore.Mvc;

namespace HtiTune.Server;

/// <summary>The API, version 1.</summary>
internal static class ApiEndpoints
{
    /// <summary>Reads: a key or a session with the scope <c>read</c>.</summary>
    internal const string Read = "read";

    /// <summary>Changes: a key with the scope <c>write</c>. A session's cookie does not do: no other site can make a browser change anything.</summary>
    internal const string Write = "write";

    /// <summary>Administers: a key with the scope <c>admin</c>.</summary>
    internal const string Admin = "admin";

    internal static void Map(WebApplication app)
    {
        var api = app.MapGroup("/api/v1").DisableAntiforgery().WithAnswers();
        var upload = new RequestSizeLimitAttribute(app.Services.GetRequiredService<ServerOptions>().MaxUpload);
        StudyEndpoints.Map(api, upload);
        WorkEndpoints.Map(api, upload);
        SurrogateEndpoints.Map(api, upload);
        FigureEndpoints.Map(api);
        AdminEndpoints.Map(api);
        WebhookEndpoints.Map(api);
        HealthEndpoints.MapDetails(api);
    }
}

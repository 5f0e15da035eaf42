using Microsoft.AspNetCore.Components.Routing;

namespace HtiTune.Server.Dashboard;

/// <summary>The link to the list of studies, which is marked on the list and on each study's page.</summary>
public sealed class StudiesLink : NavLink
{
    protected override bool ShouldMatch(string uriAbsolute)
    {
        var path = new Uri(uriAbsolute).AbsolutePath;
        return path is "/" or "/compare" || path.StartsWith("/studies/", StringComparison.Ordinal);
    }
}

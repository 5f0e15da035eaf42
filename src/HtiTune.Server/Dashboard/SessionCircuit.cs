using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace HtiTune.Server.Dashboard;

/// <summary>Lets nothing that a browser sends into an open page once its session has ended or its key was revoked.</summary>
internal sealed class SessionCircuit(Sessions sessions, AuthenticationStateProvider authentication, NavigationManager navigation) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        var user = (await authentication.GetAuthenticationStateAsync().ConfigureAwait(false)).User;
        if (await sessions.HoldsAsync(user, CancellationToken.None).ConfigureAwait(false))
        {
            await next(context).ConfigureAwait(false);
        }
        else
        {
            navigation.NavigateTo("/login", forceLoad: true);
        }
    };
}

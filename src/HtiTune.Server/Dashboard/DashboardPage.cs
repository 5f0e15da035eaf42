using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace HtiTune.Server.Dashboard;

/// <summary>What every page has: who looks, the service, a refresh, and errors that are told and not thrown.</summary>
public abstract class DashboardPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task? _refreshing;
    private TimeSpan _every;

    [Inject]
    internal IStudyService Service { get; set; } = default!;

    [Inject]
    internal TimeProvider Time { get; set; } = default!;

    [Inject]
    internal Sessions Sessions { get; set; } = default!;

    [Inject]
    internal StoreDialect Store { get; set; } = default!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = default!;

    [CascadingParameter]
    internal Task<AuthenticationState> Authentication { get; set; } = default!;

    /// <summary>What the user did wrongly, or what failed; null: nothing.</summary>
    protected string? Error { get; set; }

    /// <summary>Whether what was asked for is not there.</summary>
    protected bool IsMissing { get; private set; }

    /// <summary>When what is shown was loaded; null: never.</summary>
    protected DateTimeOffset? AsOf { get; private set; }

    internal ClaimsPrincipal User { get; private set; } = new();

    internal string? Tenant => User.Tenant();

    internal bool CanWrite => User.Has("write");

    internal CancellationToken Ended => _end.Token;

    /// <summary>Loads what the page shows; called again and again where the page refreshes itself.</summary>
    protected abstract Task LoadAsync();

    protected override async Task OnInitializedAsync()
    {
        User = (await Authentication).User;
        await TryAsync(LoadAsync);
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && _every > TimeSpan.Zero)
        {
            _refreshing = RefreshAsync();
        }
    }

    /// <summary>Loads the page anew from now on, at this interval.</summary>
    protected void RefreshEvery(TimeSpan interval) => _every = interval;

    /// <summary>Does what a user asked for, if they may; a refusal becomes the page's error.</summary>
    protected Task DoAsync(Func<Task> action) => TryAsync(async () =>
    {
        if (!CanWrite)
        {
            Error = "Your key may only read.";
            return;
        }

        await action();
        await LoadAsync();

        // What was asked for inside a part of the page changes all of it.
        StateHasChanged();
    });

    /// <summary>Runs something whose refusal becomes the page's error.</summary>
    protected async Task TryAsync(Func<Task> action)
    {
        try
        {
            (Error, IsMissing) = (null, false);
            if (!await Sessions.HoldsAsync(User, _end.Token))
            {
                Navigation.NavigateTo("/login", forceLoad: true);
                return;
            }

            await action();
            AsOf = Time.GetUtcNow();
        }
        catch (StudyServiceException refusal)
        {
            (Error, IsMissing) = (refusal.Message, refusal.Kind == StudyServiceError.NotFound);
        }
        catch (Exception away) when (Store.IsAway(away))
        {
            Error = $"The store does not answer.{(AsOf is { } at ? $" What is shown is as of {at:HH:mm:ss} UTC." : "")} It is tried again.";
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The page is gone.
        }
    }

    /// <summary>How long ago, in words.</summary>
    protected string Ago(DateTimeOffset at) => Say.Ago(Time.GetUtcNow() - at);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _end.Cancel();
            _end.Dispose();
        }
    }

    private async Task RefreshAsync()
    {
        using var timer = new PeriodicTimer(_every, Time);
        var ended = _end.Token;
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                await InvokeAsync(async () =>
                {
                    // An error of the user's doing stays until the next thing done.
                    var error = Error;
                    await TryAsync(LoadAsync);
                    Error ??= error?.StartsWith("The store does not answer", StringComparison.Ordinal) == true ? null : error;
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
        catch (Exception problem)
        {
            await DispatchExceptionAsync(problem);
        }
    }
}

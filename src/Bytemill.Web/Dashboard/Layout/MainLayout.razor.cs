using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using MudBlazor;

namespace Bytemill.Web.Dashboard.Layout;

/// <summary>What is around every page: bar, menu, theme, and what is shown when a page fails.</summary>
public sealed partial class MainLayout
{
    private DotNetObjectReference<MainLayout>? _self;
    private ErrorBoundary? _boundary;
    private ThemePreference _preference;
    private bool _isThemeKnown;
    private bool _isDark;
    private bool _isOpen = true;

    [Inject]
    private IJSRuntime Browser { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    private string ThemeIcon => IconOf(_preference);

    /// <summary>Called by the browser when its system's theme changes.</summary>
    [JSInvokable]
    public Task ThemeChanged(string preference, bool isDark) => InvokeAsync(() =>
    {
        _preference = Enum.Parse<ThemePreference>(preference, ignoreCase: true);
        _isDark = isDark;
        StateHasChanged();
    });

    /// <inheritdoc/>
    public void Dispose() => _self?.Dispose();

    /// <inheritdoc/>
    // A page that failed is left behind by going to another.
    protected override void OnParametersSet() => _boundary?.Recover();

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            string[] theme = await Browser.InvokeAsync<string[]>("bytemill.watchTheme", _self);
            _preference = Enum.TryParse(theme[0], ignoreCase: true, out ThemePreference known) ? known : ThemePreference.System;
            _isDark = theme[1] == "true";
            _isThemeKnown = true;
            StateHasChanged();
        }
    }

    private static string IconOf(ThemePreference preference) => preference switch
    {
        ThemePreference.Light => Icons.Material.Outlined.LightMode,
        ThemePreference.Dark => Icons.Material.Outlined.DarkMode,
        _ => Icons.Material.Outlined.Contrast,
    };

    private async Task ChooseThemeAsync(ThemePreference preference)
    {
        _preference = preference;
        _isDark = await Browser.InvokeAsync<bool>("bytemill.setTheme", preference.ToString().ToLowerInvariant());
    }

    private Task<IDialogReference> ShowHelpAsync() => Dialogs.ShowAsync<KeysDialog>("Keys", new DialogOptions { CloseButton = true, MaxWidth = MaxWidth.ExtraSmall, FullWidth = true });
}

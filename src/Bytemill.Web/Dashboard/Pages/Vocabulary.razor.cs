using Bytemill.Web.Models;
using Microsoft.AspNetCore.Components;

namespace Bytemill.Web.Dashboard.Pages;

/// <summary>The pieces of a model: search, plots, coverage, comparison with another.</summary>
public sealed partial class Vocabulary : IDisposable
{
    private LoadedModel? _model;
    private LoadedModel? _other;
    private string? _fault;
    private bool _isLoading;
    private int _tab;

    [SupplyParameterFromQuery]
    private string? Model { get; set; }

    [SupplyParameterFromQuery]
    private string? Other { get; set; }

    [Inject]
    private ModelShelf Shelf { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose() => Shelf.Changed -= OnShelfChanged;

    /// <inheritdoc/>
    protected override void OnInitialized() => Shelf.Changed += OnShelfChanged;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        Model ??= Shelf.Models.FirstOrDefault()?.Key;
        _fault = null;
        _isLoading = true;
        try
        {
            _model = await LoadAsync(Model, _model);
            _other = await LoadAsync(Other, _other);
        }
        catch (ModelUnavailableException e)
        {
            (_model, _other, _fault) = (null, null, e.Message);
        }

        _isLoading = false;
    }

    private async Task<LoadedModel?> LoadAsync(string? key, LoadedModel? present)
    {
        if (key is null || present?.Entry.Key == key)
        {
            return key is null ? null : present;
        }

        LoadedModel model = await Shelf.GetAsync(key);
        // The table takes a moment for a large vocabulary: not on the thread that serves this viewer.
        await Task.Run(() => model.Table);
        return model;
    }

    private void OnShelfChanged() => InvokeAsync(async () =>
    {
        if (Model is null)
        {
            await OnParametersSetAsync();
        }

        StateHasChanged();
    });

    private void Choose(string name, string? key) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, key), replace: true);
}

using System.Collections.Immutable;
using Bytemill.Tokenization;
using Bytemill.Web.Models;
using Microsoft.AspNetCore.Components;

namespace Bytemill.Web.Dashboard.Pages;

/// <summary>Text, cut by one model or two while it is typed.</summary>
public sealed partial class Playground : IDisposable
{
    private const int LongestText = 100_000;
    private const int ShownCandidates = 24;

    private string _text = "Free software, 自由软件, свободное программное обеспечение, software libre";
    private bool _showsIds = true;
    private bool _samples;
    private double _alpha = 0.2;
    private long _seed = 1;
    private string? _fault;
    private ImmutableArray<(string Title, TextCut Cut)> _cuts = [];
    private ContinuationView? _continuation;
    private CancellationTokenSource _working = new();

    [SupplyParameterFromQuery]
    private string? Model { get; set; }

    [SupplyParameterFromQuery]
    private string? Other { get; set; }

    [Inject]
    private ModelShelf Shelf { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        Shelf.Changed -= OnShelfChanged;
        _working.Cancel();
        _working.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized() => Shelf.Changed += OnShelfChanged;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        Model ??= Shelf.Models.FirstOrDefault()?.Key;
        await CutAsync();
    }

    private static string Compare(int first, int second, string other)
    {
        double percent = 100.0 * (second - first) / first;
        return second == first
            ? $"{other} needs as many tokens."
            : Units.Format($"{other} needs {Units.Count(Math.Abs(second - first))} tokens {(second < first ? "less" : "more")}: {Math.Abs(percent):0.0} %.");
    }

    private void OnShelfChanged() => InvokeAsync(async () =>
    {
        if (Model is null)
        {
            await OnParametersSetAsync();
        }

        StateHasChanged();
    });

    private void ChooseModel(string? key) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("model", key), replace: true);

    private void ChooseOther(string? key) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("other", key), replace: true);

    private Task ChangeTextAsync(string text)
    {
        _text = text;
        return CutAsync();
    }

    private Task ChangeSamplingAsync(bool samples)
    {
        _samples = samples;
        return CutAsync();
    }

    private Task ChangeAlphaAsync(double alpha)
    {
        _alpha = alpha;
        return CutAsync();
    }

    private Task ChangeSeedAsync(long seed)
    {
        _seed = seed;
        return CutAsync();
    }

    // What is typed meanwhile makes this obsolete: only the last one is shown.
    private async Task CutAsync()
    {
        await _working.CancelAsync();
        _working.Dispose();
        _working = new CancellationTokenSource();
        CancellationToken cancellation = _working.Token;
        if (Model is null)
        {
            return;
        }

        string text = _text;
        SamplingOptions? sampling = _samples ? new SamplingOptions { Alpha = _alpha } : null;
        ulong seed = (ulong)_seed;
        string[] keys = Other is null ? [Model] : [Model, Other];
        try
        {
            LoadedModel[] models = [.. await Task.WhenAll(keys.Select(key => Shelf.GetAsync(key, cancellation)))];
            (ImmutableArray<(string, TextCut)> cuts, ContinuationView continuation) = await Task.Run(
                () => (models.Select(model => (model.Entry.Title, TextCut.Of(model, text, sampling, seed))).ToImmutableArray(), ContinuationView.Of(models[0], text, ShownCandidates)),
                cancellation);
            if (!cancellation.IsCancellationRequested)
            {
                (_cuts, _continuation, _fault) = (cuts, continuation, null);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The next one shows.
        }
        catch (ModelUnavailableException e)
        {
            (_cuts, _continuation, _fault) = ([], null, e.Message);
        }
    }
}

using Bytemill.Web.Models;
using Microsoft.AspNetCore.Components;

namespace Bytemill.Web.Dashboard.Parts;

/// <summary>Searches and sorts the pieces of a vocabulary.</summary>
public sealed partial class PieceBrowser : IDisposable
{
    // A browser lays out no more than some 17 million pixels; a row has 32.
    private const int RowsAtOnce = 500_000;

    private static readonly (PieceOrdering Ordering, string Name, bool IsNumber)[] s_columns =
    [
        (PieceOrdering.Id, "Id", true), (PieceOrdering.Bytes, "Piece", false), (PieceOrdering.Count, "Count", true), (PieceOrdering.Length, "Bytes", true), (PieceOrdering.Script, "Script", false),
    ];

    private LoadedModel? _shown;
    private PieceQuery _query = new(OrderBy: PieceOrdering.Count, IsDescending: true);
    private int[] _ids = [];
    private int _page;
    private string? _fault;
    private bool _isSearching;
    private CancellationTokenSource _searching = new();

    /// <summary>Whose pieces.</summary>
    [Parameter, EditorRequired]
    public required LoadedModel Model { get; set; }

    private ICollection<int> Shown => _ids.Length <= RowsAtOnce ? _ids : new ArraySegment<int>(_ids, _page * RowsAtOnce, Math.Min(RowsAtOnce, _ids.Length - (_page * RowsAtOnce)));

    private string Help => _query.Matching switch
    {
        PieceMatching.Regex => "such as ^\\d+$",
        PieceMatching.Hex => "such as e4 b8 ad",
        _ => "␣ or a space for a space",
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _searching.Cancel();
        _searching.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_shown != Model)
        {
            _shown = Model;
            await SearchAsync(_query with { Script = null });
        }
    }

    private static string NameOf(PieceMatching matching) => matching switch
    {
        PieceMatching.Regex => "Regular expression",
        PieceMatching.Hex => "Bytes in hex",
        _ => "Text",
    };

    private string RangeOf(int page) => Units.Format($"{Units.Count((page * RowsAtOnce) + 1)} to {Units.Count(Math.Min(_ids.Length, (page + 1) * RowsAtOnce))}");

    // The first click on a column of numbers shows the largest.
    private Task SortAsync(PieceOrdering ordering) => SearchAsync(_query with
    {
        OrderBy = ordering,
        IsDescending = _query.OrderBy == ordering ? !_query.IsDescending : ordering is PieceOrdering.Count or PieceOrdering.Length,
    });

    private async Task SearchAsync(PieceQuery query)
    {
        await _searching.CancelAsync();
        _searching.Dispose();
        _searching = new CancellationTokenSource();
        CancellationToken cancellation = _searching.Token;
        _query = query;
        _isSearching = true;
        try
        {
            LoadedModel model = Model;
            int[] ids = await Task.Run(() => model.Table.Search(query, cancellation), cancellation);
            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            (_ids, _page, _fault) = (ids, 0, null);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }
        catch (FormatException e)
        {
            (_ids, _page, _fault) = ([], 0, e.Message);
        }

        _isSearching = false;
        StateHasChanged();
    }
}

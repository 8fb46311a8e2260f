using System.Collections.Immutable;
using System.Text;
using Bytemill.Tokenization;
using Bytemill.Web.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Bytemill.Web.Api;

/// <summary>Texts encoded and decoded with the models of finished jobs.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this RouteGroupBuilder api)
    {
        RouteGroupBuilder models = api.MapGroup("/models").WithTags("models");
        models.MapGet("/", List).WithName("ListModels").WithSummary("Models of finished jobs that this node can read.");
        models.MapPost("/{key}/encode", EncodeAsync).WithName("Encode").WithSummary("Texts to ids.")
            .Accepts<EncodeRequest>("application/json").ProducesModelFaults();
        models.MapPost("/{key}/decode", DecodeAsync).WithName("Decode").WithSummary("Ids to texts.")
            .Accepts<DecodeRequest>("application/json").ProducesModelFaults();
        models.MapPost("/{key}/continue", ContinueAsync).WithName("Continue")
            .WithSummary("Prepares a prompt for a language model that goes on with it: the ids to keep, the bytes held back since a longer piece may take them, and what may come next.")
            .Accepts<ContinueRequest>("application/json").ProducesModelFaults();
    }

    private static void ProducesModelFaults(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static Ok<ModelList> List(ModelShelf shelf) => TypedResults.Ok(new ModelList(
    [
        .. shelf.Models.Select(model => new ModelInfo(
            model.Key, model.Title, model.JobId, model.VocabSize == 0 ? null : model.VocabSize, JsonText.Instant(model.MadeAt))),
    ]));

    private static async Task<Ok<EncodeAnswer>> EncodeAsync(string key, HttpContext context, ModelShelf shelf, CancellationToken cancellation)
    {
        EncodeRequest request = await RequestBody.ReadAsync(context, BytemillJson.Default.EncodeRequest).ConfigureAwait(false);
        LoadedModel model = await shelf.GetAsync(key, cancellation).ConfigureAwait(false);
        EncodeOptions options = OptionsOf(request, model.Tokenizer.Model);
        TokenSampler? sampler = request.Sampling is null ? null : model.SamplerOf(new SamplingOptions
        {
            Method = request.Sampling == "viterbi" ? SamplingMethod.Viterbi : SamplingMethod.Exact,
            Alpha = request.Alpha,
        });
        var ids = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        foreach (string? text in request.Texts!)
        {
            cancellation.ThrowIfCancellationRequested();
            if (text is null)
            {
                throw new RequestFaultException("is null.", $"#/texts/{ids.Count}");
            }

            ids.Add([.. sampler is null ? model.Tokenizer.Encode(text, options) : sampler.Sample(text, request.Seed, options)]);
        }

        return TypedResults.Ok(new EncodeAnswer(
            ids.ToImmutable(),
            ids.Sum(text => (long)text.Length),
            request.Pieces ? [.. ids.Select(text => text.Select(id => PieceText.ShowToken(model.Tokenizer.Model, id)).ToImmutableArray())] : null));
    }

    private static EncodeOptions OptionsOf(EncodeRequest request, TokenizerModel model)
    {
        for (int i = 0; i < request.Special.Length; i++)
        {
            if (request.Special[i] is not { } name || !model.SpecialTokens.TryGetId(name, out _))
            {
                throw new RequestFaultException($"The model has no special token '{request.Special[i]}'.", $"#/special/{i}");
            }
        }

        return new EncodeOptions { AddBos = request.AddBos, AddEos = request.AddEos, AllowedSpecial = request.Special };
    }

    private static async Task<Ok<DecodeAnswer>> DecodeAsync(string key, HttpContext context, ModelShelf shelf, CancellationToken cancellation)
    {
        DecodeRequest request = await RequestBody.ReadAsync(context, BytemillJson.Default.DecodeRequest).ConfigureAwait(false);
        LoadedModel model = await shelf.GetAsync(key, cancellation).ConfigureAwait(false);
        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (ImmutableArray<int> ids in request.Ids!)
        {
            try
            {
                texts.Add(model.Tokenizer.DecodeToString(ids.AsSpan()));
            }
            catch (ArgumentException e)
            {
                throw new RequestFaultException($"An id is not one of the model: {e.Message}", $"#/ids/{texts.Count}", e);
            }
        }

        return TypedResults.Ok(new DecodeAnswer(texts.ToImmutable()));
    }

    private static async Task<Ok<ContinueAnswer>> ContinueAsync(string key, HttpContext context, ModelShelf shelf, CancellationToken cancellation)
    {
        ContinueRequest request = await RequestBody.ReadAsync(context, BytemillJson.Default.ContinueRequest).ConfigureAwait(false);
        LoadedModel model = await shelf.GetAsync(key, cancellation).ConfigureAwait(false);
        PromptContinuation continuation = model.Tokenizer.Continue(Encoding.UTF8.GetBytes(request.Text!));
        ContinuationStep next = continuation.Next;
        return TypedResults.Ok(new ContinueAnswer(
            continuation.Kept,
            Encoding.UTF8.GetString(next.HeldBack.Span),
            Convert.ToHexStringLower(next.HeldBack.Span),
            next.HeldBack.IsEmpty,
            next.HeldBack.IsEmpty ? [] : [.. next.Extending.Span],
            next.Prefixes));
    }
}

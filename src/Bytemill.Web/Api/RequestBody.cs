using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Bytemill.Web.Api;

/// <summary>Reads what comes with a request, and says where it is wrong.</summary>
public static partial class RequestBody
{
    /// <summary>Reads the body of a request.</summary>
    /// <exception cref="RequestFaultException">It is no JSON, or not of this kind.</exception>
    internal static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        T body = await ReadAsync(context.Request.Body, type, context.RequestAborted).ConfigureAwait(false);
        List<ValidationResult> found = [];
        return Validator.TryValidateObject(body, new ValidationContext(body), found, validateAllProperties: true)
            ? body
            : throw new RequestFaultException(
                [.. found.Select(fault => new RequestFault(fault.ErrorMessage ?? "is wrong.", "#/" + BytemillJson.NameOf(fault.MemberNames.First())))]);
    }

    /// <summary>Reads JSON.</summary>
    /// <exception cref="RequestFaultException">It is no JSON, or not of this kind.</exception>
    public static async Task<T> ReadAsync<T>(Stream json, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(json, type, cancellation).ConfigureAwait(false)
                ?? throw new RequestFaultException("An object is expected; found null.", "#");
        }
        catch (JsonException e)
        {
            throw FaultOf(e);
        }
    }

    /// <inheritdoc cref="ReadAsync{T}(Stream, JsonTypeInfo{T}, CancellationToken)"/>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new RequestFaultException("An object is expected; found null.", "#");
        }
        catch (JsonException e)
        {
            throw FaultOf(e);
        }
    }

    private static RequestFaultException FaultOf(JsonException e) => new(Describe(e), PointerOf(e), e);

    private static string Describe(JsonException e)
    {
        // Types of this program say nothing to others; the path is told apart.
        string message = PathPattern().Replace(e.Message, "");
        if (UnknownPattern().Match(message) is { Success: true } unknown)
        {
            return $"There is no field '{unknown.Groups[1].Value}'.";
        }

        if (TwicePattern().Match(message) is { Success: true } twice)
        {
            return $"The field '{twice.Groups[1].Value}' is there twice.";
        }

        return WrongTypePattern().Match(message) is { Success: true } wrong ? $"The value cannot be read as {NameOf(wrong.Groups[1].Value)}." : message;
    }

    private static string NameOf(string type) => type switch
    {
        _ when type.Contains("Immutable", StringComparison.Ordinal) => "a list of such values",
        _ when type.Contains("Boolean", StringComparison.Ordinal) => "true or false",
        _ when type.Contains("Int", StringComparison.Ordinal) => "a whole number in range",
        _ when type.Contains("Double", StringComparison.Ordinal) => "a number",
        _ when type.Contains("String", StringComparison.Ordinal) => "a text",
        _ => "an object of this kind",
    };

    private static string PointerOf(JsonException e)
    {
        string pointer = "#" + StepPattern().Replace(
            (e.Path ?? "$").TrimStart('$'),
            step => "/" + Escape(step.Groups[1].Success ? step.Groups[1].Value : step.Groups[2].Success ? step.Groups[2].Value : step.Groups[3].Value));
        return UnknownPattern().Match(e.Message) is { Success: true } unknown && !pointer.EndsWith("/" + unknown.Groups[1].Value, StringComparison.Ordinal)
            ? $"{pointer}/{Escape(unknown.Groups[1].Value)}"
            : pointer;
    }

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    [GeneratedRegex(@"\.([^.\[]+)|\['([^']*)'\]|\[(\d+)\]")]
    private static partial Regex StepPattern();

    [GeneratedRegex(@" ?Path: .*$", RegexOptions.Singleline)]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"JSON property '([^']*)' could not be mapped")]
    private static partial Regex UnknownPattern();

    [GeneratedRegex(@"Duplicate property '([^']*)'")]
    private static partial Regex TwicePattern();

    [GeneratedRegex(@"could not be converted to (.*?)\.? *$")]
    private static partial Regex WrongTypePattern();
}

using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Bytemill.Web.Api;

/// <summary>What is wrong with a request, and where: an item of <c>errors</c> in a problem, as RFC 9457 has it.</summary>
/// <param name="Detail">One sentence.</param>
/// <param name="Place">JSON pointer to the field, with <c>#</c> before it; <c>#</c> for the whole.</param>
public sealed record RequestFault(string Detail, [property: JsonPropertyName("pointer")] string Place);

/// <summary>A request cannot be fulfilled as it is; says which fields are at fault.</summary>
/// <param name="faults">At least one.</param>
/// <param name="inner">What it was found by.</param>
public sealed class RequestFaultException(ImmutableArray<RequestFault> faults, Exception? inner = null)
    : Exception(string.Join(' ', faults.Select(fault => fault.Place == "#" ? fault.Detail : $"{fault.Place.TrimStart('#')}: {fault.Detail}")), inner)
{
    /// <summary>One fault.</summary>
    public RequestFaultException(string detail, string place, Exception? inner = null)
        : this([new RequestFault(detail, place)], inner)
    {
    }

    /// <summary>What is wrong.</summary>
    public ImmutableArray<RequestFault> Faults { get; } = faults;
}

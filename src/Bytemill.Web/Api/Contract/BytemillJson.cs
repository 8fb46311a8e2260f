using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Bytemill.Web.Api;

/// <summary>
/// How everything is written as JSON that comes in or goes out: by the HTTP interface, by <c>--json</c>, in job files. Fields that are not known are
/// mistakes; those that are <c>null</c> are left out.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AttemptList))]
[JsonSerializable(typeof(ClusterInfo))]
[JsonSerializable(typeof(ContinueAnswer))]
[JsonSerializable(typeof(ContinueRequest))]
[JsonSerializable(typeof(DecodeAnswer))]
[JsonSerializable(typeof(DecodeRequest))]
[JsonSerializable(typeof(EncodeAnswer))]
[JsonSerializable(typeof(EncodeRequest))]
[JsonSerializable(typeof(EventList))]
[JsonSerializable(typeof(JobDetails))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobStatistics))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(NodeList))]
[JsonSerializable(typeof(PriorityRequest))]
[JsonSerializable(typeof(TaskList))]
[JsonSerializable(typeof(ImmutableArray<RequestFault>))]
public sealed partial class BytemillJson : JsonSerializerContext
{
    // Not before the default is there.
    private static readonly Lazy<BytemillJson> s_indented = new(() => new BytemillJson(new JsonSerializerOptions(Default!.Options)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    }));

    /// <summary>The same for people to read.</summary>
    public static BytemillJson Indented => s_indented.Value;

    /// <summary>Lets others write JSON in the same way.</summary>
    internal static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = Default.Options.PropertyNamingPolicy;
        options.DefaultIgnoreCondition = Default.Options.DefaultIgnoreCondition;
        options.UnmappedMemberHandling = Default.Options.UnmappedMemberHandling;
        options.TypeInfoResolverChain.Insert(0, Default);
    }

    /// <summary>What a property is called in JSON.</summary>
    public static string NameOf(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Bytemill.Web.Api;

/// <summary>Another priority for a job.</summary>
[Description("Another priority for a job.")]
public sealed record PriorityRequest
{
    /// <summary>The priority.</summary>
    [Description("Of the jobs that wait, those with a higher number go first.")]
    [Required(ErrorMessage = "is missing: a whole number, of which the highest goes first.")]
    public int? Priority { get; set; }
}

using System.Runtime.Serialization;
using Google.Protobuf;

namespace Bytemill.Pipeline;

/// <summary>Tells a journal whose contents are at fault, so that trying again cannot help, from one that cannot be reached.</summary>
internal static class JournalFault
{
    /// <returns>What is wrong with the contents, as a clause; <c>null</c> when the fault is another.</returns>
    public static string? Find(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is SerializationException or InvalidDataException or InvalidProtocolBufferException)
            {
                return cause.Message.TrimEnd('.');
            }
        }

        return null;
    }
}

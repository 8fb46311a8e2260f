using System.Runtime.Serialization;
using Akka.Actor;

namespace Bytemill.Tests;

/// <summary>Tells when somebody makes one of it because a message said so.</summary>
public sealed class Gadget
{
    private static TaskCompletionSource s_made = new();

    public Gadget() => Report();

    public static Task Made => s_made.Task;

    public static void Reset() => s_made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Report() => s_made.TrySetResult();

    /// <summary>The same as an exception that can be serialized.</summary>
    public sealed class MakingException : Exception
    {
        public MakingException()
            : base("harmless")
        {
        }

#pragma warning disable SYSLIB0051 // Akka.NET calls this constructor.
        private MakingException(SerializationInfo info, StreamingContext context)
            : base(info, context) => Report();
#pragma warning restore SYSLIB0051
    }

    /// <summary>The same as an actor that can be deployed from elsewhere.</summary>
    public sealed class Actor : ReceiveActor
    {
        public Actor() => Report();
    }
}

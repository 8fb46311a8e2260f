using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Bytemill.Chaos;

/// <summary>Signals that .NET's own API does not send.</summary>
internal static partial class PosixSignals
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    // Numbers of Linux.
    public const int Continue = 18;
    public const int Stop = 19;

    private const int NoSuchProcess = 3;

    /// <summary>Sends the signal; whether the process was there.</summary>
    public static bool Send(int process, int signal)
    {
        if (SendSignal(process, signal) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}

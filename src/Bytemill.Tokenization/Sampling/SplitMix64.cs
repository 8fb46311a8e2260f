using System.Runtime.CompilerServices;

namespace Bytemill.Tokenization;

/// <summary>
/// The generator SplitMix64 (Steele, Lea, Flood 2014; constants as in Vigna's public-domain <c>splitmix64.c</c>), of which any
/// output can be had without those before it. So a draw depends on its seed and place alone, whoever asks for it and how often.
/// </summary>
internal static class SplitMix64
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    /// <summary>Output <paramref name="index"/> (0 is the first) of the generator seeded with <paramref name="seed"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Output(ulong seed, ulong index)
    {
        unchecked
        {
            ulong z = seed + ((index + 1) * Increment);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Bytemill.Tokenization;

/// <summary>A cursor over the body of a model file (its checksum left out) that names places in its errors.</summary>
internal ref struct ModelFileReader(byte[] file, string name, int position)
{
    private const string Remedy = "The file was not written by Bytemill as it is: copy it again or train the model anew.";

    private readonly ReadOnlySpan<byte> _body = file.AsSpan(0, Math.Max(position, file.Length - ModelFile.HashLength));

    public int Position { get; private set; } = position;

    public readonly int Left => _body.Length - Position;

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint), what));

    public ReadOnlySpan<byte> Bytes(long count, string what)
    {
        if (count > Left)
        {
            Fail(what, string.Create(CultureInfo.InvariantCulture, $"{Left} bytes"), string.Create(CultureInfo.InvariantCulture, $"{count} bytes"));
        }

        ReadOnlySpan<byte> bytes = _body.Slice(Position, (int)count);
        Position += (int)count;
        return bytes;
    }

    [DoesNotReturn]
    public readonly void Fail(string what, string found, string expected) =>
        Throw.Format(name, string.Create(CultureInfo.InvariantCulture, $"byte {Position} ({what})"), found, expected, Remedy);

    [DoesNotReturn]
    public readonly void FailAt(int position, string found, string expected) =>
        Throw.Format(name, string.Create(CultureInfo.InvariantCulture, $"byte {position}"), found, expected, Remedy);
}

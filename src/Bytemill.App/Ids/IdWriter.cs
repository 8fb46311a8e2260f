using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Bytemill.Tokenization;

namespace Bytemill.App;

/// <summary>Writes ids, or the pieces they stand for, in one of the formats; as they come, so that a text may be endless.</summary>
internal sealed class IdWriter
{
    private readonly Stream _output;
    private readonly IdFormat _format;
    private readonly Tokenizer? _pieces;
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 16);
    private bool _isFirst = true;

    /// <param name="output">Where the bytes go.</param>
    /// <param name="format">How.</param>
    /// <param name="pieces">With text format: whose pieces to show instead of ids; null for ids.</param>
    public IdWriter(Stream output, IdFormat format, Tokenizer? pieces)
    {
        _output = output;
        _format = format;
        _pieces = pieces;
    }

    public void Write(ReadOnlySpan<int> ids)
    {
        foreach (int id in ids)
        {
            WriteOne(id);
            if (_buffer.WrittenCount >= 1 << 16)
            {
                WriteOut();
            }
        }
    }

    /// <summary>Ends a text. Binary formats have nothing between texts.</summary>
    public void EndText()
    {
        if (_format == IdFormat.Json)
        {
            _buffer.Write(_isFirst ? "[]\n"u8 : "]\n"u8);
        }
        else if (_format == IdFormat.Text)
        {
            _buffer.Write("\n"u8);
        }

        _isFirst = true;
    }

    public void Flush()
    {
        WriteOut();
        _output.Flush();
    }

    private void WriteOne(int id)
    {
        switch (_format)
        {
            case IdFormat.UInt16:
                BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(sizeof(ushort)), checked((ushort)id));
                _buffer.Advance(sizeof(ushort));
                return;
            case IdFormat.UInt32:
                BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(sizeof(int)), id);
                _buffer.Advance(sizeof(int));
                return;
            case IdFormat.Json:
                _buffer.Write(_isFirst ? "["u8 : ","u8);
                break;
            default:
                _buffer.Write(_isFirst ? ""u8 : " "u8);
                break;
        }

        _isFirst = false;
        if (_pieces is null)
        {
            id.TryFormat(_buffer.GetSpan(16), out int written, default, CultureInfo.InvariantCulture);
            _buffer.Advance(written);
        }
        else
        {
            _buffer.Write(Encoding.UTF8.GetBytes(PieceText.ShowToken(_pieces.Model, id)));
        }
    }

    private void WriteOut()
    {
        _output.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}

using System.Buffers.Binary;
using System.Globalization;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>Reads ids that come in parts, in one of the formats, and says where they are wrong.</summary>
/// <remarks>A text may be endless; only a number that a part cuts in two is kept.</remarks>
internal sealed class IdReader
{
    // Longer than any id: more is no number, and a message need not show all of it.
    private const int MaxNumber = 32;

    private readonly string _name;
    private readonly IdFormat _format;
    private readonly int _idCount;
    private readonly Action<int> _onId;
    private readonly Action _onEndOfText;
    private readonly byte[] _number = new byte[MaxNumber];
    private int _numberLength;
    private long _line = 1;
    private long _position;
    private bool _hasText;
    private JsonPlace _place;

    /// <param name="name">What messages call the input.</param>
    /// <param name="format">Its format.</param>
    /// <param name="idCount">Ids of the model: 0 to this less 1.</param>
    /// <param name="onId">Told each id.</param>
    /// <param name="onEndOfText">Told where a text ends: a line, or an array of JSON.</param>
    public IdReader(string name, IdFormat format, int idCount, Action<int> onId, Action onEndOfText)
    {
        _name = name;
        _format = format;
        _idCount = idCount;
        _onId = onId;
        _onEndOfText = onEndOfText;
    }

    private enum JsonPlace
    {
        Outside,
        AfterOpening,
        BeforeNumber,
        InNumber,
        AfterNumber,
    }

    /// <exception cref="JobInputException">There is something that is no id of the model.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_format.IsBinary())
        {
            AppendBinary(bytes);
            return;
        }

        foreach (byte value in bytes)
        {
            if (_format == IdFormat.Json)
            {
                AppendJson(value);
            }
            else
            {
                AppendText(value);
            }

            _line += value == '\n' ? 1 : 0;
        }
    }

    /// <summary>Ends the input.</summary>
    /// <exception cref="JobInputException">It ends within an id, or within an array.</exception>
    public void Complete()
    {
        if (_format.IsBinary())
        {
            if (_numberLength > 0)
            {
                throw Fault(Units.Format($"byte {_position - _numberLength}"), Units.Format(
                    $"the input ends {_numberLength} bytes into an id of {Width} bytes; it is cut off, or of another --format"));
            }

            if (_hasText)
            {
                _onEndOfText();
            }
        }
        else if (_format == IdFormat.Json)
        {
            if (_place != JsonPlace.Outside)
            {
                throw Fault("the input ends within an array; expected ']'");
            }
        }
        else if (_hasText || _numberLength > 0)
        {
            EndNumber();
            _onEndOfText();
        }
    }

    private int Width => _format == IdFormat.UInt16 ? sizeof(ushort) : sizeof(uint);

    private void AppendBinary(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            _number[_numberLength++] = value;
            _position++;
            if (_numberLength == Width)
            {
                _numberLength = 0;
                _hasText = true;
                long id = Width == sizeof(ushort) ? BinaryPrimitives.ReadUInt16LittleEndian(_number) : BinaryPrimitives.ReadUInt32LittleEndian(_number);
                if (id >= _idCount)
                {
                    throw Fault(Units.Format($"byte {_position - Width}"), NotOfTheModel(id.ToString(CultureInfo.InvariantCulture)));
                }

                _onId((int)id);
            }
        }
    }

    private void AppendText(byte value)
    {
        switch (value)
        {
            case (byte)'\n':
                EndNumber();
                _onEndOfText();
                _hasText = false;
                break;
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)',':
                EndNumber();
                _hasText = true;
                break;
            default:
                AppendToNumber(value);
                break;
        }
    }

    private void AppendJson(byte value)
    {
        bool isSpace = value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
        if (_place == JsonPlace.InNumber && (isSpace || value is (byte)',' or (byte)']'))
        {
            EndNumber();
            _place = JsonPlace.AfterNumber;
        }

        if (isSpace)
        {
            return;
        }

        switch (_place, value)
        {
            case (JsonPlace.Outside, (byte)'['):
                _place = JsonPlace.AfterOpening;
                break;
            case (JsonPlace.AfterOpening or JsonPlace.AfterNumber, (byte)']'):
                _place = JsonPlace.Outside;
                _onEndOfText();
                break;
            case (JsonPlace.AfterNumber, (byte)','):
                _place = JsonPlace.BeforeNumber;
                break;
            case (JsonPlace.AfterOpening or JsonPlace.BeforeNumber or JsonPlace.InNumber, not ((byte)'[' or (byte)']' or (byte)',')):
                _place = JsonPlace.InNumber;
                AppendToNumber(value);
                break;
            default:
                throw Fault($"\"{Show([value])}\" where {Expected()} should stand; expected arrays of ids, such as [300,301], one behind the other");
        }
    }

    private string Expected() => _place switch
    {
        JsonPlace.Outside => "'['",
        JsonPlace.AfterNumber => "',' or ']'",
        _ => "an id",
    };

    private void AppendToNumber(byte value)
    {
        if (_numberLength < MaxNumber)
        {
            _number[_numberLength] = value;
        }

        _numberLength++;
    }

    private void EndNumber()
    {
        if (_numberLength == 0)
        {
            return;
        }

        ReadOnlySpan<byte> shown = _number.AsSpan(0, Math.Min(_numberLength, MaxNumber));
        bool isWhole = _numberLength <= MaxNumber;
        _numberLength = 0;
        _hasText = true;
        if (!isWhole || shown.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            throw Fault(Units.Format($"\"{Show(shown)}{(isWhole ? "" : "…")}\" is not an id; expected whole numbers from 0 to {_idCount - 1}"));
        }

        if (!int.TryParse(shown, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id >= _idCount)
        {
            throw Fault(NotOfTheModel(Show(shown)));
        }

        _onId(id);
    }

    private string NotOfTheModel(string id) =>
        Units.Format($"{id} is not an id of this model; its ids are 0 to {_idCount - 1}. Were the ids made by another model, or do they have another --format?");

    private static string Show(ReadOnlySpan<byte> bytes) => PieceText.Show(bytes);

    private JobInputException Fault(string what) => new(Units.Format($"{_name}:{_line}: {what}"));

    private JobInputException Fault(string place, string what) => new($"{_name}: {place}: {what}");
}

using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.EventEmitters;

namespace Bytemill.Pipeline;

/// <summary>
/// Quotes strings that YAML 1.1, by which <c>datasets</c> reads, takes for something else and YAML 1.2 does not: <c>2020-01-01</c>, <c>1_000</c>, <c>1:30</c>, <c>=</c>. For words, as
/// <c>no</c>, the serializer's own rules do.
/// </summary>
internal sealed class CardStrings(IEventEmitter next) : ChainedEventEmitter(next)
{
    /// <inheritdoc/>
    public override void Emit(ScalarEventInfo eventInfo, IEmitter emitter)
    {
        if (eventInfo.Source.Value is string text)
        {
            if (text.Any(char.IsControl))
            {
                eventInfo.Style = ScalarStyle.DoubleQuoted;
            }
            else if (text.Length == 0 || !(char.IsLetter(text[0]) || text[0] == '_'))
            {
                eventInfo.Style = ScalarStyle.SingleQuoted;
            }
        }

        base.Emit(eventInfo, emitter);
    }
}

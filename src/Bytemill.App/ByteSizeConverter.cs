using System.ComponentModel;
using System.Globalization;
using Bytemill.Pipeline;

namespace Bytemill.App;

/// <summary>Lets an option of the command line be a <see cref="ByteSize"/>, or a <c>ByteSize?</c> when it may be left out.</summary>
internal sealed class ByteSizeConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
        sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    /// <exception cref="JobInputException">It is no size.</exception>
    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        value is not string text ? base.ConvertFrom(context, culture, value)
        : ByteSize.TryParse(text, out ByteSize size) ? size
        : throw new JobInputException($"Expected {ByteSize.Expected(text)}");
}

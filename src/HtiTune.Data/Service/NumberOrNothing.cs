using System.Text.Json;

namespace HtiTune.Service;

/// <summary>A number that is NaN where there is none: JSON has null for it.</summary>
/// <param name="isStrict">Whether it is written so, and read as a finite number alone.</param>
internal sealed class NumberOrNothing(bool isStrict) : JsonConverter<double>
{
    public NumberOrNothing()
        : this(isStrict: false)
    {
    }

    public override bool HandleNull => !isStrict;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.NaN
        : reader.GetDouble() is var value && (!isStrict || double.IsFinite(value)) ? value
        : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}

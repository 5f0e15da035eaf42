using System.Text.Json;

namespace HtiTune.Data;

/// <summary>A matrix as JSON: an array of rows, each an array of numbers.</summary>
internal sealed class MatrixRows : JsonConverter<Matrix>
{
    /// <exception cref="DataFormatException">The rows are not of one length.</exception>
    public override Matrix Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Require(reader.TokenType == JsonTokenType.StartArray);
        var (values, rows, columns) = (new List<double>(), 0, 0);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Require(reader.TokenType == JsonTokenType.StartArray);
            var before = values.Count;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Require(reader.TokenType == JsonTokenType.Number);
                values.Add(reader.GetDouble());
                Require(double.IsFinite(values[^1]));
            }

            columns = rows == 0 ? values.Count : columns;
            if (values.Count - before != columns)
            {
                throw new DataFormatException("outputs", $"row {rows + 1}", $"it has {values.Count - before} numbers", $"{columns}, as in the first row");
            }

            rows++;
        }

        // What single precision holds is kept in it; what it does not is kept whole.
        return values.TrueForAll(value => (float)value == value)
            ? new Matrix(rows, columns, [.. values.Select(value => (float)value)])
            : Matrix.FromDoubles(rows, columns, [.. values]);
    }

    public override void Write(Utf8JsonWriter writer, Matrix value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        for (var i = 0; i < value.Rows; i++)
        {
            writer.WriteStartArray();
            for (var j = 0; j < value.Columns; j++)
            {
                writer.WriteNumberValue(value.Exact(i, j));
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    // The reader says where; what a number is every client knows.
    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new JsonException();
        }
    }
}

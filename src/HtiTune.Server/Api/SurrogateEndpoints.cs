using System.Buffers;
using Microsoft.AspNetCore.Mvc;

namespace HtiTune.Server;

/// <summary>Surrogates: sampled live, and downloaded.</summary>
internal static class SurrogateEndpoints
{
    private const int RowLimit = 1_000_000;
    private const string NumPy = "application/octet-stream";

    internal static void Map(RouteGroupBuilder api, RequestSizeLimitAttribute upload)
    {
        var surrogates = api.MapGroup("/surrogates").WithTags("Surrogates").RequireAuthorization(ApiEndpoints.Read);
        surrogates.MapPost("/{id:guid}/sample", SampleAsync).WithMetadata(upload)
            .WithSummary("Sample a surrogate, or a study's newest")
            .WithDescription("JSON: { \"lambda\": 0.3, \"conditions\": [[…], …] } or { \"lambda\": 0.3, \"rows\": 5 } for draws. application/octet-stream: conditions as .npy, with ?lambda=. "
                + "Accept: application/octet-stream gives .npy.");
        surrogates.MapGet("/{id:guid}.{format:regex(^(hti|onnx)$)}", (Guid id, string format, HttpContext context, IStudyService service, LongAnswers answers) =>
        {
            // Each tenant's own: what is another's is told as what is not there.
            var tenant = context.User.Tenant();
            return answers.AnswerAsync<byte[]>(
                context, id, 0, $"surrogate.{format} of {tenant}", async token => await service.SurrogateFileAsync(tenant, id, format == "onnx", token).ConfigureAwait(false),
                bytes => Results.Bytes(bytes, NumPy, $"surrogate.{format}"));
        }).WithSummary("The surrogate's file").WithDescription("onnx is fitted anew with maps, which takes some seconds: 202 until it is there; ask again after Retry-After.");
    }

    private static async Task SampleAsync(Guid id, HttpContext context, IStudyService service, double? lambda)
    {
        var body = await ReadAsync(context).ConfigureAwait(false);
        double at;
        Matrix conditions;
        if (context.Request.ContentType is { } type && type.StartsWith(NumPy, StringComparison.OrdinalIgnoreCase))
        {
            at = lambda ?? throw new StudyServiceException(StudyServiceError.Invalid, "?lambda= is missing; expected a number in the hyperparameter's range.");
            conditions = NpyFile.FromBytes(body.ToArray(), "the body");
        }
        else if (context.Request.HasJsonContentType())
        {
            (at, conditions) = Parse(body.Span);
        }
        else
        {
            throw new BadHttpRequestException("expected application/json or application/octet-stream", StatusCodes.Status415UnsupportedMediaType);
        }

        var outputs = await service.SampleAsync(context.User.Tenant(), id, at, conditions, context.RequestAborted).ConfigureAwait(false);
        if (context.Request.Headers.Accept.ToString().StartsWith(NumPy, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.ContentType = NumPy;
            await context.Response.Body.WriteAsync(NpyFile.ToBytes(outputs), context.RequestAborted).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = "application/json";
        Write(context.Response.BodyWriter, at, outputs);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    // By hand: this is the address that is asked thousands of times a second.
    private static (double Lambda, Matrix Conditions) Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
        double? lambda = null;
        int? rows = null;
        List<float>? values = null;
        var (rowCount, columns) = (0, -1);
        Require(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "an object with lambda, and conditions or rows");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("lambda"u8))
            {
                Require(reader.Read() && reader.TokenType == JsonTokenType.Number, "lambda as a number");
                lambda = reader.GetDouble();
            }
            else if (reader.ValueTextEquals("rows"u8))
            {
                Require(reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var count) && count is >= 1 and <= RowLimit, $"rows as a whole number from 1 to {RowLimit}");
                rows = reader.GetInt32();
            }
            else
            {
                Require(reader.ValueTextEquals("conditions"u8), "no members but lambda, conditions and rows");
                Require(reader.Read() && reader.TokenType == JsonTokenType.StartArray, "conditions as rows of numbers");
                values = [];
                while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
                {
                    var before = values.Count;
                    while (reader.Read() && reader.TokenType == JsonTokenType.Number)
                    {
                        var value = reader.GetSingle();
                        Require(float.IsFinite(value), "finite numbers");
                        values.Add(value);
                    }

                    Require(reader.TokenType == JsonTokenType.EndArray && (columns < 0 || values.Count - before == columns) && ++rowCount <= RowLimit, $"at most {RowLimit} rows of equally many numbers");
                    columns = values.Count - before;
                }

                Require(reader.TokenType == JsonTokenType.EndArray, "conditions as rows of numbers");
            }
        }

        Require(reader.TokenType == JsonTokenType.EndObject && !reader.Read(), "an object with lambda, and conditions or rows");
        Require(lambda is { } number && double.IsFinite(number), "lambda as a finite number");
        Require(values is null != rows is null, "either conditions or rows");
        return (lambda!.Value, values is null ? Matrix.Empty(rows!.Value) : new Matrix(rowCount, Math.Max(0, columns), [.. values]));

        static void Require(bool holds, string expected) => StudyServiceException.ThrowIf(!holds, StudyServiceError.Invalid, $"The body: expected {expected}.");
    }

    private static void Write(IBufferWriter<byte> body, double lambda, Matrix outputs)
    {
        using var writer = new Utf8JsonWriter(body, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteNumber("lambda"u8, lambda);
        writer.WriteStartArray("outputs"u8);
        for (var i = 0; i < outputs.Rows; i++)
        {
            writer.WriteStartArray();
            foreach (var value in outputs.Row(i))
            {
                writer.WriteNumberValue(value);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

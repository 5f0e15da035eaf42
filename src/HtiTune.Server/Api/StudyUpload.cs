using System.Globalization;
using System.Text.Json;
using HtiTune.Data;
using HtiTune.Hosting;

namespace HtiTune.Server;

/// <summary>Reads a study that is to be begun: JSON, or a form with the definition and files of trainings that were made before.</summary>
internal static class StudyUpload
{
    private const string Definition = "definition";
    private const string Anchors = "anchors";
    private const string Ending = ".npy";

    internal static async Task<(StudyDefinition Definition, IReadOnlyList<(double Lambda, Matrix Outputs)> Anchors)> ReadAsync(HttpRequest request)
    {
        if (request.HasJsonContentType())
        {
            var body = await request.ReadFromJsonAsync<CreateStudyRequest>(ApiJson.Options, request.HttpContext.RequestAborted).ConfigureAwait(false)
                ?? throw Invalid("The body is null; expected an object with definition.");
            var given = body.Definition ?? throw Invalid($"{Definition} is missing; expected an object with name, minimum, maximum and objective.");
            return (given, [.. (body.Anchors ?? []).Select((anchor, i) => (anchor.Lambda, Matrices.Of(anchor.Outputs ?? [], $"anchors[{i}].outputs")))]);
        }

        if (!request.HasFormContentType || request.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) != true)
        {
            throw new BadHttpRequestException("expected application/json or multipart/form-data", StatusCodes.Status415UnsupportedMediaType);
        }

        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted).ConfigureAwait(false);
        if (form[Definition] is not [{ } text] || form.Keys.Any(key => key != Definition))
        {
            throw Invalid($"The form's fields are {string.Join(", ", form.Keys.Select(key => $"'{key}'"))}; expected {Definition} once, and files {Anchors}.");
        }

        var definition = JsonSerializer.Deserialize<StudyDefinition>(text, ApiJson.Options) ?? throw Invalid($"The field {Definition} is null; expected an object.");
        var anchors = new List<(double, Matrix)>();
        foreach (var file in form.Files)
        {
            var name = Path.GetFileName(file.FileName);
            if (file.Name != Anchors || !name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)
                || !double.TryParse(name[..^Ending.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var lambda) || !double.IsFinite(lambda))
            {
                throw Invalid($"The form has the file '{file.FileName}' under '{file.Name}'; expected {Anchors}, named by λ: 0.25.npy.");
            }

            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes, request.HttpContext.RequestAborted).ConfigureAwait(false);
            anchors.Add((lambda, NpyFile.FromBytes(bytes.ToArray(), name)));
        }

        return (definition, anchors);
    }

    private static StudyServiceException Invalid(string message) => new(StudyServiceError.Invalid, message);
}

using HtiTune.External;
using HtiTune.Journal;

namespace HtiTune.Server;

/// <summary>Reads a study that is to be begun: JSON, or a form with the definition and files of trainings that were made before.</summary>
internal static class StudyUpload
{
    private const string Definition = "definition";
    private const string Anchors = "anchors";
    internal const string Ending = ".npy";

    /// <summary>Fields and files of a form: more than a study has anchors.</summary>
    internal const int MostParts = 10_001;

    internal static async Task<(StudyDefinition Definition, IReadOnlyList<EarlierTraining> Anchors)> ReadAsync(HttpRequest request)
    {
        if (request.HasJsonContentType())
        {
            var body = await request.ReadFromJsonAsync<CreateStudyRequest>(HtiTuneJson.Api, request.HttpContext.RequestAborted).ConfigureAwait(false)
                ?? throw Invalid("The body is null; expected an object with definition.");
            var given = body.Definition ?? throw Invalid($"{Definition} is missing; expected an object with name, minimum, maximum and objective.");
            return (given, [.. (body.Anchors ?? []).Select(Checked)]);
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

        var definition = JsonSerializer.Deserialize<StudyDefinition>(text, HtiTuneJson.Api) ?? throw Invalid($"The field {Definition} is null; expected an object.");
        var anchors = new List<EarlierTraining>();
        foreach (var file in form.Files)
        {
            var name = Path.GetFileName(file.FileName);
            if (file.Name != Anchors || !name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)
                || PlaceOf(name[..^Ending.Length]) is not { } place)
            {
                throw Invalid($"The form has the file '{file.FileName}' under '{file.Name}'; expected {Anchors}, named by λ or by names and values: 0.25.npy, lr=0.01,layers=3.npy.");
            }

            using var bytes = new MemoryStream();
            await file.CopyToAsync(bytes, request.HttpContext.RequestAborted).ConfigureAwait(false);
            var outputs = NpyFile.FromBytes(bytes.ToArray(), name);
            anchors.Add(place.Configuration is { } configuration ? new EarlierTraining(configuration, outputs) : new EarlierTraining(place.Lambda, outputs));
        }

        return (definition, anchors);
    }

    private static EarlierTraining Checked(EarlierTraining? anchor, int i) => anchor switch
    {
        null or { Outputs: null } => throw Invalid($"anchors[{i}].outputs are missing; expected a row of numbers for each context."),
        { Lambda: null, Configuration: null } => throw Invalid($"anchors[{i}]: lambda is missing; expected a number, or a configuration where several hyperparameters are tuned."),
        { Lambda: not null, Configuration: not null } => throw Invalid($"anchors[{i}]: lambda and configuration are both given; expected one of them."),
        _ => anchor,
    };

    // A number, or names and values. A value that is a number is one; a word of a hyperparameter whose choices are numbers is none here, and JSON tells it.
    internal static (double Lambda, Configuration? Configuration)? PlaceOf(string name)
    {
        if (Number(name) is { } lambda)
        {
            return (lambda, null);
        }

        return NamedTexts.Of(name, StringSplitOptions.None) is { } pairs
            ? (0, new Configuration([.. pairs.Select(pair => (pair.Name, Number(pair.Text) is { } number ? (HyperparameterValue)number : pair.Text))]))
            : null;

        static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    private static StudyServiceException Invalid(string message) => new(StudyServiceError.Invalid, message);
}

namespace HtiTune.Hosting;

/// <summary>What people write beside a study: tags by which it is found again, and notes. The tuner sees neither.</summary>
internal static class StudyLabels
{
    private const int TagLimit = 20;
    private const int TagLength = 40;
    private const int NotesLength = 10_000;

    /// <summary>Tags as they are kept: in lower case, each once, by name.</summary>
    /// <exception cref="StudyServiceException">They cannot be; the message names each fault.</exception>
    public static IReadOnlyList<string> Checked(IReadOnlyList<string> tags)
    {
        List<string> faults = [.. tags.Where(tag => !IsTag(tag)).Select(tag => $"'{(tag is { Length: > TagLength } ? tag[..TagLength] + "…" : tag)}' is no tag")];
        List<string> kept = [.. tags.Where(IsTag).Select(tag => tag.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)];
        if (kept.Count > TagLimit)
        {
            faults.Add($"there are {kept.Count}");
        }

        return faults.Count == 0 ? kept
            : throw new StudyServiceException(
                StudyServiceError.Invalid, $"tags: {string.Join("; ", faults)}; expected at most {TagLimit} of 1 to {TagLength} letters, digits, '-', '_', '.', ':' and '/'.");
    }

    /// <summary>Notes as they are kept; null: none.</summary>
    /// <exception cref="StudyServiceException">They are too long, or have control characters.</exception>
    public static string? Checked(string notes) => string.IsNullOrWhiteSpace(notes) ? null
        : notes.Length <= NotesLength && PlainText.ArePlainLines(notes) ? notes
        : throw new StudyServiceException(
            StudyServiceError.Invalid,
            $"notes are of {notes.Length} characters{(notes.Length <= NotesLength ? ", some of them control characters" : "")}; expected at most {NotesLength}, in lines, {PlainText.Expected}.");

    private static bool IsTag(string? tag) => tag is { Length: >= 1 and <= TagLength } && tag.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/');
}

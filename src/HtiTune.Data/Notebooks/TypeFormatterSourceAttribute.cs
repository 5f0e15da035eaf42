namespace HtiTune.Data.Notebooks;

/// <summary>
/// Says how values of a type are shown in a notebook. A .NET notebook kernel looks for an attribute of this name on the type, whoever declares
/// it, and calls the source's CreateTypeFormatters; no package is needed.
/// </summary>
/// <param name="formatterSourceType">A type with a public constructor and a method CreateTypeFormatters, as <see cref="HtmlSource{T}"/> has.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>The source.</summary>
    public Type FormatterSourceType => formatterSourceType;

    /// <summary>Kinds of output, the preferred first.</summary>
    public string[] PreferredMimeTypes { get; set; } = ["text/html", "text/plain"];
}

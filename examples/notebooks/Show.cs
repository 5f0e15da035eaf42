using HtiTune.Plotting;

/// <summary>What a notebook's display becomes in a file-based app: figures go to files, all else is printed.</summary>
internal static class Show
{
    private static int _figures;

    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
#pragma warning disable IDE1006 // the notebook kernel's own name
    public static void display(object value)
#pragma warning restore IDE1006
    {
        if (value is Figure figure)
        {
            var folder = Path.Combine("artifacts", "notebooks");
            Directory.CreateDirectory(folder);
            var path = Path.GetFullPath(Path.Combine(folder, $"figure-{++_figures}.png"));
            figure.Save(path);
            Console.WriteLine(path);
        }
        else
        {
            Console.WriteLine(Text(value));
        }
    }

    // As the kernel finds it: by an attribute's name on the type, and by the names of methods.
    private static string? Text(object value)
    {
        var attribute = value.GetType().GetCustomAttributes(false).FirstOrDefault(a => a.GetType().Name == "TypeFormatterSourceAttribute");
        if (attribute?.GetType().GetProperty("FormatterSourceType")?.GetValue(attribute) is not Type type)
        {
            return value.ToString();
        }

        var formatters = (IEnumerable<object>)type.GetMethod("CreateTypeFormatters")!.Invoke(Activator.CreateInstance(type), null)!;
        var plain = formatters.First(f => f.GetType().GetProperty("MimeType")!.GetValue(f) is "text/plain");
        using var writer = new StringWriter();
        plain.GetType().GetMethod("Format")!.Invoke(plain, [value, writer]);
        return writer.ToString();
    }
}

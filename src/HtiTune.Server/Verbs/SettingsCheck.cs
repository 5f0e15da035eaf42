using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace HtiTune.Server;

/// <summary>Reads the section <c>HtiTune</c> before anything is made of it: names that nothing has, values that cannot be read, and values out of their range, all in one message.</summary>
internal static class SettingsCheck
{
    // Read by verbs themselves.
    private static readonly string[] s_ofVerbs = ["MoveTo"];

    /// <summary>Reads the settings.</summary>
    /// <exception cref="StartException">Something is wrong; the message names all of it.</exception>
    public static ServerOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("HtiTune");
        var faults = new List<string>();
        foreach (var child in section.GetChildren().Where(child => !s_ofVerbs.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
        {
            var property = Find(typeof(ServerOptions), child.Key) ?? Find(typeof(HtiTuneOptions), child.Key);
            if (property is null)
            {
                faults.Add($"{child.Key} is no setting; expected one of {string.Join(", ", Names(typeof(ServerOptions)).Concat(Names(typeof(HtiTuneOptions))).Order(StringComparer.Ordinal))}");
            }
            else
            {
                Check(child, property.PropertyType, child.Key, faults);
            }
        }

        if (faults.Count > 0)
        {
            throw new StartException($"HtiTune: {string.Join("; ", faults)}.");
        }

        var (server, service) = (new ServerOptions(), new HtiTuneOptions());
        section.Bind(server);
        section.Bind(service);
        string[] wrong = [.. new IValidateOptions<HtiTuneOptions>[] { new ServerOptionsValidation(server), new HtiTuneOptionsValidation() }
            .Select(validation => validation.Validate(null, service)).Where(result => result.Failed).Select(result => result.FailureMessage!)];
        return wrong.Length == 0 ? server : throw new StartException(string.Join('\n', wrong));
    }

    private static void Check(IConfigurationSection setting, Type type, string place, List<string> faults)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type))
        {
            // Lists and tables: each of their members is checked alike.
            var member = type.GetGenericArguments()[^1];
            foreach (var one in setting.GetChildren())
            {
                Check(one, member, $"{place}:{one.Key}", faults);
            }
        }
        else if (type == typeof(string) || type.IsValueType)
        {
            if (setting.Value is { } text && (type == typeof(string) || text.Length > 0) && !CanRead(type, text))
            {
                faults.Add($"{place} is '{text}'; expected {Expected(type)}");
            }
        }
        else
        {
            foreach (var one in setting.GetChildren())
            {
                if (Find(type, one.Key) is { } property)
                {
                    Check(one, property.PropertyType, $"{place}:{property.Name}", faults);
                }
                else
                {
                    faults.Add($"{place}:{one.Key} is no setting; expected one of {string.Join(", ", Names(type))}");
                }
            }
        }
    }

    private static bool CanRead(Type type, string text)
    {
        try
        {
            return type == typeof(string) || TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text) is not null;
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static string Expected(Type type) => type == typeof(bool) ? "true or false" : type == typeof(int) || type == typeof(long) ? "a whole number" : type == typeof(TimeSpan) ? "a time as 00:03:00"
        : type == typeof(double) ? "a number" : type.IsEnum ? string.Join(", ", Enum.GetNames(type)) : "a value";

    private static PropertyInfo? Find(Type type, string name) => type.GetProperties().FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Names(Type type) => type.GetProperties().Select(property => property.Name);
}

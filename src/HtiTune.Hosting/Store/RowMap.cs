using System.Data.Common;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;

namespace HtiTune.Hosting;

/// <summary>
/// How a row class stands in its table: columns are its properties' names in lower case with underscores, and times are milliseconds since 1970. The same for every provider and for
/// the EF model.
/// </summary>
internal static class RowMap
{
    /// <summary>Tables by row class.</summary>
    public static IReadOnlyDictionary<Type, string> Tables { get; } = new Dictionary<Type, string>
    {
        [typeof(StudyRow)] = "studies",
        [typeof(TrialRow)] = "trials",
        [typeof(AttemptRow)] = "attempts",
        [typeof(AttemptValueRow)] = "attempt_values",
        [typeof(StudyEvent)] = "events",
        [typeof(BlobRow)] = "blobs",
        [typeof(SurrogateRow)] = "surrogates",
        [typeof(OutboxRow)] = "outbox",
        [typeof(WorkerRow)] = "workers",
        [typeof(ApiKeyRow)] = "api_keys",
        [typeof(SessionRow)] = "sessions",
        [typeof(ProtectionKeyRow)] = "protection_keys",
        [typeof(ProcessRow)] = "processes",
        [typeof(WebhookRow)] = "webhooks",
        [typeof(WebhookCallRow)] = "webhook_calls",
    };

    /// <summary>What a row class tells of a row: its members, and of a class that the service shares those too that others do not see.</summary>
    public static PropertyInfo[] Members(Type row) =>
    [
        .. row.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(p => p.GetMethod is { IsPublic: true } || row.IsPublic && p.GetMethod is { IsAssembly: true }),
    ];

    /// <summary>Name of a property's column.</summary>
    public static string Column(string property)
    {
        var text = new StringBuilder();
        foreach (var letter in property)
        {
            if (char.IsUpper(letter) && text.Length > 0)
            {
                text.Append('_');
            }
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }

    /// <summary>Whether a property is counted when read, and has no column.</summary>
    public static bool IsCounted(PropertyInfo property) => property.DeclaringType == typeof(WorkerRow) && property.Name == nameof(WorkerRow.Running);

    /// <summary>Whether the database gives the value.</summary>
    public static bool IsGenerated(PropertyInfo property) => property.DeclaringType == typeof(OutboxRow) && property.Name == nameof(OutboxRow.Id);
}

/// <summary>Reads and inserts rows of one class, by code made once.</summary>
internal static class RowMap<T>
    where T : class
{
    private static readonly PropertyInfo[] Properties = RowMap.Members(typeof(T));
    private static readonly PropertyInfo[] Inserted = [.. Properties.Where(p => !RowMap.IsCounted(p) && !RowMap.IsGenerated(p))];

    /// <summary>A row from a reader and the columns' places, −1 for one that is not there.</summary>
    public static Func<DbDataReader, int[], T> Read { get; } = MakeRead();

    /// <summary>Values in the order of <see cref="Insert"/>'s holes.</summary>
    public static Func<T, object?[]> Values { get; } = MakeValues();

    /// <summary>INSERT with a hole {i} for each column.</summary>
    public static string Insert { get; } =
        $"INSERT INTO {RowMap.Tables[typeof(T)]} ({string.Join(", ", Inserted.Select(p => RowMap.Column(p.Name)))}) "
        + $"VALUES ({string.Join(", ", Inserted.Select((_, i) => $"{{{i}}}"))})";

    /// <summary>Places of the properties' columns in a reader.</summary>
    public static int[] Places(DbDataReader reader)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < reader.FieldCount; i++)
        {
            places[reader.GetName(i)] = i;
        }
        return [.. Properties.Select(p => places.GetValueOrDefault(RowMap.Column(p.Name), -1))];
    }

    private static Func<DbDataReader, int[], T> MakeRead()
    {
        var reader = Expression.Parameter(typeof(DbDataReader));
        var places = Expression.Parameter(typeof(int[]));
        var fields = Properties.Select((property, i) =>
        {
            var place = Expression.ArrayIndex(places, Expression.Constant(i));
            var type = property.PropertyType;
            var plain = Nullable.GetUnderlyingType(type) ?? type;
            var field = plain.IsEnum ? typeof(int) : plain == typeof(DateTimeOffset) ? typeof(long) : plain;
            Expression value = Expression.Call(reader, typeof(DbDataReader).GetMethod(nameof(DbDataReader.GetFieldValue))!.MakeGenericMethod(field), place);
            value = plain == typeof(DateTimeOffset) ? Expression.Call(typeof(DateTimeOffset), nameof(DateTimeOffset.FromUnixTimeMilliseconds), null, value) : value;
            value = value.Type == type ? value : Expression.Convert(value, type);
            var isNull = Expression.OrElse(
                Expression.LessThan(place, Expression.Constant(0)), Expression.Call(reader, typeof(DbDataReader).GetMethod(nameof(DbDataReader.IsDBNull))!, place));
            return (Property: property, Value: (Expression)Expression.Condition(isNull, Expression.Default(type), value));
        }).ToDictionary(field => field.Property.Name);

        // A record takes its members by its constructor, a plain row by its properties.
        var constructor = typeof(T).GetConstructor(Type.EmptyTypes) ?? typeof(T).GetConstructors().Single();
        string[] taken = [.. constructor.GetParameters().Select(parameter => parameter.Name!)];
        var made = Expression.New(constructor, taken.Select(name => fields[name].Value));
        var bindings = fields.Values.Where(field => !taken.Contains(field.Property.Name)).Select(field => Expression.Bind(field.Property, field.Value));
        return Expression.Lambda<Func<DbDataReader, int[], T>>(Expression.MemberInit(made, bindings), reader, places).Compile();
    }

    private static Func<T, object?[]> MakeValues()
    {
        var row = Expression.Parameter(typeof(T));
        var values = Inserted.Select(property =>
        {
            var type = property.PropertyType;
            Expression value = Expression.Property(row, property);
            value = type.IsEnum ? Expression.Convert(value, typeof(int))
                : type == typeof(DateTimeOffset?) ? Expression.Call(Expression.Property(value, "Value"), nameof(DateTimeOffset.ToUnixTimeMilliseconds), null) : value;
            return Expression.Convert(value, typeof(object));
        });
        return Expression.Lambda<Func<T, object?[]>>(Expression.NewArrayInit(typeof(object), values), row).Compile();
    }
}

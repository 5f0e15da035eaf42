namespace HtiTune.Cli;

/// <summary>Numbers of things in words.</summary>
internal static class Amount
{
    /// <summary>So many trainings, of which one is none in the plural.</summary>
    internal static string Trainings(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} training{(count == 1 ? "" : "s")}");
}

using HtiTune.Tests.Data;

namespace HtiTune.Tests.Cli;

/// <summary>A network of four hyperparameters that is a shell script; the loss is least at lr = 0.01, layers = 2, act = gelu, slope = 0.5.</summary>
internal static class SpaceScript
{
    /// <summary>Writes <c>train.sh</c>, which notes each call in <c>calls</c>, and writes the column loss.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isSized">Whether a second column, size, is the number of layers.</param>
    internal static void Write(TemporaryFolder folder, bool isSized)
    {
        var printed = isSized ? """print "loss,size"; printf "%.17g,%.17g\n", v, n""" : """print "loss"; printf "%.17g\n", v""";
        File.WriteAllText(folder.File("train.sh"),
            $$"""
            slope=0; lr=0; layers=0; act=none
            while [ $# -gt 1 ]; do
              case "$1" in --lr) lr="$2";; --layers) layers="$2";; --act) act="$2";; --slope) slope="$2";; --out) out="$2";; esac; shift 2
            done
            echo "$lr $layers $act $slope $HTITUNE_LR $HTITUNE_CONFIGURATION" >> calls
            awk -v lr="$lr" -v n="$layers" -v act="$act" -v s="$slope" 'BEGIN {
              d = log(lr) / log(10) + 2; v = d * d + 0.2 * (n - 2) ^ 2 + (act == "relu" ? 1 : (s - 0.5) ^ 2); {{printed}} }' > "$out"
            """);
    }
}

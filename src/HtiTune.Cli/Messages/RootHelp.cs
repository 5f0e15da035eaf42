using System.Text;

namespace HtiTune.Cli;

/// <summary>The first page of the help, and its topics.</summary>
internal static class RootHelp
{
    internal static string Text()
    {
        var text = new StringBuilder(
            """
            htitune: tunes the hyperparameters of any network, in any language, with few trainings.

            One line suffices. Your command trains at {lambda} and leaves its outputs in {out}:
              htitune run -P lambda=0.01..10:log --objective column:cost -- python train.py --lambda {lambda} --out {out}

            Several hyperparameters are as many -P, each called by its name:
              htitune run -P lr=1e-5..1e-1:log -P layers=1..4:int -P act=relu,gelu -- python train.py --lr {lr} --layers {layers} --act {act} --out {out}

            Or with a file:
              htitune init        write study.json, and fill it in
              htitune check       is it right?
              htitune tune        train, and recommend


            """);
        foreach (var group in CommandList.All.GroupBy(entry => entry.Group))
        {
            text.Append(group.Key).AppendLine(":");
            foreach (var entry in group)
            {
                text.Append("  ").Append(entry.Name.PadRight(12)).AppendLine(entry.Summary);
            }

            text.AppendLine();
        }

        return text.Append(
            $"""
            `htitune VERB --help` shows a verb with examples; `htitune help objectives`, `files`, `schema` and `exit-codes` go deeper.
            Options of all verbs: --color auto|always|never, --help, --version.

            {ExitCode.Table}

            """).ToString();
    }

    /// <summary>The pages of the help beside those of verbs.</summary>
    internal static readonly IReadOnlyList<string> Topics = ["objectives", "files", "schema", "exit-codes"];

    /// <summary>A page of the help; null where there is none of this name.</summary>
    internal static string? Topic(string name) => name switch
    {
        "exit-codes" => ExitCode.Table,
        "objectives" => ObjectiveHelp.Text,
        "files" => FileHelp,
        "schema" => StudyTemplate.Schema(),
        _ => null,
    };

    private const string FileHelp =
        """
        Your command gets, in place of these words in single arguments (no shell reads them):
          {lambda}    the value to train at; also by the hyperparameter's own name, unless that is seed, contexts or out.
                      It is the shortest decimal number that reads back the same double, without an exponent up to 32 digits.
                      Where it may be negative, --lambda={lambda} in one word is safe with every parser
          {seed}      seed of all chance, 0 to 2147483647; the same at every λ, so that outputs move smoothly. It fixes a run whose
                      trainings are made one by one; with "parallel" above 1 the order in which they end decides what comes next
          {contexts}  the file of contexts that the study names
          {out}       where to write the outputs
        and the same in HTITUNE_LAMBDA, HTITUNE_SEED, HTITUNE_CONTEXTS and HTITUNE_OUT.
        Of several hyperparameters each is called by its name, {lr}, and stands in HTITUNE_LR; HTITUNE_CONFIGURATION has all of them as JSON. Where one is
        not active, the argument that names it is left out, and the option before it: of --slope {slope} both.

        Outputs: one row for each context, the same columns at every λ, finite numbers: half, single or double precision, whole numbers, bool.
        Objectives of a trained network are computed in double precision on what the file holds. The surrogate works in single precision, in a unit
        of each column that is chosen by its values, so that 1e9 + 0.1 and 1e-60 are told apart; `htitune fit` says where that is not enough.
        A training whose outputs are not finite, or that ends with another exit code than 0, has failed: the study goes on elsewhere.
          .npy          numpy.save(out, array)
          .npz          numpy.savez(out, y=array); "outputs": { "array": "y" } where it holds several
          .safetensors  one tensor, or the one that "array" names
          .csv          a header of names, then numbers
          .json         {"loss": 0.3, "accuracy": 0.9}; lists in the place of numbers are columns; or a list of such objects, of lists or of numbers
        A single number, as of a loss, is an output too: one row, one column. As text it will do: echo 0.27. Text of any of these forms may stand in a
        file that ends in .npy. Names in it are names of columns for objectives; "columns" takes those that it names, in its order.
        Several draws for each context: let its row stand in the file of contexts as often as there are draws, and write a row of outputs for each.

        Progress, if you like, on standard output:  htitune:progress 0.4
        What you measure on the way, which pages of a server draw:  htitune:value EPOCH LOSS
        End with exit code 0 when all is well. Everything printed is kept in a log, see `htitune logs`.
        """;
}

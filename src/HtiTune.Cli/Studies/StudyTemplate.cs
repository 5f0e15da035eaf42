namespace HtiTune.Cli;

/// <summary>The study file that <c>init</c> writes.</summary>
internal static class StudyTemplate
{
    /// <summary>The JSON schema of study files, for editors.</summary>
    internal static string Schema()
    {
        using var stream = typeof(StudyTemplate).Assembly.GetManifestResourceStream("study.schema.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().TrimEnd();
    }

    internal static readonly string Text =
        $$"""
        {
          // A study of htitune. Comments and trailing commas are allowed; paths start from this file's folder.
          // "$schema": "study.schema.json",   // for editors, which complete and check keys: htitune help schema > study.schema.json
          "schema": 1,

          // What is tuned. The scale on which outputs move most evenly:
          // {{string.Join(", ", HtiTune.Data.Scale.Names)}} (holds 0; "symlog=1e-5" is linear below 1e-5).
          "hyperparameter": { "name": "lambda", "from": 0.01, "to": 10, "scale": "log" },

          // The command that trains at {lambda} and writes its outputs to {out}. No shell reads it; a list of words is allowed too.
          // {seed} is the seed of all chance, {contexts} the file below. The same stand in HTITUNE_LAMBDA, HTITUNE_SEED, …
          "command": "python3 train.py --lambda {lambda} --seed {seed} --out {out}",
          // "workingDirectory": ".",
          // "environment": { "OMP_NUM_THREADS": "1" },

          // What every network is asked. A file of conditions, one row for each question (.npy, .npz, .safetensors, .csv):
          // "contexts": "contexts.csv",
          // or { "rows": 200 }: 200 outputs, the i-th of one training belonging to the i-th of the next;
          // or { "draws": 200 }: 200 draws of one distribution. Left out: as many draws as the first training writes.

          // The outputs: one row for each context. .npy, .npz, .safetensors, .csv or .json.
          "outputs": { "format": ".npy", "columns": ["cost"] },

          // What is optimised, see `htitune help objectives`: the mean of a column here. Or an expression over columns and contexts,
          // "mean(cost) + 0.5 * cvar(cost, 0.9)", or a command that prints a number for a file of outputs, "command: python3 score.py {outputs}".
          "objective": "column:cost",
          "goal": "minimize",

          "budget": {
            "trainings": 8,
            // "time": "2h",       // of each `htitune tune`; a training that is not expected to fit is not begun
            // "parallel": 2,      // trainings at the same time; above 1 a seed does not fix the run, for the order in which they end matters
            // "epsilon": 0.01,    // the regret that does not matter; left out: 1 % of the range of its expected values, penalties left out
            // "risk": 0.05        // that a certificate is wrong
          },
          "training": {
            // "timeLimit": "1h",
            "retries": 1,          // of a training that crashes, with twice the delay each time
            "retryDelay": "5s",
            "grace": "10s"         // between the gentle end and the hard one
          },
          // "tuner": { "acquisition": "knowledge-gradient", "strictCertificate": true, "noiseVariance": 0.01, "startLambdas": [0.1, 1], "useWholeBudget": true },
          // "replicate": true,    // where trainings scatter: a value may be trained again with another seed
          "seed": 1
        }

        """;
}

namespace HtiTune.Server.Dashboard;

/// <summary>What an outside worker runs for a study, ready to be copied: every word is of the study and the server, but for the training itself.</summary>
internal static class Commands
{
    /// <summary>A program in Python over <c>htitune_client.py</c>.</summary>
    internal static string Python(StudyView study, string address)
    {
        var given = study.Definition.Hyperparameters is null ? "training.value" : "training.configuration, a value by name,";
        var (words, result) = study.Definition.Objective == "value"
            ? ("the number that the study makes " + Say.Goal(study.Definition.Goal), "loss")
            : ("rows of outputs" + (study.Definition.Columns is { } columns ? $", each [{string.Join(", ", columns)}]" : ""), "outputs");
        return $"""
            import os
            from htitune_client import Client

            def train(training):
                # Train at {given} with training.seed; training.report(0.5) tells how far it is.
                return {result}  # {words}

            client = Client("{address}", os.environ["HTITUNE_API_KEY"])
            client.work("{study.Id}", train)
            """.ReplaceLineEndings("\n");
    }

    /// <summary>Commands of a shell with curl.</summary>
    internal static string Curl(StudyView study, string address)
    {
        var result = study.Definition.Objective == "value" ? "\"value\": 0.31" : "\"outputs\": [[…], …]";
        return $$"""
            ask() { curl -sS -H "Authorization: Bearer $HTITUNE_API_KEY" -H "Content-Type: application/json" "{{address}}/api/v1/attempts/$1" -d "$2"; }
            ask claim '{"worker": "my-machine", "study": "{{study.Id}}", "waitFor": "00:00:30", "leaseFor": "06:00:00"}'
            # It answers attempt, lease, seed and {{(study.Definition.Hyperparameters is null ? "lambda" : "configuration")}}, or nothing where there is no work now. Train, then:
            ask ATTEMPT/tell '{"lease": "LEASE", {{result}}}'
            """.ReplaceLineEndings("\n");
    }

    /// <summary>Commands of <c>htitune</c>.</summary>
    internal static string CommandLine(StudyView study, string address)
    {
        var place = study.Definition.Hyperparameters is null ? Say.Exact((study.Definition.Minimum ?? 0) + ((study.Definition.Maximum ?? 1) - (study.Definition.Minimum ?? 0)) / 2) : null;
        var enqueue = place is null ? "" : $"\nhtitune enqueue {place} --study {study.Id} --server {address}";
        return $"htitune trials {study.Id} --server {address}\nhtitune best {study.Id} --server {address}{enqueue}";
    }
}

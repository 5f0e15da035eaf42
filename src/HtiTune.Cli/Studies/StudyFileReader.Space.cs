namespace HtiTune.Cli;

// What is tuned.
internal sealed partial class StudyFileReader
{
    private List<StudyConstraint> OfConstraints(LocatedJson root)
    {
        var constraints = new List<StudyConstraint>();
        foreach (var text in (Strings(root, "constraints") ?? []).Where(text => !LinearConstraint.IsOf(text, _names)))
        {
            if (StudyConstraint.Parse(text) is { } constraint)
            {
                constraints.Add(constraint);
            }
            else
            {
                Fault(Take(root, "constraints")!.Line,
                    $"the constraint \"{text}\" is none; expected an objective, <= or >=, and a number, e.g. \"mean(latency) <= 20\", or hyperparameters, e.g. \"x + 2*y <= 1\"");
            }
        }

        RefuseReplicates(root, constraints.Count > 0, "under \"constraints\"");
        return constraints;
    }

    private List<StudyMetric> OfFront(LocatedJson root, string? objective)
    {
        var front = new List<StudyMetric>();
        foreach (var text in Strings(root, "front") ?? [])
        {
            if (StudyMetric.Parse(text) is not { } metric)
            {
                Fault(Take(root, "front")!.Line, $"the objective \"{text}\" of the front is none; expected an objective, e.g. \"mean(latency)\" or \"maximize mean(accuracy)\"");
            }
            else if (metric.Objective == objective || front.Exists(other => other.Objective == metric.Objective))
            {
                Fault(Take(root, "front")!.Line, $"\"{metric.Objective}\" stands twice among \"objective\" and \"front\"; expected different ones");
            }
            else
            {
                front.Add(metric);
            }
        }

        RefuseReplicates(root, front.Count > 0, "beside \"front\"");
        return front;
    }

    private void RefuseReplicates(LocatedJson root, bool isSo, string where)
    {
        if (isSo && Flag(root, "replicate") == true)
        {
            Fault(Take(root, "replicate")!.Line, $"\"replicate\" is true; expected false {where}");
        }
    }

    // Names of hyperparameters as they stand in the file, right or wrong: a fault of a range is no fault of the command that names it.
    private readonly List<string> _names = [];

    private SearchSpace? OfSpace(LocatedJson root)
    {
        if (Take(root, "hyperparameters") is not { } list)
        {
            return OfHyperparameter(Require(root, "hyperparameter", "{ \"name\", \"from\", \"to\", \"scale\" }, or \"hyperparameters\" of several")) is not { } one ? null
                : Bounded(one, null, Take(root, "constraints"));
        }

        if (Take(root, "hyperparameter") is { } both)
        {
            Fault(both.Line, "\"hyperparameter\" stands beside \"hyperparameters\"; expected one of them");
            return null;
        }

        if (list.Kind != JsonTokenType.StartArray || list.Elements.Count == 0 || list.Elements.Exists(element => element.Kind != JsonTokenType.String))
        {
            Fault(list.Line, $"\"hyperparameters\" is {list.Shown}; expected a list of texts, e.g. [\"lr=1e-5..1e-1:log\", \"layers=1..4:int\", \"act=relu,gelu\"]");
            return null;
        }

        var (before, read) = (Faults.Count, new List<Hyperparameter>());
        foreach (var element in list.Elements.Where(element => !LinearConstraint.IsMeant(element.Text)))
        {
            _names.Add(element.Text.Split('=')[0].Trim());
            try
            {
                read.Add(Hyperparameter.Parse(element.Text));
            }
            catch (ArgumentException problem)
            {
                Fault(element.Line, problem);
            }
        }

        try
        {
            return Faults.Count == before ? Bounded(new SearchSpace(read), list, Take(root, "constraints")) : null;
        }
        catch (ArgumentException problem)
        {
            Fault(list.Line, problem);
            return null;
        }
    }

    private SearchSpace? Bounded(SearchSpace space, LocatedJson? list, LocatedJson? constraints) => BoundsReader.Read(space, list, constraints, _names, (line, fault) => Fault(line, fault));

    private ContinuousHyperparameter? OfHyperparameter(LocatedJson? node)
    {
        if (node is null || !IsObject(node, "hyperparameter"))
        {
            return null;
        }

        var (before, name) = (Faults.Count, Require(node, "name", "its name, e.g. \"lambda\"") is null ? null : Text(node, "name"));
        _names.AddRange(name is null ? [] : [name]);
        var from = Require(node, "from", "its least value") is null ? null : Number(node, "from", double.IsFinite, "a number");
        var to = Require(node, "to", "its greatest value") is null ? null : Number(node, "to", double.IsFinite, "a number");
        var scale = OfScale(node);
        if (Faults.Count > before)
        {
            return null;
        }

        try
        {
            return Hyperparameter.Continuous(name!, from!.Value, to!.Value, scale);
        }
        catch (ArgumentException problem)
        {
            Fault(node.Line, problem);
            return null;
        }
    }

    private Scale OfScale(LocatedJson node)
    {
        var text = Text(node, "scale") ?? "linear";
        try
        {
            return Scale.Parse(text);
        }
        catch (ArgumentException problem)
        {
            var message = TextOf(problem);
            Fault(Take(node, "scale")!.Line, $"\"scale\" is \"{text}\"{message[Math.Max(0, message.IndexOf("; expected", StringComparison.Ordinal))..]}{Nearest.Question(text, Scale.Names)}");
            return Scale.Linear;
        }
    }
}

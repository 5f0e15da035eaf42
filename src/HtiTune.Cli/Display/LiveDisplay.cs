using Spectre.Console;

namespace HtiTune.Cli;

/// <summary>A line for each training under way, with share, time and expected time; messages scroll above it.</summary>
internal sealed class LiveDisplay(StudySpecification? study = null) : TuneDisplay(study)
{
    private readonly Dictionary<Configuration, ProgressTask> _tasks = [];
    private readonly Lock _lock = new();
    private ProgressContext? _context;
    private ProgressTask? _study;

    /// <summary>Runs work behind the display.</summary>
    internal T Run<T>(Func<T> work)
    {
        var console = Terminal.LiveConsole();
        var before = Console.Error;
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                _context = context;
                Console.SetError(new Above(console, before.Encoding));
                try
                {
                    return work();
                }
                finally
                {
                    Console.SetError(before);
                    _study?.StopTask();
                }
            });
    }

    public override void AttemptBegan(Configuration at, int attempt, string log)
    {
        base.AttemptBegan(at, attempt, log);
        lock (_lock)
        {
            _tasks.GetValueOrDefault(at)?.StopTask();
            if (_context is not null)
            {
                _tasks[at] = _context.AddTask(Markup.Escape($"training at {At(at)}" + (attempt > 1 ? $", attempt {attempt}" : "")));
                _tasks[at].IsIndeterminate = true;
            }
        }
    }

    public override void Progressed(Configuration at, double share)
    {
        lock (_lock)
        {
            if (_tasks.GetValueOrDefault(at) is { } task)
            {
                (task.IsIndeterminate, task.Value) = (false, 100 * share);
            }
        }
    }

    protected override void Starting(TunerProgress value)
    {
        base.Starting(value);
        _study = _context?.AddTask("study", maxValue: Math.Max(1, value.TrainingsPlanned));
    }

    protected override void Training(TunerProgress value) => Describe("training");

    protected override void Choosing(TunerProgress value) => Describe("choosing where to train next");

    protected override void Trained(TunerProgress value, Trial trial)
    {
        lock (_lock)
        {
            if (_tasks.Remove(trial.Configuration, out var task))
            {
                task.Value = 100;
                task.StopTask();
            }
        }

        if (_study is not null)
        {
            _study.Value = value.TrainingsUsed;
        }

        base.Trained(value, trial);
    }

    private void Describe(string what)
    {
        if (_study is not null)
        {
            _study.Description = $"study: {what}";
        }
    }

    /// <summary>Writes lines above the display.</summary>
    private sealed class Above(IAnsiConsole console, System.Text.Encoding encoding) : TextWriter
    {
        public override System.Text.Encoding Encoding => encoding;

        public override void WriteLine(string? value) => console.Write(new Text((value ?? "") + "\n"));

        public override void Write(string? value) => console.Write(new Text(value ?? ""));

        public override void Write(char value) => console.Write(new Text(value.ToString()));
    }
}

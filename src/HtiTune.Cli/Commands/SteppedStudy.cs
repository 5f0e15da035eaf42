namespace HtiTune.Cli;

/// <summary>A study that <c>ask</c> and <c>tell</c> drive, a process for each step; the journal holds where it stands, and leases who has what in hand.</summary>
internal sealed class SteppedStudy : IDisposable
{
    private readonly StudySession _session;
    private readonly External.IObjective _objective;

    private SteppedStudy(StudySession session, External.IObjective objective, TuningRun run)
    {
        (_session, _objective, Run) = (session, objective, run);
        Leases = LeaseBook.Read(Study.Folder, run.Outstanding.Select(proposal => proposal.Number), TimeProvider.System);
    }

    internal StudySpecification Study => _session.Study;

    internal TuningRun Run { get; }

    /// <summary>The trainings so far; null before the first.</summary>
    internal Data.AnchorSet? Anchors => _session.Tuner.Anchors;

    internal LeaseBook Leases { get; }

    /// <summary>Takes the outputs of a training. The first that the objective cannot judge are refused, as none of the same form would ever do.</summary>
    /// <param name="proposal">The training.</param>
    /// <param name="file">The file of its outputs.</param>
    /// <exception cref="CliException">The file is wrong, or the objective cannot judge it.</exception>
    internal Trial Tell(TrainingRequest proposal, string file)
    {
        var trained = _session.Network.Answered(proposal.Number, file, proposal.Configuration);
        _session.CheckFirst(_objective, trained, proposal.Configuration.Lambda);
        return Run.Tell(proposal, trained);
    }

    /// <summary>Opens a study, and the run of its objective.</summary>
    /// <param name="study">The study.</param>
    /// <param name="patience">How long another process is waited for.</param>
    /// <param name="anew">Whether trainings that all failed no longer count.</param>
    internal static SteppedStudy Open(StudySpecification study, Patience patience, bool anew = false)
    {
        var session = StudySession.Open(study, new TuneDisplay(), null, patience);
        try
        {
            if (!anew && StudyJournal.Read(study.Folder).Runs is [.., { IsHopeless: true } last])
            {
                throw new CliException(
                    "H020", $"{last.Proposals.Count} trainings failed and none succeeded. The last: {StudyJournal.Read(study.Folder).LastFailure ?? "the objective had no value"}",
                    Advice.AskAnew.For(study));
            }

            var objective = session.Objective(study.Objective);
            session.Check(objective);
            var name = study.RunName(objective.Text);
            return new SteppedStudy(session, objective, session.Tuner.Begin(session.Aim(objective), session.Tuner.PrepareTotal(study.Trainings, name), name));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>A training for one asker; null where there is none now, or the study has ended.</summary>
    /// <param name="worker">The asker's name; null without one.</param>
    /// <param name="term">How long it is left to them; null: as long as trainings of this study take.</param>
    internal (TrainingRequest Proposal, Lease Lease)? Ask(string? worker, TimeSpan? term)
    {
        // Who asks again hears the same. Without a name nobody is known again, but where there is one training at a time it can be no other.
        var outstanding = Run.Outstanding;
        var proposal = outstanding.FirstOrDefault(one => Leases.Held(one.Number) is { } lease && lease.Worker == worker && (worker is not null || Study.Parallel == 1));
        if (proposal is null)
        {
            var free = outstanding.FirstOrDefault(one => Leases.Held(one.Number) is null);
            proposal = free is null ? Run.AskAnother() : Run.AskAgain(free);
        }

        return proposal is null ? null : (proposal, Leases.Take(proposal.Number, worker, term ?? LeaseBook.TermOf(Study, Durations)));
    }

    /// <summary>Makes the lease of a training longer.</summary>
    internal Lease Renew(int number, string? worker, TimeSpan? term)
    {
        _ = Outstanding(number) ?? throw NotAsked(number);
        var lease = Leases.Find(number);
        return worker is null || lease?.Worker is not { } holder || holder == worker
            ? Leases.Take(number, worker ?? lease?.Worker, term ?? LeaseBook.TermOf(Study, Durations))
            : throw new CliException("H003", $"training {number} is in the hands of {holder}, not of {worker}: its lease had run out, or it was never given to {worker}.", Advice.Ask.For(Study));
    }

    /// <summary>A proposal that was not told yet; null where there is none of this number.</summary>
    internal TrainingRequest? Outstanding(int number) => Run.Outstanding.FirstOrDefault(proposal => proposal.Number == number);

    /// <summary>What there is to say of a number that nobody has asked for.</summary>
    internal CliException NotAsked(int number)
    {
        var asked = Run.Outstanding.Count == 0 ? "none" : string.Join(", ", Run.Outstanding.Select(one => one.Number.ToString(CultureInfo.InvariantCulture)));
        return new CliException("H003", $"training {number} was not asked for; expected one of: {asked}.", Advice.Ask.For(Study));
    }

    /// <summary>Why there is no training now.</summary>
    internal string WhyNone => Leases.AllHeld is { Count: > 0 } held && held.Count >= Study.Parallel
        ? $"all {Study.Parallel} trainings that may be under way are in hands: {string.Join("; ", held.Select(lease => lease.Shown))}"
        : $"there is nothing to train before one of those in hands is told: {string.Join("; ", Leases.AllHeld.Select(lease => lease.Shown))}";

    /// <summary>Whether a training may have become free since: one was told, or a lease has run out. It is read beside whoever has the study open.</summary>
    internal Func<bool> Freed()
    {
        var (folder, ended, until) = (Study.Folder, Ended(Study.Folder), Leases.AllHeld.Select(lease => lease.Ends).DefaultIfEmpty(DateTimeOffset.MaxValue).Min());
        return () => TimeProvider.System.GetUtcNow() >= until || Ended(folder) != ended;
    }

    /// <summary>Ends the run and tells its result.</summary>
    internal int Finish(bool json)
    {
        try
        {
            var study = Run.Finish();
            var result = ResultDisplay.Of(study, Study, Study.Objective, _session.Tuner.TrainingsMade, 0);
            if (json)
            {
                result.Tell(json: true, events: false);
            }
            else
            {
                Terminal.Say($"the study has ended: {(Study.Space.IsLine ? $"{Study.Space.Label} = {Placeholders.Number(study.Lambda)}" : study.Configuration)}");
                Terminal.Say(result.Reason);
                Terminal.Next(Advice.Best, new AdvicePlace { Study = Study });
            }

            return result.ExitCode;
        }
        catch (NoValueException problem)
        {
            throw new CliException("H020", problem.Message, Advice.Failed.For(Study));
        }
    }

    public void Dispose()
    {
        Run.Dispose();
        _session.Dispose();
    }

    private IEnumerable<TimeSpan> Durations => StudyJournal.Read(Study.Folder).Completed.Select(completed => completed.Duration);

    private static int Ended(string folder) => StudyJournal.Read(folder).Events.Count(entry => entry is TrainingEnded);
}

using CsCheck;
using HtiTune.Hosting;

namespace HtiTune.Server.Tests;

/// <summary>Random operations on a study against a model that is plain enough to be believed: what counts, what waits, what is done, in which order.</summary>
public sealed class StoreModelTests(SqliteFixture fixture) : IClassFixture<SqliteFixture>
{
    private const int MaxAttempts = 2;
    private static readonly CancellationToken None = CancellationToken.None;

    private enum Act
    {
        Ask,
        Claim,
        Done,
        Fail,
        FailForGood,
        Preempt,
        Lose,
        Late,
        Take,
        Pause,
        Resume,
        Stop,
        Retry,
    }

    [Fact]
    public void Random_operations_do_what_the_model_says() =>
        Gen.Select(Gen.Int[1, 3], Gen.Select(Gen.Enum<Act>(), Gen.Int[0, 5]).Array[0, 60]).Sample(
            drawn => PlayAsync(drawn.Item1, drawn.Item2).GetAwaiter().GetResult(), iter: 120, threads: 1);

    private async Task PlayAsync(int parallelism, (Act Act, int Which)[] acts)
    {
        var store = fixture.Store;
        var queue = "m-" + Guid.CreateVersion7().ToString("N")[20..];
        var study = new StudyRow { Id = Guid.CreateVersion7(), Tenant = "t", Name = "n", Definition = "{}", Queue = queue, Network = "net", Parallelism = parallelism };
        await store.CreateAsync(study, [], None);
        var model = new Model(parallelism);
        foreach (var (act, which) in acts)
        {
            await StepAsync(store, study.Id, queue, model, act, which);
            await CompareAsync(store, study.Id, model, act);
        }
    }

    private static async Task StepAsync(StudyStore store, Guid study, string queue, Model model, Act act, int which)
    {
        var held = model.Attempts.Where(a => a.IsHeld).ToList();
        var one = held.Count > 0 ? held[which % held.Count] : null;
        switch (act)
        {
            case Act.Ask:
                model.Ask();
                await CommitAsync(store, study, [new(0, null, StudyEventKind.Asked, "{}")], [new() { Number = model.Trials.Count, Lambda = 0.5, Reason = "r", MaxAttempts = MaxAttempts }]);
                break;
            case Act.Claim:
                var request = new WorkRequest(queue + which, Queues: [queue], LeaseFor: TimeSpan.FromMinutes(1));
                var claimed = await store.ClaimAsync(request, None);
                model.Claim(which, claimed.Attempt is null ? null : (claimed.Attempt, claimed.Attempt.Trial.Number));
                break;
            case Act.Done when one is not null:
                model.Done(one);
                Assert.Equal(one.State, (await store.EndAsync(one.Id, one.Lease, new WorkResult { Value = 1 }, None)).State);
                break;
            case Act.Fail or Act.FailForGood when one is not null:
                model.Fail(one, AttemptState.Failed, act == Act.FailForGood);
                await store.EndAsync(one.Id, one.Lease, new WorkResult { State = AttemptState.Failed, Reason = "f", MayRetry = act == Act.Fail }, None);
                break;
            case Act.Preempt when one is not null:
                model.Preempt(one);
                await store.EndAsync(one.Id, one.Lease, new WorkResult { State = AttemptState.Preempted, Reason = "shutdown" }, None);
                break;
            case Act.Lose when one is not null:
                model.Fail(one, AttemptState.Lost, isForGood: false);
                // Renewed with a lease that is over at once.
                await store.RenewAsync(one.Id, new AttemptReport(one.Lease, null, null, TimeSpan.FromMilliseconds(-2)), None);
                await store.SweepAsync(new SweepSettings(TimeSpan.FromMinutes(1)), None);
                break;
            case Act.Late when model.Attempts.Where(a => a.State == AttemptState.Lost).ToList() is { Count: > 0 } lost:
                var late = lost[which % lost.Count];
                model.Done(late);
                Assert.Equal(AttemptState.Late, (await store.EndAsync(late.Id, late.Lease, new WorkResult { Value = 1 }, None)).State);
                break;
            case Act.Take:
                var taken = model.Untaken.ToList();
                await CommitAsync(store, study, [.. taken.Select(t => new StudyEvent(0, null, t.Status == TrialStatus.Completed ? StudyEventKind.Told : StudyEventKind.ToldFailed, $$"""{"number":{{t.Number}}}"""))], []);
                taken.ForEach(t => t.IsTaken = true);
                break;
            case Act.Pause:
                Assert.Equal(!model.IsPaused, await store.ChangeStateAsync(study, [StudyState.Active], StudyState.Paused, null, None));
                model.IsPaused = true;
                break;
            case Act.Resume:
                Assert.Equal(model.IsPaused, await store.ChangeStateAsync(study, [StudyState.Paused], StudyState.Active, null, None));
                model.IsPaused = false;
                break;
            case Act.Stop when one is not null:
                one.IsStopped = true;
                Assert.True(await store.AskToEndAsync(one.Id, kill: false, None));
                break;
            case Act.Retry when model.Trials.Count > 0:
                var trial = model.Trials[which % model.Trials.Count];
                var row = (await store.TrialsAsync(study, None))[trial.Number - 1];
                Assert.Equal(model.Retry(trial), await store.RetryAsync(row.Id, None));
                break;
        }
    }

    private static async Task CommitAsync(StudyStore store, Guid study, StudyEvent[] events, TrialRow[] asked)
    {
        var row = (await store.FindAsync(study, None))!;
        Assert.Equal(CommitOutcome.Done, (await store.CommitAsync(new StudyCommit(study, row.Version, events) { Asked = asked }, None)).Outcome);
    }

    private static async Task CompareAsync(StudyStore store, Guid study, Model model, Act act)
    {
        var snapshot = (await store.LoadAsync(study, 0, None))!;
        var trials = await store.TrialsAsync(study, None);
        var attempts = await store.AttemptsAsync(study, null, None);
        Assert.Equal(model.Trials.Select(t => (t.Number, t.Status, t.Used)), trials.Select(t => (t.Number, t.Status, t.AttemptsUsed)));
        Assert.Equal(
            model.Attempts.Select(a => (a.Trial.Number, a.State)).Order(), attempts.Select(a => (trials.Single(t => t.Id == a.TrialId).Number, a.State)).Order());
        Assert.Equal(model.Untaken.Select(t => t.Number), snapshot.Results.Select(t => t.Number));
        Assert.Equal(Enumerable.Range(1, snapshot.Events.Count).Select(i => (long)i), snapshot.Events.Select(e => e.Sequence));
        Assert.Equal(snapshot.LastSequence, snapshot.Events.Count);
        Assert.Equal(model.Replicates, snapshot.Events.Count(e => e.Kind == StudyEventKind.Replicate));
        Assert.True(model.Attempts.Count(a => a.IsHeld) <= model.Parallelism, $"after {act}");
    }

    private sealed class Trial(int number)
    {
        public int Number => number;
        public TrialStatus Status { get; set; }
        public int Used { get; set; }
        public bool IsTaken { get; set; }
        public int? End { get; set; }
    }

    private sealed class Attempt(Trial trial)
    {
        public Trial Trial => trial;
        public AttemptState State { get; set; }
        public bool IsFront { get; init; }
        public bool IsStopped { get; set; }
        public int Worker { get; set; }
        public Guid Id { get; set; }
        public Guid Lease { get; set; }
        public bool IsHeld => State == AttemptState.Starting;
    }

    private sealed class Model(int parallelism)
    {
        private int _ends;
        public int Parallelism => parallelism;
        public List<Trial> Trials { get; } = [];
        public List<Attempt> Attempts { get; } = [];
        public bool IsPaused { get; set; }
        public int Replicates { get; private set; }
        public IEnumerable<Trial> Untaken => Trials.Where(t => t.End is not null && !t.IsTaken).OrderBy(t => t.End);

        public void Ask()
        {
            Trials.Add(new Trial(Trials.Count + 1));
            Attempts.Add(new Attempt(Trials[^1]));
        }

        public void Claim(int worker, (AttemptRow Row, int Number)? got)
        {
            // What was asked to stop is not handed out again.
            var held = Attempts.SingleOrDefault(a => a.IsHeld && !a.IsStopped && a.Worker == worker);
            if (held is not null)
            {
                Assert.Equal(held.Id, got!.Value.Row.Id);
                return;
            }
            var waiting = Attempts.Where(a => a.State == AttemptState.Queued).ToList();
            var may = !IsPaused && waiting.Count > 0 && Attempts.Count(a => a.IsHeld) < parallelism;
            Assert.Equal(may, got is not null);
            if (got is { } claimed)
            {
                var front = waiting.Any(a => a.IsFront);
                var own = waiting.Single(a => a.Trial.Number == claimed.Number);
                Assert.Equal(front, own.IsFront);
                (own.State, own.Worker, own.Id, own.Lease, own.Trial.Status) = (AttemptState.Starting, worker, claimed.Row.Id, claimed.Row.Lease!.Value, TrialStatus.Running);
            }
        }

        public void Done(Attempt attempt)
        {
            var trial = attempt.Trial;
            var isLate = attempt.State == AttemptState.Lost;
            if (!isLate && trial.Status == TrialStatus.Running && !trial.IsTaken)
            {
                attempt.State = AttemptState.Done;
                Finish(trial, TrialStatus.Completed);
                return;
            }
            attempt.State = AttemptState.Late;
            if (!trial.IsTaken && trial.Status != TrialStatus.Completed)
            {
                foreach (var other in Attempts.Where(a => a.Trial == trial))
                {
                    other.IsStopped |= other.IsHeld;
                    other.State = other.State == AttemptState.Queued ? AttemptState.Cancelled : other.State;
                }
                Finish(trial, TrialStatus.Completed);
                return;
            }
            trial.Status = TrialStatus.Completed;
            Replicates++;
        }

        public void Fail(Attempt attempt, AttemptState state, bool isForGood)
        {
            attempt.State = state;
            var trial = attempt.Trial;
            if (trial.Status != TrialStatus.Running)
            {
                return;
            }
            trial.Used++;
            if (attempt.IsStopped || isForGood || trial.Used >= MaxAttempts)
            {
                Finish(trial, attempt.IsStopped ? TrialStatus.Cancelled : TrialStatus.Failed);
                return;
            }
            Queue(trial, isFront: state == AttemptState.Lost);
        }

        public void Preempt(Attempt attempt)
        {
            attempt.State = AttemptState.Preempted;
            if (attempt.Trial.Status == TrialStatus.Running)
            {
                if (attempt.IsStopped)
                {
                    Finish(attempt.Trial, TrialStatus.Cancelled);
                    return;
                }
                Queue(attempt.Trial, isFront: true);
            }
        }

        public bool Retry(Trial trial)
        {
            if (trial.Status is not (TrialStatus.Failed or TrialStatus.Cancelled))
            {
                return false;
            }
            trial.Used = 0;
            trial.End = trial.IsTaken ? trial.End : null;
            Queue(trial, isFront: false);
            return true;
        }

        private void Queue(Trial trial, bool isFront)
        {
            trial.Status = TrialStatus.Queued;
            Attempts.Add(new Attempt(trial) { IsFront = isFront });
        }

        private void Finish(Trial trial, TrialStatus status)
        {
            trial.Status = status;
            trial.End ??= ++_ends;
        }
    }
}

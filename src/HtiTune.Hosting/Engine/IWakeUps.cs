namespace HtiTune.Hosting;

/// <summary>Is told what a commit has made necessary, so that nothing waits for the next poll. What is lost here the reconciler finds.</summary>
internal interface IWakeUps
{
    /// <summary>A study is to be advanced, for its turn has come.</summary>
    void Advance(Guid study);

    /// <summary>The outbox has new lines.</summary>
    void Outbox();

    /// <summary>A queue has an attempt to be trained.</summary>
    void Queue(string queue);
}

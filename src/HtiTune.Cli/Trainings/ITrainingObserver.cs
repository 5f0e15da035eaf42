namespace HtiTune.Cli;

/// <summary>Is told what happens to the child processes of trainings; called from several threads.</summary>
internal interface ITrainingObserver
{
    /// <summary>A child begins.</summary>
    /// <param name="at">The configuration of its training.</param>
    /// <param name="attempt">Which attempt, from 1.</param>
    /// <param name="log">Its log.</param>
    void AttemptBegan(Configuration at, int attempt, string log);

    /// <summary>A child told how far it is.</summary>
    void Progressed(Configuration at, double share);

    /// <summary>An attempt failed and another will be made.</summary>
    void WillRetry(Configuration at, int attempt, string fault, TimeSpan delay);
}

namespace HtiTune.Diagnostics;

/// <summary>
/// Whether the 90 % intervals that were known before each value have held, and the alarm that watches them: on intervals that are right it
/// ever goes off with probability at most 5 %, whatever the stopping rule (<c>Acquisition.CalibrationAlarm</c>).
/// </summary>
/// <remarks>
/// Tested is every value from the third on, by the interval that the values before it gave; trainings of earlier runs count, judged by
/// this objective in the order in which they were made. An alarm says that what was certified before rested on intervals that did not
/// hold: certificates are withdrawn, the surrogate informs the process no longer, and the process's scale is widened until its intervals hold
/// the values that were missed. Then the evidence starts anew; that there was an alarm stays said.
/// Over several hyperparameters the trainings are tested that the run's own model proposed, by the interval that was told with the proposal. After an alarm all
/// deviations are widened until the intervals hold that missed; whether the outputs between the trainings are believed is for the trust to say.
/// </remarks>
/// <param name="Tests">Values that were tested.</param>
/// <param name="Misses">Those outside their interval; a tenth of the tests is expected.</param>
/// <param name="Evidence">
/// E_t, the evidence against the intervals since the beginning or the last alarm: what a bet against them would have won for each unit
/// staked. 1 at the start; an alarm at 20.
/// </param>
/// <param name="Alarms">How often the alarm went off.</param>
/// <param name="RaisedAt">Number of the training whose value raised the first alarm; null without one.</param>
/// <param name="LogDensity">ELPD: sum over the tests of ln of the density that was predicted for the value, in the objective's units.</param>
public sealed record Calibration(int Tests, int Misses, double Evidence, int Alarms, int? RaisedAt, double LogDensity)
{
    /// <summary>Whether there was an alarm.</summary>
    public bool IsAlarmed => Alarms > 0;

    /// <summary>The same in words.</summary>
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Misses} of {Tests} values missed their 90 % interval, evidence against the intervals {Evidence:G3}");
        return RaisedAt is { } number
            ? text + string.Create(CultureInfo.InvariantCulture, $"; alarm at training {number}: certificates until then withdrawn, intervals widened")
            : text;
    }
}

/// <summary>One value against the interval that was known before it.</summary>
/// <param name="Pit">Probability that was predicted for a value at most this one, 0 to 1: uniform where predictions are right.</param>
/// <param name="IsMiss">Whether the value lay outside the 90 % interval.</param>
/// <param name="Evidence">E_t with this test: where it raises the alarm at least 20, and 1 is where the next begins.</param>
/// <param name="LogDensity">ln of the predicted density of the value, in the objective's units; their sum is the expected log predictive density.</param>
/// <param name="RaisedAlarm">Whether this test raised the alarm.</param>
public sealed record CalibrationTest(double Pit, bool IsMiss, double Evidence, double LogDensity, bool RaisedAlarm)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(CalibrationTest), PrintMembers);
}

// Notation
//   m_t, s_t, [l_t, h_t]   mean, deviation and 90 % interval of training t's value, as forecast when it was proposed, its noise included
//   E_t                    evidence against the intervals (CalibrationAlarm); E_t ≥ 20 raises the alarm
//   c                      what deviations are multiplied by: 1, and after an alarm √2^k as much, k the least with which every interval that missed would have held
// A training that was not proposed by a model was forecast by none, and is no test. What is missed by less than a thousandth of ε is not missed, and a value so far
// beyond all others that it is a penalty tells nothing of how well the others are predicted.

using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Diagnostics;

namespace HtiTune;

/// <summary>Whether values over several hyperparameters have come as they were forecast: the alarm, and what it widens.</summary>
internal sealed class SpaceCalibration
{
    private const double NegligibleShare = 1e-3, PenaltyRatio = 10, MostWidenings = 60;

    private readonly CalibrationAlarm _alarm = new();
    private readonly Dictionary<int, CalibrationTest> _tests = [];
    private readonly List<(SpaceBelief Forecast, double Value, double Widening)> _missed = [];
    private int? _raisedAt;

    /// <summary>c, at least 1.</summary>
    internal double Widening { get; private set; } = 1;

    /// <summary>How often the alarm went off.</summary>
    internal int Alarms { get; private set; }

    /// <summary>What the tests say.</summary>
    internal Calibration State => new(
        _tests.Count, _tests.Values.Count(test => test.IsMiss), _alarm.Count == 0 ? 1 : _alarm.Evidence, Alarms, _raisedAt, _tests.Values.Sum(test => test.LogDensity));

    /// <summary>The test of a training; null where there was none.</summary>
    /// <param name="number">Its number.</param>
    internal CalibrationTest? Of(int number) => _tests.GetValueOrDefault(number);

    /// <summary>Takes a value that has come.</summary>
    /// <param name="number">The training's number.</param>
    /// <param name="forecast">What was forecast for it, in the sign of the value.</param>
    /// <param name="value">The value, finite.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="others">The values before it that are no penalties.</param>
    internal void Test(int number, SpaceBelief forecast, double value, double epsilon, IReadOnlyCollection<double> others)
    {
        if (!double.IsFinite(forecast.Mean) || others.Count > 1 && others.Max() is var most && others.Min() is var least && Math.Max(value - most, least - value) > PenaltyRatio * (most - least))
        {
            return;
        }

        var slack = NegligibleShare * epsilon;
        var isMiss = value < forecast.Low - slack || value > forecast.High + slack;
        var deviation = Math.Max(forecast.Deviation, Math.Max(slack, 1e-300));
        var z = Math.Clamp((value - forecast.Mean) / deviation, -1e6, 1e6);
        var isRaised = _alarm.Observe(isMiss);
        _tests[number] = new CalibrationTest(NormalDistribution.Cumulative(z), isMiss, _alarm.Evidence, -0.5 * z * z - Math.Log(deviation) - 0.5 * Math.Log(2 * Math.PI), isRaised);
        if (isMiss)
        {
            _missed.Add((forecast, value, Widening));
        }

        if (isRaised)
        {
            Alarms++;
            _raisedAt ??= number;
            for (var k = 0; k < MostWidenings && !_missed.TrueForAll(Holds); k++)
            {
                Widening *= Math.Sqrt(2);
            }

            _alarm.Restart();
        }

        bool Holds((SpaceBelief Forecast, double Value, double Widening) missed)
        {
            var factor = Widening / missed.Widening;
            var (mean, low, high) = (missed.Forecast.Mean, missed.Forecast.Low, missed.Forecast.High);
            return missed.Value >= mean - factor * (mean - low) - slack && missed.Value <= mean + factor * (high - mean) + slack;
        }
    }
}

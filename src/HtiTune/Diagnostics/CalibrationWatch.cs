namespace HtiTune.Diagnostics;

// Notation (inside, larger is better)
//   y_t        values of an objective in the order in which their trainings arrived     PI_t   central 90 % interval of p(y_t | y_<t)
//   E_t        evidence against the intervals (CalibrationAlarm); E_t ≥ 20 raises the alarm
//   s₀         scale of the process's prior, σ² ~ IG(a₀, a₀ s₀²)
// After an alarm at t the process of y_≤t and of all that follow has ρ = 0 and
//   s₀ ← √2^k s₀,  k the least with y_i ∈ PI_i(ρ = 0, √2^k s₀) for every i ≤ t that missed.
// Before it, intervals are scaled by what they have shown, c_t² = (k c₀² + Σ_{i<t} z_i²)/(k + #), z_i = c_i Φ⁻¹(PIT_i) the error in deviations of the
// model's own prediction, at most 3: smooth objectives are easier than the model expects, noisy ones harder.
// All of it is a function of the values in their order: a replay comes to the same.
// A process of each prefix of n values takes n⁴ steps in all, so that of very many that were there before a run the first AnchorStore.FullHistory are tested.

/// <summary>The alarm over one objective: tests each value, and corrects the process after an alarm.</summary>
internal sealed class CalibrationWatch(AnchorStore store, ObjectiveView view)
{
    // One value tells no scale, so what it predicts is no test.
    private const int ValuesForTest = 2;

    private const int MostWidenings = 60;

    // k tests of deviation c₀ stand before the first; chosen on problems that no kept table reports.
    private const double PriorTests = 2;
    private const double PriorDeviation = 0.9;
    private const double LargestDeviation = 3;

    private readonly CalibrationAlarm _alarm = new();

    // By anchor; null where it was not tested.
    private readonly List<CalibrationTest?> _tests = [];
    private readonly List<double?> _scores = [];

    // s₀ from an anchor on, in the model of the anchors before it; in force for the processes of more anchors than that.
    private readonly List<(int Anchor, double Scale)> _corrections = [];

    /// <summary>The widened s₀ of the process of the first anchors, in their model; null where no alarm has corrected it.</summary>
    public double? Correction(int count)
    {
        Test(count);
        var found = _corrections.FindLastIndex(c => c.Anchor < count);
        return found < 0 ? null : view.Map(_corrections[found].Anchor).DeviationIn(view.Map(count), _corrections[found].Scale);
    }

    /// <summary>c_t: what predictions of the process of the first anchors are scaled by.</summary>
    public double Factor(int count)
    {
        Test(count);
        double tests = PriorTests, sum = PriorTests * PriorDeviation * PriorDeviation;
        foreach (var score in _scores.Take(count).OfType<double>())
        {
            sum += Math.Min(LargestDeviation * LargestDeviation, score * score * sum / tests);
            tests++;
        }

        return Math.Sqrt(sum / tests);
    }

    /// <summary>Alarms up to the first anchors.</summary>
    public int Alarms(int count)
    {
        Test(count);
        return _corrections.Count(c => c.Anchor < count);
    }

    /// <summary>The test of an anchor's value; null where it has none.</summary>
    public CalibrationTest? TestOf(int anchor)
    {
        Test(anchor + 1);
        return _tests[anchor];
    }

    /// <summary>What the first anchors say of the intervals.</summary>
    public Calibration Of(int count)
    {
        Test(count);
        var tests = _tests.Take(count).OfType<CalibrationTest>().ToList();
        var alarms = _corrections.Where(c => c.Anchor < count).ToList();
        var evidence = tests.Count == 0 || tests[^1].RaisedAlarm ? 1 : tests[^1].Evidence;
        return new Calibration(
            tests.Count,
            tests.Count(t => t.IsMiss),
            evidence,
            alarms.Count,
            alarms.Count == 0 ? null : store.Anchors[alarms[0].Anchor].Number,
            tests.Sum(t => t.LogDensity));
    }

    private void Test(int count)
    {
        while (_tests.Count < count)
        {
            var anchor = _tests.Count;
            view.Weighing?.Invoke(anchor, count);

            // A value that is extreme beside the others tells of a penalty, not of how well the others are predicted.
            if (view.Measured(anchor).Value is not { } own || view.ValueCount(anchor) < ValuesForTest || view.Map(anchor + 1).IsExtreme(own)
                || view.Predict(anchor) is not { } prediction)
            {
                _scores.Add(null);
                _tests.Add(null);
                continue;
            }

            var map = view.Map(anchor);
            var value = map.ToModel(own);
            var below = prediction.Distribution(value);
            var misses = _alarm.Misses;
            _scores.Add(prediction.NormalScore(value));
            var isRaised = _alarm.Observe(prediction, value);
            _tests.Add(new CalibrationTest(
                view.Goal == Goal.Maximize ? below : 1 - below, _alarm.Misses > misses, _alarm.Evidence, prediction.LogDensity(value) + map.LogSlope(own), isRaised));
            if (isRaised)
            {
                _corrections.Add((anchor, Widened(anchor)));
                _alarm.Restart();
            }
        }
    }

    private double Widened(int anchor)
    {
        var scale = view.Process(anchor)!.Scale;
        var missed = Enumerable.Range(0, anchor + 1).Where(i => _tests[i] is { IsMiss: true }).ToList();
        for (var k = 0; k < MostWidenings && !missed.TrueForAll(Holds); k++)
        {
            scale *= Math.Sqrt(2);
        }

        return scale;

        bool Holds(int i)
        {
            var map = view.Map(i);
            var share = view.PlainProcess(i, view.Map(anchor).DeviationIn(map, scale)).Predict(store.Anchors[i].U).Distribution(map.ToModel(view.Measured(i).Value!.Value));
            return share >= 0.5 * _alarm.MissRate && share <= 1 - 0.5 * _alarm.MissRate;
        }
    }
}

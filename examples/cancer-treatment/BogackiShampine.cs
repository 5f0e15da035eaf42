using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<double>;

// Notation (all for eight patients side by side)
// y       state                                   [11]
// k1 … k4 rates at the stages of a step           [11] each; k4 is the next step's k1
// h       step size                               days
// e       error of a step                         [11]
//
// Bogacki and Shampine's 3(2) pair [Appl. Math. Lett. 2 (4), 321–325, 1989]:
//   k2 = f(t + h/2, y + h/2 k1),  k3 = f(t + 3h/4, y + 3h/4 k2),  y⁺ = y + h (2 k1 + 3 k2 + 4 k3)/9,  k4 = f(t + h, y⁺),
//   e  = h (−5/72 k1 + 1/12 k2 + 1/9 k3 − 1/8 k4)
// A step is taken where the root mean square of e/(a + r max(|y|, |y⁺|)) is at most 1; the next h is that · clamp(0.9 norm^(−1/3)).
// The first h of a day is that of Hairer, Nørsett and Wanner [Solving Ordinary Differential Equations I, 2nd ed., section II.4].

/// <summary>Moves any number of patients on by a day, eight at a time, each with steps that adapt to its own error.</summary>
/// <remarks>A lane whose patient has reached the day's end takes the next patient, so that a stiff one keeps nobody waiting but the last.</remarks>
internal sealed class BogackiShampine
{
    private const double Absolute = 1e-4, Relative = 1e-2, LeastStep = 1e-12;
    private static readonly double Mask = BitConverter.Int64BitsToDouble(-1); // all bits
    private const int N = TumourModel.States, Width = TumourModel.Width;
    private readonly Lanes[] _y = new Lanes[N], _k1 = new Lanes[N], _k2 = new Lanes[N], _k3 = new Lanes[N], _k4 = new Lanes[N], _at = new Lanes[N];
    private readonly TumourConstants<Lanes>[] _constants = new TumourConstants<Lanes>[1];
    private readonly TreatmentEnvironment?[] _patients = new TreatmentEnvironment?[Width];
    private Lanes _t, _end, _h, _onset, _radiation, _drug, _rejected;

    /// <summary>Integrates each patient's states over its day.</summary>
    /// <param name="patients">Patients with today's doses.</param>
    public void Advance(ReadOnlySpan<TreatmentEnvironment> patients)
    {
        var next = 0;
        while (true)
        {
            var fresh = Lanes.Zero;
            for (var lane = 0; lane < Width && next < patients.Length; lane++)
            {
                if (_patients[lane] is null)
                {
                    Take(lane, patients[next++]);
                    fresh = fresh.WithElement(lane, Mask);
                }
            }

            if (fresh != Lanes.Zero)
            {
                Begin(fresh);
            }

            if (Array.TrueForAll(_patients, patient => patient is null))
            {
                return;
            }

            Step();
            Release();
        }
    }

    private void Take(int lane, TreatmentEnvironment patient)
    {
        _patients[lane] = patient;
        var states = MemoryMarshal.Cast<Lanes, double>(_y.AsSpan());
        for (var i = 0; i < N; i++)
        {
            states[i * Width + lane] = patient.State[i];
        }

        var constants = patient.Constants;
        var from = MemoryMarshal.Cast<TumourConstants<double>, double>(MemoryMarshal.CreateReadOnlySpan(ref constants, 1));
        var to = MemoryMarshal.Cast<TumourConstants<Lanes>, double>(_constants.AsSpan());
        for (var i = 0; i < from.Length; i++)
        {
            to[i * Width + lane] = from[i];
        }

        _t = _t.WithElement(lane, patient.Day);
        _end = _end.WithElement(lane, patient.Day + 1);
        _onset = _onset.WithElement(lane, patient.Onset);
        _radiation = _radiation.WithElement(lane, patient.Radiation);
        _drug = _drug.WithElement(lane, patient.Drug);
        _rejected = _rejected.WithElement(lane, 0);
    }

    private void Rates(Lanes t, ReadOnlySpan<Lanes> y, Span<Lanes> rates) =>
        TumourModel.Rates(in _constants[0], in _onset, in _radiation, in _drug, t, y, rates);

    // k1 and the first step of fresh lanes.
    private void Begin(Lanes fresh)
    {
        Rates(_t, _y, _k2);
        Lanes y2 = Lanes.Zero, f2 = Lanes.Zero, change2 = Lanes.Zero;
        for (var i = 0; i < N; i++)
        {
            _k1[i] = Vector512.ConditionalSelect(fresh, _k2[i], _k1[i]);
            var scale = Scale(_y[i], Lanes.Zero);
            y2 += Square(_y[i] / scale);
            f2 += Square(_k2[i] / scale);
        }

        Lanes d0 = Vector512.Sqrt(y2 / N), d1 = Vector512.Sqrt(f2 / N), tiny = Vector512.Create(1e-5);
        var small = Vector512.LessThan(d0, tiny) | Vector512.LessThan(d1, tiny);
        var guess = Vector512.Min(_end - _t, Vector512.ConditionalSelect(small, Vector512.Create(1e-6), 0.01 * d0 / d1));
        for (var i = 0; i < N; i++)
        {
            _at[i] = _y[i] + guess * _k2[i];
        }

        Rates(_t + guess, _at, _k3);
        for (var i = 0; i < N; i++)
        {
            change2 += Square((_k3[i] - _k2[i]) / Scale(_y[i], Lanes.Zero));
        }

        var most = Vector512.Max(d1, Vector512.Sqrt(change2 / N) / guess);
        var least = Vector512.Max(Vector512.Create(1e-6), guess * 1e-3);
        var first = Vector512.ConditionalSelect(Vector512.LessThanOrEqual(most, Vector512.Create(1e-15)), least, Power(most * 100, -1.0 / 3));
        _h = Vector512.ConditionalSelect(fresh, Vector512.Min(100 * guess, first), _h);
    }

    private void Step()
    {
        var h = Vector512.Min(_h, _end - _t);
        for (var i = 0; i < N; i++)
        {
            _at[i] = _y[i] + h * 0.5 * _k1[i];
        }

        Rates(_t + h * 0.5, _at, _k2);
        for (var i = 0; i < N; i++)
        {
            _at[i] = _y[i] + h * 0.75 * _k2[i];
        }

        Rates(_t + h * 0.75, _at, _k3);
        for (var i = 0; i < N; i++)
        {
            // Set to 0 where negative, as inside the rates: the accepted point is the next step's start.
            _at[i] = Vector512.Max(Lanes.Zero, _y[i] + h * (2 * _k1[i] + 3 * _k2[i] + 4 * _k3[i]) / 9);
        }

        Rates(_t + h, _at, _k4);
        var squares = Lanes.Zero;
        for (var i = 0; i < N; i++)
        {
            var error = h * (-5.0 / 72 * _k1[i] + 1.0 / 12 * _k2[i] + 1.0 / 9 * _k3[i] - 0.125 * _k4[i]);
            squares += Square(error / Scale(_y[i], _at[i]));
        }

        // The norm is a square root, the factor its inverse cube root. NaN fails every comparison, and halves h until its patient is given up.
        var mean = Vector512.Max(squares / N, Vector512.Create(1e-30));
        var factor = 0.9 * Power(mean, -1.0 / 6);
        var accepted = Vector512.LessThanOrEqual(mean, Lanes.One);
        var most = Vector512.ConditionalSelect(_rejected, Lanes.One, Vector512.Create(10.0));
        var smaller = Vector512.ConditionalSelect(Vector512.LessThan(factor, Lanes.One), Vector512.Max(Vector512.Create(0.2), factor), Vector512.Create(0.5));
        _h = h * Vector512.ConditionalSelect(accepted, Vector512.Min(most, factor), smaller);
        _rejected = Vector512.OnesComplement(accepted);
        _t = Vector512.ConditionalSelect(accepted, Vector512.ConditionalSelect(Vector512.Equals(h, _end - _t), _end, _t + h), _t);
        for (var i = 0; i < N; i++)
        {
            _y[i] = Vector512.ConditionalSelect(accepted, _at[i], _y[i]);
            _k1[i] = Vector512.ConditionalSelect(accepted, _k4[i], _k1[i]);
        }
    }

    // Lanes at the day's end, and those whose steps have shrunk to nothing.
    private void Release()
    {
        var states = MemoryMarshal.Cast<Lanes, double>(_y.AsSpan());
        for (var lane = 0; lane < Width; lane++)
        {
            if (_patients[lane] is not { } patient || (_t[lane] < _end[lane] && _h[lane] > LeastStep))
            {
                continue;
            }

            for (var i = 0; i < N; i++)
            {
                patient.Move(i, _t[lane] < _end[lane] ? double.NaN : states[i * Width + lane]);
            }

            // An empty lane stays where it is: its next steps have no length.
            _patients[lane] = null;
            _t = _t.WithElement(lane, _end[lane]);
        }
    }

    private static Lanes Scale(Lanes y, Lanes later) => Vector512.Create(Absolute) + Relative * Vector512.Max(Vector512.Abs(y), later);

    private static Lanes Square(Lanes x) => x * x;

    private static Lanes Power(Lanes x, double exponent) => Vector512.Exp(exponent * Vector512.Log(x));
}

// Notation
//   g_i(y)   objective of row i, c(x_i, y) − f(y): its least value is the c-transform −f^c(x_i)      (method e9)
//   s, q     change of point and of gradient in a step;  ρ = 1/sᵀq
//   y ← P(y + t·d),  d = −H∇g by the two-loop recursion [Nocedal1980],  P the projection on a box
//   accepted: g(new) ≤ g + 1e-4·∇gᵀ(new − y)                                                         [Armijo1966]
// All rows step together; a row leaves the batch when its gradient vanishes or when its line search fails. A failed search leaves the
// point where it was: taking the last trial, as the published solver does, diverges unless it backtracks thirty times.

namespace HtiTune.Surrogates.Coupling;

/// <summary>Minimises many small problems at once by limited-memory BFGS.</summary>
internal static class CTransform
{
    private const double SufficientDecrease = 1e-4;
    private const double Shrink = 0.3;
    private const double LeastGradient = 1e-5;
    private const int Memory = 10;

    /// <summary>The problems: row i has its own function of a point in R^D.</summary>
    internal interface IObjective
    {
        /// <summary>Evaluates some rows.</summary>
        /// <param name="rows">Which rows, a of them.</param>
        /// <param name="points">Their points, [a, D].</param>
        /// <param name="values">Takes their values, length a.</param>
        /// <param name="gradients">Takes their gradients, [a, D].</param>
        void Evaluate(ReadOnlySpan<int> rows, ReadOnlySpan<float> points, Span<double> values, Span<float> gradients);
    }

    /// <summary>Lowers every row's objective from where its point is.</summary>
    /// <param name="objective">The problems.</param>
    /// <param name="points">Start and result, [n, D].</param>
    /// <param name="low">Lower ends of the box, [D].</param>
    /// <param name="high">Upper ends of the box, [D].</param>
    /// <param name="iterations">Steps of each row at most.</param>
    /// <param name="trials">Trial points of each step at most.</param>
    /// <returns>Evaluations, counted in rows.</returns>
    internal static long Minimise(IObjective objective, float[] points, float[] low, float[] high, int iterations, int trials)
    {
        var descent = new Descent(objective, points, low, high);
        descent.Run(iterations, trials);
        return descent.Evaluations;
    }

    /// <summary>All rows on their way: their points, gradients, directions and step lengths.</summary>
    private sealed class Descent
    {
        private readonly IObjective _objective;
        private readonly float[] _points, _low, _high, _gradients, _directions, _trial, _trialGradients;
        private readonly double[] _values, _trialValues, _steps;
        private readonly History _history;
        private readonly int _n, _d;

        internal Descent(IObjective objective, float[] points, float[] low, float[] high)
        {
            (_objective, _points, _low, _high, _d) = (objective, points, low, high, low.Length);
            _n = points.Length / _d;
            _history = new History(_n, _d);
            (_gradients, _directions, _trial, _trialGradients) = (new float[_n * _d], new float[_n * _d], new float[_n * _d], new float[_n * _d]);
            (_values, _trialValues, _steps) = (new double[_n], new double[_n], new double[_n]);
        }

        /// <summary>Evaluations so far, counted in rows.</summary>
        internal long Evaluations { get; private set; }

        internal void Run(int iterations, int trials)
        {
            for (var i = 0; i < _points.Length; i++)
            {
                _points[i] = Math.Clamp(_points[i], _low[i % _d], _high[i % _d]);
            }

            var active = Enumerable.Range(0, _n).ToArray();
            _objective.Evaluate(active, _points, _values, _gradients);
            Evaluations = _n;
            for (var iteration = 0; iteration < iterations && active.Length > 0; iteration++)
            {
                active = Step(Array.FindAll(active, Aim), trials);
            }
        }

        // A step of the rows by a backtracking search; gives the rows that could take one, ascending.
        private int[] Step(int[] pending, int trials)
        {
            var accepted = new List<int>(pending.Length);
            for (var attempt = 0; attempt < trials && pending.Length > 0; attempt++)
            {
                for (var a = 0; a < pending.Length; a++)
                {
                    Move(pending[a], _trial.AsSpan(a * _d, _d));
                }

                _objective.Evaluate(pending, _trial.AsSpan(0, pending.Length * _d), _trialValues, _trialGradients);
                Evaluations += pending.Length;
                var refused = new List<int>();
                for (var a = 0; a < pending.Length; a++)
                {
                    var row = pending[a];
                    if (Accept(row, _trial.AsSpan(a * _d, _d), _trialValues[a], _trialGradients.AsSpan(a * _d, _d)))
                    {
                        accepted.Add(row);
                    }
                    else
                    {
                        _steps[row] *= Shrink;
                        refused.Add(row);
                    }
                }

                pending = [.. refused];
            }

            accepted.Sort();
            return [.. accepted];
        }

        // The direction and first step of a row; false where there is nowhere to go.
        private bool Aim(int row)
        {
            var gradient = _gradients.AsSpan(row * _d, _d);
            var point = _points.AsSpan(row * _d, _d);
            double square = 0;
            for (var k = 0; k < _d; k++)
            {
                // Where the box stops the descent, that coordinate rests.
                if ((point[k] <= _low[k] && gradient[k] > 0) || (point[k] >= _high[k] && gradient[k] < 0))
                {
                    gradient[k] = 0;
                }

                square += (double)gradient[k] * gradient[k];
            }

            if (!(square > LeastGradient * LeastGradient))
            {
                return false;
            }

            // A first step knows no curvature: it moves one deviation at most.
            _steps[row] = _history.Direction(row, gradient, _directions.AsSpan(row * _d, _d)) ? 1 : Math.Min(1, 1 / Math.Sqrt(square));
            return true;
        }

        private void Move(int row, Span<float> to)
        {
            for (var k = 0; k < _d; k++)
            {
                to[k] = Math.Clamp(_points[row * _d + k] + (float)(_steps[row] * _directions[row * _d + k]), _low[k], _high[k]);
            }
        }

        private bool Accept(int row, ReadOnlySpan<float> to, double value, ReadOnlySpan<float> gradient)
        {
            double slope = 0;
            for (var k = 0; k < _d; k++)
            {
                slope += (double)_gradients[row * _d + k] * (to[k] - _points[row * _d + k]);
            }

            if (!(slope < 0) || !(value <= _values[row] + SufficientDecrease * slope))
            {
                return false;
            }

            _history.Add(row, _points.AsSpan(row * _d, _d), to, _gradients.AsSpan(row * _d, _d), gradient);
            to.CopyTo(_points.AsSpan(row * _d));
            gradient.CopyTo(_gradients.AsSpan(row * _d));
            _values[row] = value;
            return true;
        }
    }

    /// <summary>The last steps of every row.</summary>
    private sealed class History(int rows, int d)
    {
        private readonly float[] _s = new float[rows * Memory * d], _q = new float[rows * Memory * d];
        private readonly double[] _rho = new double[rows * Memory];
        private readonly int[] _count = new int[rows];

        internal void Add(int row, ReadOnlySpan<float> from, ReadOnlySpan<float> to, ReadOnlySpan<float> before, ReadOnlySpan<float> after)
        {
            double curvature = 0;
            for (var k = 0; k < d; k++)
            {
                curvature += ((double)to[k] - from[k]) * ((double)after[k] - before[k]);
            }

            if (!(curvature > 1e-12))
            {
                return;
            }

            var place = row * Memory + _count[row]++ % Memory;
            _rho[place] = 1 / curvature;
            for (var k = 0; k < d; k++)
            {
                _s[place * d + k] = to[k] - from[k];
                _q[place * d + k] = after[k] - before[k];
            }
        }

        /// <summary>d = −H∇g; false where it is steepest descent.</summary>
        internal bool Direction(int row, ReadOnlySpan<float> gradient, Span<float> direction)
        {
            var known = Math.Min(_count[row], Memory);
            Span<double> r = stackalloc double[d], weights = stackalloc double[Memory];
            for (var k = 0; k < d; k++)
            {
                r[k] = gradient[k];
            }

            for (var i = 0; i < known; i++)
            {
                var place = Place(i);
                weights[i] = _rho[place] * Dot(_s, place, r);
                for (var k = 0; k < d; k++)
                {
                    r[k] -= weights[i] * _q[place * d + k];
                }
            }

            if (known > 0)
            {
                var place = Place(0);
                double square = 0;
                for (var k = 0; k < d; k++)
                {
                    square += (double)_q[place * d + k] * _q[place * d + k];
                }

                for (var k = 0; k < d; k++)
                {
                    r[k] /= _rho[place] * square;
                }
            }

            for (var i = known - 1; i >= 0; i--)
            {
                var place = Place(i);
                var correction = weights[i] - _rho[place] * Dot(_q, place, r);
                for (var k = 0; k < d; k++)
                {
                    r[k] += correction * _s[place * d + k];
                }
            }

            double slope = 0;
            for (var k = 0; k < d; k++)
            {
                direction[k] = (float)-r[k];
                slope -= r[k] * gradient[k];
            }

            if (known > 0 && slope < 0)
            {
                return true;
            }

            for (var k = 0; k < d; k++)
            {
                direction[k] = -gradient[k];
            }

            return false;

            // The i-th newest step.
            int Place(int i) => row * Memory + (_count[row] - 1 - i) % Memory;
        }

        private double Dot(float[] values, int place, ReadOnlySpan<double> r)
        {
            double sum = 0;
            for (var k = 0; k < d; k++)
            {
                sum += values[place * d + k] * r[k];
            }

            return sum;
        }
    }
}

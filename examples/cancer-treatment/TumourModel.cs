using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<double>;

// Notation                                                              unit or range
// T N L   tumour cells, natural killer cells, CD8+ T cells              cells; p: primary site, s: secondary site
// C       circulating lymphocytes                                       cells
// M       drug in the blood                                             doses
// u v x   irradiated tumour, natural killer and T cells                 cells
// D v_M   radiation and drug infusion, the two actions                  0 … 10 and 0 … 8 a day
// τ       day after which metastasis has begun                          0 … 9
//
//   P(T, L, d) = d L^l / max(1, s T^l + L^l)                            kill by T cells
//   T_p' = a1 T_p (1 − b1 T_p) − c1 N_p T_p − P(T_p, L_p, d1) T_p − α1 T_p − D T_p + γ1 u − K1T T_p M / (W1T + T_p)
//   N_p' = e1 C − p1 N_p T_p − f1 N_p − ε D N_p + γ2 v − K1N N_p M / (W1N + N_p)
//   L_p' = −m1 L_p + j1 T_p/(k1 + T_p) L_p − q1 L_p T_p + r11 N_p T_p + r12 C T_p − u1 N_p L_p² − ε D L_p + γ3 x − K1L L_p M / (W1L + L_p)
//   C'   = α − β C − K1C C M / (W1C + C)
//   T_s' = a2 T_s (1 − b2 T_s) − c2 N_s T_s − P(T_s, L_s, d2) T_s + α2 T_p (t − τ) − K2T T_s M / (W2T + T_s)         for t > τ, else 0
//   N_s' = e2 C − p2 N_s T_s − f2 N_s − K2N N_s M / (W2N + N_s)                                                     for t > τ, else 0
//   L_s' = −m2 L_s + j2 T_s/(k2 + T_s) L_s − q2 L_s T_s + r21 N_s T_s + r22 C T_s − u2 N_s L_s² − K2L L_s M / (W2L + L_s)   for t > τ, else 0
//   M'   = −μ M + v_M;   u' = D T_p − γ1 u − δ u;   v' = D N_p − γ2 v − δ v;   x' = D L_p − γ3 x − δ x
//
// After S. Ghaffari, V. Bahmaie, M. Nazari: A mixed radiotherapy and chemotherapy model for treatment of cancer with metastasis.
// Mathematical Methods in the Applied Sciences, 2016.

/// <summary>The constants of a patient, or of eight side by side; each differs a little from patient to patient.</summary>
/// <typeparam name="T">double, or a vector of eight.</typeparam>
[StructLayout(LayoutKind.Sequential)]
internal struct TumourConstants<T>
    where T : struct
{
    /// <summary>Growth, competition and death at the primary site, named as in the notation.</summary>
    public T A1, B1, C1, D1, E1, F1, P1, M1, J1, K1, Q1, R11, R12, U1;

    /// <summary>The same at the secondary site.</summary>
    public T A2, B2, C2, D2, E2, F2, P2, M2, J2, K2, Q2, R21, R22, U2;

    /// <summary>The drug's kills K and their half-saturations W.</summary>
    public T K1T, K1N, K1L, K1C, K2T, K2N, K2L, W1T, W1N, W1L, W1C, W2T, W2N, W2L;

    /// <summary>T cells' kill, lymphocytes, the drug's decay, the way to the second site, and what radiation leaves.</summary>
    public T PowerL, S, Alpha, Beta, Mu, Alpha1, Alpha2, Delta, Epsilon, Gamma1, Gamma2, Gamma3;
}

/// <summary>The rates of change of eight patients' states, in the order T_p, N_p, L_p, C, T_s, N_s, L_s, M, u, v, x.</summary>
/// <remarks>
/// A day takes some hundred evaluations, most of them for two powers: eight patients side by side in one vector cost little more than
/// one. Machines without such vectors take two or four halves.
/// </remarks>
internal static class TumourModel
{
    /// <summary>Number of states.</summary>
    public const int States = 11;

    /// <summary>Patients in a vector.</summary>
    public const int Width = 8;

    /// <summary>The average patient.</summary>
    public static TumourConstants<double> Average => new()
    {
        A1 = 0.431, B1 = 1.02e-9, C1 = 6.41e-11, D1 = 2.34, E1 = 2.08e-7, F1 = 0.0412, P1 = 3.42e-6, M1 = 0.204, J1 = 0.0249,
        K1 = 3.66e7, Q1 = 1.42e-6, R11 = 1.1e-7, R12 = 6.5e-11, U1 = 3e-10,
        A2 = 5, B2 = 1e-7, C2 = 6.41e-12, D2 = 5, E2 = 2.08e-7, F2 = 0.035, P2 = 1e-6, M2 = 0.18, J2 = 0.016,
        K2 = 3.66e7, Q2 = 1e-6, R21 = 2e-7, R22 = 7.5e-11, U2 = 3e-10,
        K1T = 100, K1N = 10, K1L = 10, K1C = 10, K2T = 100, K2N = 10, K2L = 10,
        W1T = 0.01, W1N = 1, W1L = 1, W1C = 1, W2T = 1, W2N = 1, W2L = 1,
        PowerL = 2.09, S = 0.0839, Alpha = 7.5e8, Beta = 0.012, Mu = 0.9, Alpha1 = 1e-4, Alpha2 = 1e-5,
        Delta = 0.15, Epsilon = 0.05, Gamma1 = 0.04, Gamma2 = 0.1, Gamma3 = 0.1,
    };

    /// <summary>Another patient: every constant times its own factor.</summary>
    /// <param name="factor">Draws a factor.</param>
    public static TumourConstants<double> Other(Func<double> factor)
    {
        var other = Average;
        foreach (ref var constant in MemoryMarshal.Cast<TumourConstants<double>, double>(new Span<TumourConstants<double>>(ref other)))
        {
            constant *= factor();
        }

        return other;
    }

    /// <summary>dy/dt. Negative components of y count as 0: without this a tumour that is gone would come back with the wrong sign.</summary>
    /// <param name="c">The constants.</param>
    /// <param name="onset">τ in days.</param>
    /// <param name="d">Today's radiation.</param>
    /// <param name="drug">Today's drug infusion v_M.</param>
    /// <param name="t">Time in days.</param>
    /// <param name="y">The states, shape [11].</param>
    /// <param name="rates">Their rates a day, shape [11].</param>
    public static void Rates(
        in TumourConstants<Lanes> c, in Lanes onset, in Lanes d, in Lanes drug, Lanes t, ReadOnlySpan<Lanes> y, Span<Lanes> rates)
    {
        Lanes tp = Present(y[0]), np = Present(y[1]), lp = Present(y[2]), lymphocytes = Present(y[3]);
        Lanes ts = Present(y[4]), ns = Present(y[5]), ls = Present(y[6]);
        Lanes m = Present(y[7]), u = Present(y[8]), v = Present(y[9]), x = Present(y[10]);
        rates[0] = c.A1 * tp * (Lanes.One - c.B1 * tp) - c.C1 * np * tp - Kill(tp, lp, c.D1, c) * tp - c.Alpha1 * tp - d * tp + c.Gamma1 * u
            - c.K1T * tp * m / (c.W1T + tp);
        rates[1] = c.E1 * lymphocytes - c.P1 * np * tp - c.F1 * np - c.Epsilon * d * np + c.Gamma2 * v - c.K1N * np * m / (c.W1N + np);
        rates[2] = c.J1 * tp / (c.K1 + tp) * lp - c.M1 * lp - c.Q1 * lp * tp + c.R11 * np * tp + c.R12 * lymphocytes * tp
            - c.U1 * np * lp * lp - c.Epsilon * d * lp + c.Gamma3 * x - c.K1L * lp * m / (c.W1L + lp);
        rates[3] = c.Alpha - c.Beta * lymphocytes - c.K1C * lymphocytes * m / (c.W1C + lymphocytes);

        var begun = Vector512.GreaterThan(t, onset);
        rates[4] = begun & (c.A2 * ts * (Lanes.One - c.B2 * ts) - c.C2 * ns * ts - Kill(ts, ls, c.D2, c) * ts + c.Alpha2 * tp * (t - onset)
            - c.K2T * ts * m / (c.W2T + ts));
        rates[5] = begun & (c.E2 * lymphocytes - c.P2 * ns * ts - c.F2 * ns - c.K2N * ns * m / (c.W2N + ns));
        rates[6] = begun & (c.J2 * ts / (c.K2 + ts) * ls - c.M2 * ls - c.Q2 * ls * ts + c.R21 * ns * ts + c.R22 * lymphocytes * ts
            - c.U2 * ns * ls * ls - c.K2L * ls * m / (c.W2L + ls));

        rates[7] = drug - c.Mu * m;
        rates[8] = d * tp - c.Gamma1 * u - c.Delta * u;
        rates[9] = d * np - c.Gamma2 * v - c.Delta * v;
        rates[10] = d * lp - c.Gamma3 * x - c.Delta * x;
    }

    private static Lanes Present(Lanes cells) => Vector512.Max(Lanes.Zero, cells);

    // P(T, L, d) = d / max(L^−l, 1 + s (T/L)^l): from one T cell on, one power does.
    private static Lanes Kill(Lanes tumour, Lanes killers, Lanes strength, in TumourConstants<Lanes> c)
    {
        var denominator = Lanes.One + c.S * Power(tumour / killers, c.PowerL);
        if (Vector512.LessThanAny(killers, Lanes.One))
        {
            denominator = Vector512.Max(denominator, Power(killers, -c.PowerL));
        }

        return Vector512.GreaterThan(killers, Lanes.Zero) & (strength / denominator);
    }

    private static Lanes Power(Lanes cells, Lanes exponent) => Vector512.Exp(exponent * Vector512.Log(cells));
}

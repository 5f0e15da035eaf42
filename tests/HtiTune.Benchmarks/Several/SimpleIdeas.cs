using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Benchmarks.Several;

// Notation
//   u_k [d], y_k, x_k   an anchor's place, outputs and conditions;  b_k   barycentric weights of the nearest d + 1 anchors, those below 0 as 0

/// <summary>What one would write in an hour: outputs at a place in some contexts, from the anchors' own.</summary>
internal static class SimpleIdeas
{
    private const int Near = 12;

    /// <summary>All that apply to a law, by name: outputs at u in contexts.</summary>
    internal static IReadOnlyList<(string Name, Func<double[], Contexts, Matrix> Of)> All(MethodLaw law, double[][] places, Samples[] anchors, RandomStream stream)
    {
        var all = new List<(string, Func<double[], Contexts, Matrix>)> { ("nearest", (u, contexts) => Taken(anchors, contexts, _ => NearestOf(places, u), stream, law)) };
        if (law.Asking != SpaceAsking.Answers)
        {
            all.Add(("mixture of near anchors", (u, contexts) =>
            {
                var (near, weights) = Barycentric(places, u);
                return Taken(anchors, contexts, i => Pick(near, weights, (i + 0.5) * 0.6180339887498949 % 1), stream, law);
            }
            ));
        }

        if (law.Asking == SpaceAsking.Answers)
        {
            all.Add(("Delaunay", (u, contexts) => Summed(Interpolant.Delaunay(places, u), anchors)));
            var plates = Interpolant.ThinPlates(places);
            all.Add(("thin plates", (u, contexts) => Summed(plates(u), anchors)));
        }
        else if (law.Asking == SpaceAsking.Draws)
        {
            all.Add(("coupled, barycentric", (u, contexts) => Coupled(places, anchors, u, law)));
            all.Add(("normal, quadratic in λ", (u, contexts) => Polynomial(law, places, anchors, u, contexts, stream)));
        }
        else
        {
            all.Add(("quadratic in x and λ, residuals", (u, contexts) => Polynomial(law, places, anchors, u, contexts, stream)));
            all.Add(("near rows in x and λ", (u, contexts) => Kernel(places, anchors, u, contexts, stream, law)));
        }

        return all;
    }

    private static int NearestOf(double[][] places, double[] u) => Enumerable.Range(0, places.Length).MinBy(k => Interpolant.Square(places[k], u));

    private static (int[] Near, double[] Weights) Barycentric(double[][] places, double[] u)
    {
        int[] near = [.. Enumerable.Range(0, places.Length).OrderBy(k => Interpolant.Square(places[k], u)).Take(u.Length + 1)];
        return (near, Interpolant.Barycentric([.. near.Select(k => places[k])], u));
    }

    private static int Pick(int[] near, double[] weights, double share)
    {
        for (var a = 0; a < near.Length; a++)
        {
            share -= weights[a];
            if (share < 0)
            {
                return near[a];
            }
        }

        return near[^1];
    }

    private static int CategoryOf(Contexts contexts, int i) => contexts.CategoryCount == 0 ? 0 : contexts.Categories[i];

    /// <summary>For each context a row of an anchor: of the same context or category, or one of the few nearest contexts.</summary>
    private static Matrix Taken(Samples[] anchors, Contexts contexts, Func<int, int> anchorOf, RandomStream stream, MethodLaw law) => Matrix.Create(contexts.Count, 2, (i, row) =>
    {
        var own = anchors[anchorOf(i)];
        int[] rows = [.. Enumerable.Range(0, own.Count).Where(r => CategoryOf(own.Contexts, r) == CategoryOf(contexts, i))];
        if (law.Conditions > 0)
        {
            var x = contexts.Conditions.Row(i).ToArray();
            rows = law.Asking is SpaceAsking.Answers ? [i] : [.. rows.OrderBy(r => Square(own.Conditions.Row(r), x)).Take(law.Asking == SpaceAsking.TenDraws ? 10 : 8)];
        }

        own.Outputs.Row(rows[stream.NextInt(rows.Length)]).CopyTo(row);
    });

    private static double Square(ReadOnlySpan<float> a, float[] b)
    {
        double sum = 0;
        for (var j = 0; j < a.Length; j++)
        {
            sum += (a[j] - b[j]) * (a[j] - b[j]);
        }

        return sum;
    }

    private static Matrix Summed(double[] weights, Samples[] anchors) => Matrix.Create(anchors[0].Count, 2, (i, row) =>
    {
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = (float)anchors.Select((own, k) => weights[k] * own.Outputs[i, j]).Sum();
        }
    });

    /// <summary>The nearest d + 1 anchors, each coupled with the nearest by exact transport within its category, weighed by b.</summary>
    private static Matrix Coupled(double[][] places, Samples[] anchors, double[] u, MethodLaw law)
    {
        var (near, weights) = Barycentric(places, u);
        var root = anchors[near[0]];
        var values = new double[root.Count, 2];
        for (var c = 0; c < Math.Max(1, law.Categories); c++)
        {
            int[] rows = [.. Enumerable.Range(0, root.Count).Where(i => CategoryOf(root.Contexts, i) == c)];
            var from = root.Outputs.SelectRows(rows);
            foreach (var (a, k) in near.Index())
            {
                var to = anchors[k].Outputs.SelectRows(rows);
                var assigned = OptimalTransport.Solve(rows.Length, rows.Length, GroundCost.SquaredEuclidean(from.Values, to.Values, 2)).Assignment;
                for (var i = 0; i < rows.Length; i++)
                {
                    values[rows[i], 0] += weights[a] * to[assigned[i], 0];
                    values[rows[i], 1] += weights[a] * to[assigned[i], 1];
                }
            }
        }

        return Matrix.Create(root.Count, 2, (i, row) => (row[0], row[1]) = ((float)values[i, 0], (float)values[i, 1]));
    }

    /// <summary>A quadratic polynomial of (x, u) by least squares in each category, with residuals of rows near in (x, u).</summary>
    private static Matrix Polynomial(MethodLaw law, double[][] places, Samples[] anchors, double[] u, Contexts contexts, RandomStream stream)
    {
        var values = new Matrix[Math.Max(1, law.Categories)];
        var predictions = Enumerable.Range(0, Math.Max(1, law.Categories)).Select(c =>
        {
            (int K, int I)[] rows = [.. anchors.SelectMany((own, k) => Enumerable.Range(0, own.Count).Where(i => CategoryOf(own.Contexts, i) == c).Select(i => (k, i)))];
            double[][] inputs = [.. rows.Select(r => (double[])[.. anchors[r.K].Conditions.Row(r.I).ToArray().Select(v => (double)v), .. places[r.K]])];
            double[][] features = Array.ConvertAll(inputs, Features);
            double[][] solved = [.. Enumerable.Range(0, 2).Select(j => Solve(features, [.. rows.Select(r => (double)anchors[r.K].Outputs[r.I, j])]))];
            return (rows, inputs, features, solved);
        }).ToArray();
        return Matrix.Create(contexts.Count, 2, (i, row) =>
        {
            var (rows, inputs, features, solved) = predictions[CategoryOf(contexts, i)];
            double[] at = [.. contexts.Conditions.Row(i).ToArray().Select(v => (double)v), .. u];
            var feature = Features(at);
            var near = Nearest(inputs, at, Near * 3);
            var taken = near[stream.NextInt(near.Length)];
            for (var j = 0; j < 2; j++)
            {
                var residual = anchors[rows[taken].K].Outputs[rows[taken].I, j] - CholeskyFactor.Dot(features[taken], solved[j]);
                row[j] = (float)(CholeskyFactor.Dot(feature, solved[j]) + residual);
            }
        });
    }

    /// <summary>A row of any anchor, near in (x, u).</summary>
    private static Matrix Kernel(double[][] places, Samples[] anchors, double[] u, Contexts contexts, RandomStream stream, MethodLaw law)
    {
        (int K, int I)[] rows = [.. anchors.SelectMany((own, k) => Enumerable.Range(0, own.Count).Select(i => (k, i)))];
        double[][] inputs = [.. rows.Select(r => (double[])[.. anchors[r.K].Conditions.Row(r.I).ToArray().Select(v => (double)v), .. places[r.K], 10 * CategoryOf(anchors[r.K].Contexts, r.I)])];
        return Matrix.Create(contexts.Count, 2, (i, row) =>
        {
            double[] at = [.. contexts.Conditions.Row(i).ToArray().Select(v => (double)v), .. u, 10 * CategoryOf(contexts, i)];
            var near = Nearest(inputs, at, Near);
            var taken = rows[near[stream.NextInt(near.Length)]];
            anchors[taken.K].Outputs.Row(taken.I).CopyTo(row);
        });
    }

    private static int[] Nearest(double[][] inputs, double[] at, int most)
    {
        var squares = Array.ConvertAll(inputs, input => Interpolant.Square(input, at));
        int[] order = [.. Enumerable.Range(0, inputs.Length)];
        Array.Sort(squares, order);
        return order[..Math.Min(most, order.Length)];
    }

    private static double[] Features(double[] z)
    {
        var features = new List<double> { 1 };
        features.AddRange(z);
        for (var a = 0; a < z.Length; a++)
        {
            for (var b = 0; b <= a; b++)
            {
                features.Add(z[a] * z[b]);
            }
        }

        return [.. features];
    }

    private static double[] Solve(double[][] features, double[] targets)
    {
        var p = features[0].Length;
        var normal = new double[p * p];
        var right = new double[p];
        for (var i = 0; i < features.Length; i++)
        {
            CholeskyFactor.Add(targets[i], features[i], right);
            for (var a = 0; a < p; a++)
            {
                CholeskyFactor.Add(features[i][a], features[i], normal.AsSpan(a * p, p));
            }
        }

        for (var a = 0; a < p; a++)
        {
            normal[a * p + a] += 1e-4 * features.Length;
        }

        var factor = CholeskyFactor.Of(normal, p);
        factor.SolveLower(right, right);
        factor.SolveUpper(right, right);
        return right;
    }
}

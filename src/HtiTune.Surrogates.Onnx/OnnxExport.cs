using HtiTune.Data;
using HtiTune.Surrogates.Onnx;

namespace HtiTune.Surrogates;

/// <summary>Writes surrogates as ONNX models (opset 17), to be served from other languages.</summary>
public static class OnnxExport
{
    /// <summary>Writes what <see cref="TrajectorySurrogate.Transport"/> does with rows of one anchor.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="path">The file; a temporary name first, then renamed.</param>
    /// <param name="from">The anchor's λ that rows come from.</param>
    /// <remarks>
    /// Inputs: <c>outputs</c> float [n, D]; <c>conditions</c> float [n, C] where there are any; <c>category</c> int64 [n] where there are
    /// categories; <c>lambda</c> double [1], or [n] for a λ of its own for each row. Output: <c>moved</c> float [n, D], NaN where λ lies outside the
    /// anchors' range. Stored outputs are not part of it: it moves rows that it is given.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="from"/> is no anchor.</exception>
    /// <exception cref="NotSupportedException">A baseline other than NLOT, a mixture, a surrogate without maps, or a scale given as functions.</exception>
    public static void ExportOnnx(this TrajectorySurrogate surrogate, string path, double from)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => surrogate.ExportOnnx(stream, from));
    }

    /// <summary>The same to a stream.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="stream">Takes the model's bytes; stays open.</param>
    /// <param name="from">The anchor's λ that rows come from.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="from"/> is no anchor.</exception>
    /// <exception cref="NotSupportedException">A baseline other than NLOT, a mixture, a surrogate without maps, or a scale given as functions.</exception>
    public static void ExportOnnx(this TrajectorySurrogate surrogate, Stream stream, double from)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(OnnxSurrogate.Write(surrogate.State, surrogate.IndexOf(from)));
    }

    /// <summary>Writes what <see cref="TrajectorySurrogate.Sample(double, Contexts)"/> does in the stored contexts.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="path">The file; a temporary name first, then renamed.</param>
    /// <remarks>
    /// Input: <c>lambda</c> double [1], or [n] for a λ of its own for each row. Output: <c>outputs</c> float [n, D], of the n stored contexts, which are part of the model with their
    /// outputs; NaN where λ lies outside the anchors' range.
    /// </remarks>
    /// <exception cref="NotSupportedException">A baseline other than NLOT and the mixture, or a scale given as functions.</exception>
    public static void ExportOnnx(this TrajectorySurrogate surrogate, string path)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => surrogate.ExportOnnx(stream));
    }

    /// <summary>The same to a stream.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="stream">Takes the model's bytes; stays open.</param>
    /// <exception cref="NotSupportedException">A baseline other than NLOT and the mixture, or a scale given as functions.</exception>
    public static void ExportOnnx(this TrajectorySurrogate surrogate, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(OnnxSurrogate.Write(surrogate.State, null));
    }

    /// <summary>Writes what <see cref="KrigedSurrogate.Transport"/> does with rows of one anchor.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="path">The file; a temporary name first, then renamed.</param>
    /// <param name="from">The anchor's λ that rows come from.</param>
    /// <remarks>
    /// Inputs and output as those of a <see cref="TrajectorySurrogate"/>, but λ may lie anywhere in the hyperparameter's range, and what is moved is of the
    /// outputs' kind. Draws without continuous conditions move as the nearest stored row of their category, which is part of the model then.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="from"/> is no anchor.</exception>
    /// <exception cref="NotSupportedException">Rows are carried by affine maps or levels, a surrogate of outputs under conditions has no maps, or a scale is given as functions.</exception>
    public static void ExportOnnx(this KrigedSurrogate surrogate, string path, double from)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => surrogate.ExportOnnx(stream, from));
    }

    /// <summary>The same to a stream.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="stream">Takes the model's bytes; stays open.</param>
    /// <param name="from">The anchor's λ that rows come from.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="from"/> is no anchor.</exception>
    /// <exception cref="NotSupportedException">Rows are carried by affine maps or levels, a surrogate of outputs under conditions has no maps, or a scale is given as functions.</exception>
    public static void ExportOnnx(this KrigedSurrogate surrogate, Stream stream, double from)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(OnnxKriging.Write(surrogate, surrogate.Carrier.IndexOf(from)));
    }

    /// <summary>Writes what <see cref="KrigedSurrogate.Sample(double, Contexts)"/> does in the stored contexts.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="path">The file; a temporary name first, then renamed.</param>
    /// <remarks>
    /// Input: <c>lambda</c> double [1], or [n] for a λ of its own for each row. Output: <c>outputs</c> float [n, D], of the n stored contexts, which are part of the model with their
    /// outputs; NaN where λ lies outside the hyperparameter's range.
    /// </remarks>
    /// <exception cref="NotSupportedException">A scale is given as functions.</exception>
    public static void ExportOnnx(this KrigedSurrogate surrogate, string path)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => surrogate.ExportOnnx(stream));
    }

    /// <summary>The same to a stream.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="stream">Takes the model's bytes; stays open.</param>
    /// <exception cref="NotSupportedException">A scale is given as functions.</exception>
    public static void ExportOnnx(this KrigedSurrogate surrogate, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(OnnxKriging.Write(surrogate, null));
    }

    /// <summary>Writes what <see cref="SpaceSurrogate.Sample"/> does.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="path">The file; a temporary name first, then renamed.</param>
    /// <remarks>
    /// Inputs: one for each hyperparameter, by its name: double [1] for a number, int64 [1] for a word, which is its place among the choices from 0, or [n] for a
    /// configuration of its own for each row; NaN or −1 where it is not active. Where the surrogate has a network of contexts, <c>conditions</c> float [n, C], and
    /// <c>category</c> int64 [n] where there are categories; else rows are those of the stored contexts, which are part of the model. Output: <c>outputs</c> float
    /// [n, D], NaN outside the space.
    /// </remarks>
    /// <exception cref="NotSupportedException">A scale is given as functions, or a hyperparameter is called as another input is.</exception>
    public static void ExportOnnx(this SpaceSurrogate surrogate, string path)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => surrogate.ExportOnnx(stream));
    }

    /// <summary>The same to a stream.</summary>
    /// <param name="surrogate">The surrogate.</param>
    /// <param name="stream">Takes the model's bytes; stays open.</param>
    /// <exception cref="NotSupportedException">A scale is given as functions, or a hyperparameter is called as another input is.</exception>
    public static void ExportOnnx(this SpaceSurrogate surrogate, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(surrogate);
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(OnnxSpace.Write(surrogate));
    }
}

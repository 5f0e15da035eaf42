using HtiTune.Data;
using HtiTune.Surrogates.Onnx;

namespace HtiTune.Surrogates;

public sealed partial class TrajectorySurrogate
{
    /// <summary>
    /// Writes what <see cref="Transport"/> does with rows of one anchor as an ONNX model (opset 17), to be served from other languages.
    /// </summary>
    /// <param name="path">The file; a temporary name first, then renamed.</param>
    /// <param name="from">The anchor's λ that rows come from.</param>
    /// <remarks>
    /// Inputs: <c>outputs</c> float [n, D]; <c>conditions</c> float [n, C] where there are any; <c>category</c> int64 [n] where there are
    /// categories; <c>lambda</c> double [1], or [n] for a λ of its own for each row. Output: <c>moved</c> float [n, D], NaN where λ lies outside the
    /// anchors' range. Stored outputs are not part of it: it moves rows that it is given.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="from"/> is no anchor.</exception>
    /// <exception cref="NotSupportedException">A baseline other than NLOT, a surrogate without maps, or a scale given as functions.</exception>
    public void ExportOnnx(string path, double from)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = OnnxSurrogate.Write(_state, IndexOf(from));
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }
}

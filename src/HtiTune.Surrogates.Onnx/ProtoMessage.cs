using Google.Protobuf;

namespace HtiTune.Surrogates.Onnx;

/// <summary>A protobuf message as it is written: fields by their numbers, in the order they are added.</summary>
internal sealed class ProtoMessage : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly CodedOutputStream _output;

    internal ProtoMessage() => _output = new CodedOutputStream(_bytes, leaveOpen: true);

    internal ProtoMessage Add(int field, string text)
    {
        _output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _output.WriteString(text);
        return this;
    }

    internal ProtoMessage Add(int field, long number)
    {
        _output.WriteTag(field, WireFormat.WireType.Varint);
        _output.WriteInt64(number);
        return this;
    }

    internal ProtoMessage Add(int field, byte[] bytes)
    {
        _output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        _output.WriteBytes(UnsafeByteOperations.UnsafeWrap(bytes));
        return this;
    }

    /// <summary>Adds a message within this one, and disposes it.</summary>
    internal ProtoMessage Add(int field, ProtoMessage message)
    {
        using (message)
        {
            return Add(field, message.ToBytes());
        }
    }

    internal byte[] ToBytes()
    {
        _output.Flush();
        return _bytes.ToArray();
    }

    public void Dispose()
    {
        _output.Dispose();
        _bytes.Dispose();
    }
}

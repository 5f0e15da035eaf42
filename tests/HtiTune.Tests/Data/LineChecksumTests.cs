using System.Text;
using System.Text.Json;
using HtiTune.Data;

namespace HtiTune.Tests.Data;

/// <summary>Checksums that objects of JSON end with.</summary>
public sealed class LineChecksumTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("{\"a\":1}")]
    [InlineData("{\"a\":\"\\\"checksum\\\":\\\"0123456789abcdef\\\"\"}")]
    [InlineData("{\"a\":{\"checksum\":\"0123456789abcdef\"}}")]
    public void What_has_one_is_parted_from_it_and_stays_an_object(string json)
    {
        // The first 8 bytes of SHA-256, as sha256sum prints it of no bytes.
        Assert.Equal("e3b0c44298fc1c14", LineChecksum.Of([]));
        var checksum = LineChecksum.Of(Encoding.UTF8.GetBytes(json));
        var with = LineChecksum.With(json, checksum);
        using var document = JsonDocument.Parse(with);
        Assert.Equal(checksum, document.RootElement.GetProperty("checksum").GetString());
        Assert.Equal((json, checksum), LineChecksum.Split(with));
        Assert.Equal((json, (string?)null), LineChecksum.Split(json));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x\"checksum\":\"0123456789abcdef\"}")]
    [InlineData("{\"a\":1,\"checksum\":\"0123456789abcdef\" }")]
    [InlineData("{\"a\":1,\"check\":\"0123456789abcdef\"}")]
    public void What_only_looks_so_has_none(string json) => Assert.Equal((json, (string?)null), LineChecksum.Split(json));
}

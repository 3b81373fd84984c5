using ActorLoad.Transport.Tls;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Tls;

/// <summary>The kind of a handshake by the server's bytes. Those of a real server are in LaneTlsSpecs.</summary>
public sealed class ServerHelloSpecs
{
    private static readonly byte[] _retry = Convert.FromHexString("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C");
    private static readonly byte[] _random = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];
    private static readonly byte[] _changeCipherSpec = [20, 3, 3, 0, 1, 1];
    private static readonly byte[] _certificate = Record(22, [11, 0, 0, 1, 0]);
    private static readonly byte[] _ticket = Record(22, [4, 0, 0, 1, 0]);

    public static TheoryData<string, byte[], string> Answers => new()
    {
        { "1.3", Hello(_random, (43, [3, 4]), (51, [0, 29])), "Full" },
        { "1.3 with a session", Hello(_random, (43, [3, 4]), (41, [0, 0])), "Resumed" },
        { "1.2 with a certificate", [.. Hello(_random), .. _certificate], "Full" },
        { "1.2 with a session", [.. Hello(_random), .. _changeCipherSpec], "Resumed" },
        { "1.2 with a session and a new ticket", [.. Hello(_random), .. _ticket], "Resumed" },
        { "1.2 before more", Hello(_random), "Unknown" },
        { "a retry", [.. Hello(_retry, (43, [3, 4])), .. _changeCipherSpec], "Unknown" },
        { "a session after a retry", [.. Hello(_retry, (43, [3, 4])), .. _changeCipherSpec, .. Hello(_random, (43, [3, 4]), (41, [0, 0]))], "Resumed" },
        { "an alert", [21, 3, 3, 0, 2, 2, 70], "Unknown" },
        { "a message that is no hello", Record(22, [9, 0, 0, 1, 0]), "Full" },
        { "a hello without extensions", Record(22, [2, 0, 0, 38, 3, 3, .. _random, 0, 19, 1, 0]), "Unknown" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Kind_of_a_handshake_follows_from_the_first_messages(string what, byte[] bytes, string kind)
    {
        Assert.True(kind == $"{ServerHello.Read(bytes)}", what);
        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Contains(
            $"{ServerHello.Read(bytes.AsSpan(0, length))}", new[] { "Unknown", kind }));
    }

    [Property]
    public void Any_bytes_are_read(byte[] bytes, byte first, byte second)
    {
        ServerHello.Read(bytes);
        ServerHello.Read(Record(22, [2, 0, first, second, .. bytes]));
        ServerHello.Read(Record(22, [2, 0, 0, (byte)(bytes.Length + 34), 3, 3, .. _random, .. bytes]));
    }

    [Theory]
    [InlineData('-', false)]
    [InlineData('H', false)]
    [InlineData(21, true)]
    [InlineData(22, true)]
    public void Record_of_TLS_is_known_by_its_first_byte(int first, bool isTls) => Assert.Equal(isTls, ServerHello.IsRecord((byte)first));

    private static byte[] Hello(byte[] random, params (byte Type, byte[] Content)[] extensions)
    {
        byte[] listed = [.. extensions.SelectMany(each => (byte[])[0, each.Type, 0, (byte)each.Content.Length, .. each.Content])];
        byte[] body = [3, 3, .. random, 0, 19, 1, 0, 0, (byte)listed.Length, .. listed];
        return Record(22, [2, 0, 0, (byte)body.Length, .. body]);
    }

    private static byte[] Record(byte type, byte[] content) => [type, 3, 3, (byte)(content.Length >> 8), (byte)content.Length, .. content];
}

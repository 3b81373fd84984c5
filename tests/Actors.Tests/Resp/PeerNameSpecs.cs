using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Resp;

public sealed class PeerNameSpecs
{
    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n", "HTTP", "HTTP/1.1 400 Bad Request")]
    [InlineData("<html><head><title>400</title>\r\n", "HTTP", "<html><head><title>400</title>")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "SSH", "SSH-2.0-OpenSSH_9.2p1 Debian-2")]
    [InlineData("\u0015\u0003\u0001\0\u0002\u0002F", "TLS", "0x15030100020246")]
    [InlineData("ERROR\r\nERROR\r\nERROR\r\n", "memcached", "ERROR")]
    [InlineData("CLIENT_ERROR line too long\r\n", "memcached", "CLIENT_ERROR line too long")]
    [InlineData("220 mx.example.org ESMTP Postfix\r\n", "SMTP", "220 mx.example.org ESMTP Postfix")]
    [InlineData("220 (vsFTPd 3.0.3)\r\n", "FTP", "220 (vsFTPd 3.0.3)")]
    [InlineData("220-Welcome\r\n", "SMTP or FTP", "220-Welcome")]
    [InlineData("* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n", "IMAP", "* OK [CAPABILITY IMAP4rev1] Dovecot read")]
    [InlineData("J\0\0\0\u000a8.0.36-0ubuntu0\0", "MySQL", "0x4a0000000a382e30")]
    [InlineData("E\0\0\0\u0080SFATAL\0VFATAL\0", "PostgreSQL", "0x45000000")]
    [InlineData("\0\0\u0012\u0004\0\0\0\0\0\0\u0003", "HTTP", "0x0000120400000000")]
    [InlineData("hello there\r\n", "", "hello there")]
    [InlineData("\u001b[31m\r\n", "", "0x1b5b33316d0d0a")]
    public void A_peer_is_known_by_its_first_words(string said, string name, string words)
    {
        var reply = PeerName.Describe(Encoding.Latin1.GetBytes(said), ServerWords.WithoutSecrets);
        Assert.Equal(name, reply.Peer);
        Assert.StartsWith(words, reply.Words, StringComparison.Ordinal);
        Assert.True(reply.Words.Length <= StrangeReply.LongestWords);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("ERROR\r\n")]
    [InlineData("220 mx ESMTP\r\n")]
    [InlineData("* OK IMAP4rev1\r\n")]
    [InlineData("\u0015\u0003\u0001\0\u0002\u0002F")]
    public void Peer_is_known_however_its_words_are_split(string said)
    {
        var bytes = Encoding.Latin1.GetBytes(said);
        for (var size = 1; size < bytes.Length; size++)
        {
            var (scanner, state) = (default(ReplyScanner), ReplyState.Incomplete);
            for (var at = 0; at < bytes.Length && state == ReplyState.Incomplete; at += size)
            {
                state = scanner.Read(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)), ServerWords.WithoutSecrets, out _);
            }

            Assert.Equal(ReplyState.Invalid, state);
            Assert.Equal(PeerName.Of(bytes), PeerName.Of(scanner.Strange));
        }
    }

    [Fact]
    public void Secret_is_not_in_a_peers_first_words()
    {
        var words = new ServerWords("hunter2secret");
        Assert.DoesNotContain("hunter", PeerName.Describe("you said hunter2secret\r\n"u8, words).Words, StringComparison.Ordinal);
        Assert.DoesNotContain("hunt", PeerName.Describe("you said hunt"u8, words).Words, StringComparison.Ordinal);
        Assert.DoesNotContain("68756e74", PeerName.Describe("hunter2secret\0"u8, words).Words, StringComparison.OrdinalIgnoreCase);
    }
}

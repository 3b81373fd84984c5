using ActorLoad.Diagnosis;
using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

public class WrongProtocolSpecs
{
    private const string Here = "127.0.0.1:6379";

    [Fact]
    public void A_peer_that_does_not_speak_RESP_is_named_by_its_first_words()
    {
        var finding = Find(new StrangeReplies(Here, new StrangeReply("HTTP", "HTTP/1.1 400 Bad Request"), 40));

        Assert.Equal("40 attempts of 5,000 got something else than a reply: 127.0.0.1:6379 speaks HTTP (\"HTTP/1.1 400 Bad Request\")", finding.Sentence);
        Assert.Equal((Severity.Error, 40), (finding.Severity, finding.Explains));
        Assert.Equal(("target.endpoints", Here), (Assert.Single(finding.Remedies).Key, finding.Remedies[0].Present));
    }

    [Fact]
    public void Remedy_for_a_TLS_port_is_a_port_without_TLS() =>
        Assert.Equal("a port without TLS, or target.tls.enabled = on", Assert.Single(Find(new StrangeReplies(Here, new StrangeReply("TLS", "0x15030100020246"), 40)).Remedies).Proposed);

    [Fact]
    public void An_unknown_peer_is_quoted() => Assert.EndsWith(
        ": 127.0.0.1:6379 speaks another protocol (\"0xdeadbeef\")", Find(new StrangeReplies(Here, new StrangeReply("", "0xdeadbeef"), 40)).Sentence, StringComparison.Ordinal);

    [Fact]
    public void Echo_is_reported_as_an_echo() =>
        Assert.EndsWith(": 127.0.0.1:6379 echoes: it sends back the commands that it is sent", Find(new StrangeReplies(Here, StrangeReply.Echo, 40)).Sentence, StringComparison.Ordinal);

    [Fact]
    public void Remedy_for_unrequested_replies_is_in_the_script()
    {
        var finding = Find(new StrangeReplies(Here, StrangeReply.Unasked, 40));

        Assert.EndsWith(": 127.0.0.1:6379 sent more replies than the script asks for", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(("connection.script", "replies = N, or expect = none"), (Assert.Single(finding.Remedies).Key, finding.Remedies[0].Proposed));
    }

    [Fact]
    public void Each_endpoint_has_its_own_words_and_count()
    {
        var finding = Find(
            new StrangeReplies("127.0.0.1:80", new StrangeReply("HTTP", "HTTP/1.1 400 Bad Request"), 10), new StrangeReplies("127.0.0.1:80", new StrangeReply("HTTP", "HTTP/1.1 503 Busy"), 2),
            new StrangeReplies("127.0.0.1:22", new StrangeReply("SSH", "SSH-2.0-x"), 28));

        Assert.EndsWith(
            ": 127.0.0.1:22 speaks SSH (\"SSH-2.0-x\") to 28; 127.0.0.1:80 speaks HTTP (\"HTTP/1.1 400 Bad Request\") to 12", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(2, finding.Remedies.Count);
    }

    private static Finding Find(params StrangeReplies[] said) => Assert.Single(
        Diagnostician.Of(Healthy.Evidence.Failing("protocol-error", 40).With(load => load with { StrangeReplies = said })), finding => finding.Rule == "wrong-protocol");
}

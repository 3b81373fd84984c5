using System.Collections.Immutable;
using ActorLoad.Diagnosis;
using ActorLoad.Observers.Server;
using Xunit;

namespace ActorLoad.Actors.Tests.Diagnosis;

public class ErrorRepliesSpecs
{
    [Theory]
    [InlineData("MOVED", "MOVED 12182 127.0.0.1:7002", "another node", "--target 127.0.0.1:7002")]
    [InlineData("ASK", "ASK 3999 [2001:db8::7]:6381", "slot is moving", "--target [2001:db8::7]:6381")]
    [InlineData("CLUSTERDOWN", "CLUSTERDOWN Hash slot not served", "does not serve", "cluster info")]
    [InlineData("READONLY", "READONLY You can't write against a read only replica.", "is a replica", "info replication")]
    [InlineData("MASTERDOWN", "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", "lost its primary", "info replication")]
    [InlineData("LOADING", "LOADING Redis is loading the dataset in memory", "has not read its data", "info persistence")]
    [InlineData("OOM", "OOM command not allowed when used memory > 'maxmemory'.", "maxmemory", "config set maxmemory")]
    [InlineData("NOREPLICAS", "NOREPLICAS Not enough good replicas to write.", "fewer replicas", "info replication")]
    [InlineData("BUSY", "BUSY Redis is busy running a script.", "keeps it busy", "script kill")]
    [InlineData("ERR Client sent AUTH, but no password is", "ERR Client sent AUTH, but no password is set", "has no password", "leave target.username")]
    public void Error_reply_is_diagnosed_with_its_words_and_a_remedy(string prefix, string words, string meaning, string command)
    {
        var finding = Found(Healthy.Evidence.Rejecting(prefix, 5_000), prefix, words);

        Assert.Equal(("error-replies", Severity.Error, 5_000), (finding.Rule, finding.Severity, finding.Explains));
        Assert.Contains($"\"{words}\"", finding.Sentence, StringComparison.Ordinal);
        Assert.Contains(meaning, finding.Sentence, StringComparison.Ordinal);
        Assert.Contains(finding.Remedies, remedy => remedy.Command.Contains(command, StringComparison.Ordinal));
    }

    [Fact]
    public void Failed_save_is_diagnosed_even_with_the_right_overcommit_setting()
    {
        var evidence = Healthy.Evidence.Rejecting("MISCONF", 5_000).With((ServerLedger server) => server with { OvercommitMemory = "1" });

        Assert.Contains("could not save", Found(evidence, "MISCONF", "MISCONF Redis is configured to save RDB snapshots").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_error_words_are_quoted_unchanged()
    {
        var finding = Found(Healthy.Evidence.Rejecting("ERR upstream melted", 5_000), "ERR upstream melted", "ERR upstream melted at noon");

        Assert.Equal("5,000 attempts of 5,000 got an error instead of a reply: 5,000 times (\"ERR upstream melted at noon\")", finding.Sentence);
    }

    [Fact]
    public void Proxy_that_reaches_no_server_is_reported_as_a_proxy()
    {
        var finding = Found(Healthy.Evidence.Rejecting("ERR Connection refused", 5_000), "ERR Connection refused", "ERR Connection refused");

        Assert.Contains("a proxy answers, but does not reach the server behind it", finding.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NOPERM User storm has no permissions to run the 'get' command", "'get'", "acl setuser default +get")]
    [InlineData("NOPERM this user has no permissions to run the 'config|get' command", "'config|get'", "acl setuser default +config|get")]
    [InlineData("NOPERM No permissions to access a key", "a key", "acl setuser default '~*'")]
    [InlineData("NOPERM this user has no permissions to access one of the keys used as arguments", "a key", "acl setuser default '~*'")]
    [InlineData("NOPERM No permissions to access a channel", "a channel", "acl setuser default '&*'")]
    [InlineData("NOPERM not today", "a command, key or channel", "acl log")]
    public void ACL_remedy_allows_exactly_the_forbidden_command(string words, string what, string command)
    {
        var evidence = Healthy.Evidence.Rejecting("NOPERM", 20).With(load => load with { Endpoints = ["127.0.0.1:6379"] });

        var finding = Found(evidence, "NOPERM", words);

        Assert.Equal("access-denied", finding.Rule);
        Assert.Contains(what, finding.Sentence, StringComparison.Ordinal);
        Assert.Equal([$"redis-cli -p 6379 {command}"], finding.Remedies.Select(remedy => remedy.Command));
    }

    private static Finding Found(Evidence evidence, string prefix, string words) => Diagnostician.Of(evidence.With(load => load with
    {
        Endpoints = ["127.0.0.1:6379"],
        Said = ImmutableDictionary<string, ImmutableArray<string>>.Empty.Add(prefix, [words]),
    }))[0];
}

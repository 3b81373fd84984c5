using System.Collections.Immutable;
using ActorLoad.Connections;
using ActorLoad.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

public sealed class SessionSpecs
{
    private static readonly SetupSettings Nothing = SetupSettings.None;

    [Theory]
    [InlineData(2, "", "", "", 0, "")]
    [InlineData(2, "", "hunter2", "", 0, "AUTH hunter2")]
    [InlineData(2, "me", "hunter2", "web-{client}", 3, "AUTH me hunter2 | CLIENT SETNAME web-42 | SELECT 3")]
    [InlineData(2, "", "", "web", 0, "CLIENT SETNAME web")]
    [InlineData(2, "", "{client} \"x\" ", "", 0, "AUTH {client} \"x\" ")]
    [InlineData(3, "", "", "", 0, "HELLO 3")]
    [InlineData(3, "", "hunter2", "", 0, "HELLO 3 AUTH default hunter2")]
    [InlineData(3, "me", "{burst}", "web-{burst}", 15, "HELLO 3 AUTH me {burst} SETNAME web-7 | SELECT 15")]
    [InlineData(3, "", "", "web", 0, "HELLO 3 SETNAME web")]
    public void Setup_is_one_send_in_the_words_of_real_clients(int resp, string user, string password, string name, int select, string sent)
    {
        var setup = Of(new SetupSettings(resp, name, select, [], []), new Credentials(user, password)).Setup.First;

        Assert.Equal(sent, string.Join(" / ", Enumerable.Range(0, setup.Parts).SelectMany(setup.Part).Select(exchange => Sent.Line(exchange, new Sender(7, 42)))));
    }

    [Fact]
    public void Commands_follow_and_those_of_a_reconnect_come_last()
    {
        var session = Of(Nothing with { Select = 1, Commands = Lines("CLIENT NO-EVICT on"), OnlyAfterReconnect = Lines("CLIENT TRACKING on", "GET x{client}") });

        Assert.Equal("SELECT 1 | CLIENT NO-EVICT on", Sent.Line(session.Setup.Step(0)));
        Assert.Equal("SELECT 1 | CLIENT NO-EVICT on | CLIENT TRACKING on | GET x0", Sent.Line(session.AfterReconnect.Setup.Step(0)));
        Assert.Same(session.AfterReconnect, session.AfterReconnect.AfterReconnect);
    }

    [Fact]
    public void Session_without_reconnect_commands_is_the_same_after_a_reconnect()
    {
        var session = Of(Nothing);
        Assert.Same(session, session.AfterReconnect);
    }

    [Fact]
    public void Setup_decides_how_often_the_script_is_answered()
    {
        var settings = Given.Connection("SUBSCRIBE a", "PING");
        Assert.True(Session.Of(Credentials.None, settings).Script.Step(1).Expected(0).IsSubscriber);
        Assert.False(Session.Of(Credentials.None, settings with { Setup = Nothing with { Resp = 3 } }).Script.Step(1).Expected(0).IsSubscriber);
        var silent = settings with { Setup = Nothing with { Commands = Lines("PING", "CLIENT REPLY OFF") } };
        Assert.False(Session.Of(Credentials.None, silent).Script.Step(0).AwaitsReply);
    }

    [Fact]
    public void Session_that_cannot_be_carried_out_says_why()
    {
        Assert.Equal("", Of(Nothing with { Commands = Lines("CLIENT REPLY SKIP", "SET a 1", "PING") }).Problem());
        Assert.Contains("no command of the setup has a reply", Of(Nothing with { Commands = Lines("CLIENT REPLY OFF") }).Problem(), StringComparison.Ordinal);
        var idle = Given.Connection("CLIENT REPLY OFF") with { PingEvery = Given.Briefly };
        Assert.False(Session.Of(Credentials.None, idle).Ping!.AwaitsReply);
    }

    private static Session Of(SetupSettings setup, Credentials? credentials = null) => Session.Of(credentials ?? Credentials.None, Given.Connection("PING") with { Setup = setup });

    private static ImmutableArray<ScriptLine> Lines(params string[] commands) => [.. commands.Select(command => new ScriptLine(command))];
}

using System.Text.Json;
using ActorLoad.Actors.Tests.Doctor;
using ActorLoad.Actors.Tests.Observers.Server;
using ActorLoad.Doctor;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;
using ActorLoad.Peers;
using ActorLoad.Peers.Faults;
using ActorLoad.Resp;
using Xunit;
using static ActorLoad.Observers.ObserverProtocol;

namespace ActorLoad.Actors.Tests.Observers.Hostile;

/// <summary>Whatever a server answers, doctor and observer come to an end, and what they show is safe to show.</summary>
public sealed class HostileServerSpecs : ServerObserverKit
{
    private static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Doctor_reports_what_it_has_not_seen_for_any_server_answer()
    {
        await Parallel.ForEachAsync(MalformedInputs.Seeds(usually: 150), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (seed, _) =>
        {
            await using var peer = Peer(seed);
            var seen = await ServerProbe.AskAsync(peer.EndPoint, new Credentials("me", HostileAnswers.Secret), Briefly, TimeProvider.System, CancellationToken.None).WaitAsync(Patience, CancellationToken.None);
            var report = DoctorReport.Of([peer.Target], [peer.Target], Storms.Needs, Storms.Full(Storms.Needs, Storms.Machine, seen)).ToJson();
            ExpectSafe(report, seed);
            Assert.True(seen.Reading is not null || seen.Problem is not null, $"seed {seed}: {seen}");
            Assert.True(seen.MaxClients is null or >= 0 && seen.TcpBacklog is null or >= 0 && seen.Others >= 0, $"seed {seed}: {seen}");
        });
    }

    [Fact]
    public async Task Observer_ends_whatever_a_server_answers()
    {
        foreach (var seed in MalformedInputs.Seeds(usually: 25))
        {
            await using var peer = Peer(seed);
            var settings = new ServerObserverSettings(Often, Briefly) { Words = new ServerWords(HostileAnswers.Secret) };
            var observer = Parent.ChildActorOf(ServerObserver.Props(2, peer.EndPoint, new Credentials("", HostileAnswers.Secret), settings, TimeProvider.System));
            await Parent.ExpectMsgAsync<ObserverReady>(Patience);
            observer.Tell(StormBegins.Instance, Parent);
            observer.Tell(StormEnded.Instance, Parent);
            var observed = await Parent.FishForMessageAsync<ServerObserved>(_ => true, Patience);
            ExpectSafe(JsonSerializer.Serialize(observed.Ledger) + JsonSerializer.Serialize(observed.Unseen), seed);
            Assert.True(observed.Ledger is not null || observed.Unseen.Count > 0, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("*1000000000\r\n", "4096 values")]
    [InlineData("%2147483647\r\n", "4096 values")]
    [InlineData("*-7\r\n", "not RESP")]
    [InlineData("$2147483647\r\n", "4 MB")]
    [InlineData("$abc\r\n", "not RESP")]
    [InlineData("$99999999999999999999\r\n", "not RESP")]
    public async Task Answer_announced_as_huge_is_not_awaited(string info, string told)
    {
        await using var peer = Answering(info);
        var seen = await ServerProbe.AskAsync(peer.EndPoint, Credentials.None, Patience, TimeProvider.System, CancellationToken.None);
        Assert.Contains(told, seen.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endlessly_nested_lists_are_not_followed()
    {
        await using var peer = Answering(string.Concat(Enumerable.Repeat("*1\r\n", 500_000)));
        var seen = await ServerProbe.AskAsync(peer.EndPoint, Credentials.None, Patience, TimeProvider.System, CancellationToken.None);
        Assert.Contains("nested more than 8 deep", seen.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*2\r\n$10\r\nmaxclients\r\n$5\r\n10000\r\n", null, 10_000)]
    [InlineData("*4\r\n$11\r\ntcp-backlog\r\n$3\r\n511\r\n$4\r\nsave\r\n$0\r\n\r\n", 511, 10_000)]
    [InlineData("*4\r\n$11\r\ntcp-backlog\r\n$3\r\n511\r\n$11\r\ntcp-backlog\r\n$2\r\n64\r\n", null, 10_000)]
    [InlineData("*2\r\n$11\r\ntcp-backlog\r\n$2\r\n-5\r\n", null, 10_000)]
    [InlineData("+OK\r\n", null, 10_000)]
    [InlineData("*-1\r\n", null, 10_000)]
    [InlineData("$-1\r\n", null, 10_000)]
    [InlineData("*2\r\n$11\r\ntcp-backlog\r\n*1\r\n$3\r\n511\r\n", null, 10_000)]
    public async Task Identical_answers_to_every_CONFIG_GET_tell_only_the_requested_value(string answer, int? backlog, int? maxClients)
    {
        await using var peer = Answering($"${InfoTexts.Redis.Length}\r\n{InfoTexts.Redis}\r\n", answer);
        var seen = await ServerProbe.AskAsync(peer.EndPoint, Credentials.None, Patience, TimeProvider.System, CancellationToken.None);
        Assert.Equal(((long?)backlog, (long?)maxClients, null), (seen.TcpBacklog, seen.MaxClients, seen.Problem));
        Assert.NotEmpty(Storms.Full(Storms.Needs, Storms.Machine, seen));
    }

    [Theory]
    [InlineData("redis_version:hunter2secret\r\n", "redis ***")]
    [InlineData("redis_version:\u001b]0;owned\u0007\r\n", "redis \\u001b]0;owned\\u0007")]
    public async Task Version_is_shown_without_secrets_and_escapes(string info, string shown)
    {
        await using var peer = Answering($"${info.Length}\r\n{info}\r\n");
        var seen = await ServerProbe.AskAsync(peer.EndPoint, new Credentials("", HostileAnswers.Secret), Patience, TimeProvider.System, CancellationToken.None);
        Assert.Equal(shown, Storms.Full(Storms.Needs, Storms.Machine, seen).Named("target").Present);
    }

    [Theory]
    [InlineData("-hunter2secret\r\n")]
    [InlineData("-ERR unknown command 'PING', with args beginning with: 'hunter2secret' \u001b[31m\r\n")]
    [InlineData("-WRONGPASS no hunter2secret\r\n")]
    [InlineData("hunter2secret\r\n")]
    [InlineData("$13\r\nhunter2secret\r\n")]
    public async Task Complaint_is_shown_without_secrets_and_escapes(string greeting)
    {
        await using var peer = FaultPeer.Scripted(async (connection, stop) =>
        {
            while (await connection.ReadCommandAsync(stop) is not null)
            {
                await connection.SendAsync(greeting, stop);
            }
        });
        var seen = await ServerProbe.AskAsync(peer.EndPoint, new Credentials("", HostileAnswers.Secret), Briefly * 5, TimeProvider.System, CancellationToken.None);
        Assert.NotNull(seen.Problem);
        ExpectSafe(seen.Problem, 0);
    }

    private static FaultPeer Peer(int seed) => FaultPeer.Scripted(async (connection, stop) =>
    {
        var answers = new HostileAnswers((seed * 31) + (int)connection.Number);
        while (await connection.ReadCommandAsync(stop) is { } command)
        {
            var (pieces, hangsUp) = answers.To(command);
            foreach (var piece in pieces)
            {
                await connection.SendAsync(piece, stop);
            }

            if (hangsUp)
            {
                await connection.FinishAsync(stop);
                return;
            }
        }
    });

    /// <summary>A peer that is healthy but for INFO and CONFIG.</summary>
    private static FaultPeer Answering(string info, string configuration = "*0\r\n") => FaultPeer.Scripted(async (connection, stop) =>
    {
        while (await connection.ReadCommandAsync(stop) is { } command)
        {
            await connection.SendAsync(command[0] switch { "INFO" => info, "CONFIG" => configuration, _ => PeerConnection.ReplyTo(command) }, stop);
        }
    });

    private static void ExpectSafe(string shown, int seed)
    {
        Assert.True(!shown.Contains("hunte", StringComparison.OrdinalIgnoreCase), $"seed {seed}: {shown}");
        Assert.True(shown == ForeignText.ShownLines(shown), $"seed {seed}: {shown}");
    }
}

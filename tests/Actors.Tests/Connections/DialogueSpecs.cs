using System.Text;
using ActorLoad.Connections;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

/// <summary>Which of the values that come are replies. Each stream is cut at every byte, and comes byte by byte.</summary>
public sealed class DialogueSpecs
{
    private const string Push = ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nh\r\n";
    private const string Attribute = "|1\r\n+ttl\r\n*2\r\n:1\r\n$1\r\nx\r\n";
    private const string Message = "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$5\r\nhello\r\n";
    private const string PushedMessage = ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$5\r\nhello\r\n";
    private const string Line = "+1700000000.123456 [0 127.0.0.1:50000] \"PING\"\r\n";

    public static TheoryData<string, string> WithoutReply => new()
    {
        { "a push alone", Push },
        { "pushes", Push + Push },
        { "a push with an attribute", Attribute + Push },
        { "an attribute alone", Attribute },
        { "a long push", ">2\r\n$40\r\n0123456789012345678901234567890123456789\r\n$1\r\nx\r\n" },
        { "an empty push", ">0\r\n" },
    };

    public static TheoryData<string, string> WithReply => new()
    {
        { "a reply", "$3\r\nbar\r\n" },
        { "a push before it", Push + "$3\r\nbar\r\n" },
        { "a push behind it", "$3\r\nbar\r\n" + Push },
        { "pushes around it", Push + "$3\r\nbar\r\n" + Push + Push },
        { "an attribute before it", Attribute + "$3\r\nbar\r\n" },
        { "two attributes before it", Attribute + Attribute + ":1\r\n" },
        { "an attribute within it", "*3\r\n:1\r\n" + Attribute + ":2\r\n:3\r\n" },
        { "an attribute before its first item", "*2\r\n" + Attribute + ":2\r\n:3\r\n" },
        { "an attribute within a map", "%1\r\n" + Attribute + "+k\r\n" + Attribute + "*1\r\n" + Attribute + ":1\r\n" },
        { "an attribute within an attribute", "|1\r\n+k\r\n" + Attribute + ":7\r\n+OK\r\n" },
        { "a push with an attribute behind it", "+OK\r\n" + Attribute + Push },
        { "a push whose items look like a reply", ">2\r\n+OK\r\n-ERR no\r\n_\r\n" },
        { "a null", "_\r\n" },
        { "an array of errors", Push + "*1\r\n-ERR inside\r\n" },
        { "a streamed array", "*?\r\n:1\r\n*2\r\n:1\r\n:2\r\n.\r\n" },
        { "a streamed array in one", "*2\r\n*?\r\n*?\r\n.\r\n.\r\n:1\r\n" },
    };

    public static TheoryData<string, string> WithError => new()
    {
        { "an error", "-NOAUTH a\r\n" },
        { "an error behind a push", Push + "-NOAUTH a\r\n" },
        { "an error behind an attribute", Attribute + "-NOAUTH a\r\n" },
        { "a blob error behind a push", Push + Attribute + "!8\r\nNOAUTH a\r\n" },
    };

    public static TheoryData<string[], string[]> Conversations => new()
    {
        // Each step's bytes; what is no reply may stand anywhere.
        { ["SUBSCRIBE a b"], [Confirm("subscribe", "a", 1) + Confirm("subscribe", "b", 2)] },
        { ["SUBSCRIBE a b"], [Confirm("subscribe", "a", 1) + Message + Confirm("subscribe", "b", 2) + Message] },
        { ["HELLO 3", "SUBSCRIBE a b", "GET foo"], ["%1\r\n+proto\r\n:3\r\n", Push + Pushed("subscribe", "a", 1) + PushedMessage + Pushed("subscribe", "b", 2), PushedMessage + "$1\r\nx\r\n"] },
        { ["subscribe a", "Psubscribe b*", "PING"], [Confirm("subscribe", "a", 1), Message + Confirm("psubscribe", "b*", 2), Message + "*2\r\n$4\r\npong\r\n$0\r\n\r\n"] },
        { ["SSUBSCRIBE {{x}a {{x}b", "SUNSUBSCRIBE"], [Confirm("ssubscribe", "a", 1) + Confirm("ssubscribe", "b", 2), Confirm("sunsubscribe", "a", 1) + Confirm("sunsubscribe", "b", 0)] },
        { ["SUBSCRIBE a b a", "PSUBSCRIBE p", "UNSUBSCRIBE", "PUNSUBSCRIBE"], [
            Confirm("subscribe", "a", 1) + Confirm("subscribe", "b", 2) + Confirm("subscribe", "a", 2), Confirm("psubscribe", "p", 3),
            Confirm("unsubscribe", "a", 2) + Message + Confirm("unsubscribe", "b", 1), Confirm("punsubscribe", "p", 0)] },
        { ["UNSUBSCRIBE"], ["*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n"] },
        { ["SUBSCRIBE a", "UNSUBSCRIBE a", "LRANGE l 0 -1"], [Confirm("subscribe", "a", 1), Confirm("unsubscribe", "a", 0), "*1\r\n$7\r\nmessage\r\n"] },
        { ["MONITOR", "PING"], ["+OK\r\n" + Line, Line + "+PONG\r\n" + Line] },
        { ["MONITOR", "RESET", "ECHO x"], ["+OK\r\n", Line + "+RESET\r\n", "$1\r\nx\r\n"] },
        { ["MULTI", "SUBSCRIBE a b", "EXEC", "PING"], ["+OK\r\n", "+QUEUED\r\n", "*1\r\n" + Confirm("subscribe", "a", 1) + Confirm("subscribe", "b", 2), "+PONG\r\n"] },
        { ["CLIENT REPLY OFF", "SET a 1", "SET b 1", "client reply on", "PING"], ["+OK\r\n", "+PONG\r\n"] },
        { ["PING", "CLIENT REPLY SKIP", "SET a 1", "GET a"], ["+PONG\r\n", "$1\r\n1\r\n"] },
        { ["CLIENT REPLY SKIP", "CLIENT REPLY SKIP", "SET a 1", "GET a"], ["$1\r\n1\r\n"] },
        { ["CLIENT REPLY SKIP", "CLIENT REPLY ON", "PING"], ["+OK\r\n", "+PONG\r\n"] },
        { ["CLIENT REPLY OFF", "CLIENT REPLY SKIP", "PING", "RESET", "PING"], ["+RESET\r\n", "+PONG\r\n"] },
        { ["CLIENT REPLY OFF", "SUBSCRIBE a", "CLIENT REPLY ON"], [Confirm("subscribe", "a", 1) + "+OK\r\n"] },
        { ["CLIENT REPLY", "CLIENT ID"], ["+OK\r\n", ":1\r\n"] },
        { ["PING/none", "PING"], ["+PONG\r\n"] },
        { ["EVAL x/3", "PING"], ["+1\r\n:2\r\n" + Push + "*0\r\n", "+PONG\r\n"] },
        { ["SUBSCRIBE a b/2"], [Confirm("subscribe", "a", 1) + Message + Confirm("subscribe", "b", 2)] },
        { ["SUBSCRIBE a/3"], [Confirm("subscribe", "a", 1) + Message + Message] },
        { ["HELLO 3", "SUBSCRIBE a/2"], ["%0\r\n", Pushed("subscribe", "a", 1) + Push + PushedMessage] },
        { ["MONITOR/3"], ["+OK\r\n" + Line + Line] },
    };

    [Theory]
    [MemberData(nameof(WithoutReply))]
    public void Unrequested_message_is_not_a_reply(string what, string stream) => AtEveryCut(what, stream, pieces => Assert.Equal([Turn.More], Hear(["GET foo"], pieces)));

    [Theory]
    [MemberData(nameof(WithReply))]
    public void Reply_counts_once_whatever_arrives_beside_it(string what, string stream) =>
        AtEveryCut(what, stream, pieces => Assert.Equal([Turn.Answered], Hear(["GET foo"], pieces)));

    [Theory]
    [MemberData(nameof(WithError))]
    public void Error_is_noticed_behind_skipped_messages(string what, string stream) => AtEveryCut(what, stream, pieces =>
    {
        var dialogue = default(Dialogue);
        Assert.Equal([Turn.Rejected], Hear(["GET foo"], pieces, ref dialogue));
        Assert.Equal("NOAUTH", dialogue.ErrorPrefix);
    });

    [Theory]
    [MemberData(nameof(Conversations))]
    public void Each_step_of_a_conversation_gets_its_replies(string[] script, string[] streams)
    {
        var whole = string.Concat(streams);
        AtEveryCut(whole, whole, cuts => Assert.All(Converse(script, streams, cuts), turn => Assert.Equal(Turn.Answered, turn)));
    }

    [Theory]
    [InlineData("$3\r\nbar\r\n")]
    [InlineData("+bar\r\n")]
    [InlineData("=7\r\ntxt:bar\r\n")]
    [InlineData(Push + Attribute + "$3\r\nbar\r\n" + Push)]
    public void Reply_with_the_expected_text_is_an_answer(string stream)
    {
        AtEveryCut(stream, stream, pieces => Assert.Equal([Turn.Answered], Hear(new ScriptLine("GET foo") { Exact = "bar" }, pieces)));
        AtEveryCut(stream, stream, pieces => Assert.Equal([Turn.Answered], Hear(new ScriptLine("GET foo") { Prefix = "ba" }, pieces)));
        AtEveryCut(stream, stream, pieces => Assert.Equal([Turn.Answered], Hear(new ScriptLine("GET foo") { Prefix = "" }, pieces)));
    }

    [Theory]
    [InlineData("$3\r\nbaz\r\n", "baz")]
    [InlineData("$2\r\nba\r\n", "ba")]
    [InlineData("$4\r\nbarn\r\n", "barn")]
    [InlineData(":7\r\n", "7")]
    [InlineData("$-1\r\n", "")]
    [InlineData("_\r\n", "")]
    [InlineData("*1\r\n$3\r\nbar\r\n", "")]
    [InlineData(Push + Attribute + "+OK\r\n", "OK")]
    public void Reply_with_another_text_is_noticed(string stream, string other) => AtEveryCut(stream, stream, pieces =>
    {
        var dialogue = default(Dialogue);
        Assert.Equal([Turn.Unexpected], Hear(new ScriptLine("GET foo") { Exact = "bar" }, pieces, ref dialogue));
        Assert.Equal(other, Encoding.ASCII.GetString(dialogue.Other));
    });

    [Fact]
    public void Long_reply_is_judged_by_its_first_bytes_and_skipped()
    {
        var stream = $"$2000\r\nbar{new string('x', 1997)}\r\n";
        foreach (var cut in new[] { 1, 6, 7, 8, 9, 10, 11, 500, 2005 })
        {
            string[] pieces = [stream[..cut], stream[cut..]];
            Assert.Equal([Turn.Answered], Hear(new ScriptLine("GET foo") { Prefix = "bar" }, pieces));
            Assert.Equal([Turn.Unexpected], Hear(new ScriptLine("GET foo") { Exact = "bar" }, pieces));
        }
    }

    [Theory]
    [MemberData(nameof(WithError))]
    public void Error_is_a_reply_where_the_script_says_so(string what, string stream) =>
        AtEveryCut(what, stream, pieces => Assert.Equal([Turn.Answered], Hear(new ScriptLine("GET foo") { AllowsError = true }, pieces)));

    [Fact]
    public void Commands_in_one_send_are_answered_in_their_order()
    {
        var (script, dialogue) = (Script.Together(Script.Steps(
            [new("HELLO 3"), new("SUBSCRIBE a b"), new("EVAL x 0") { AllowsError = true }, new("CLIENT REPLY SKIP"), new("SET a 1"), new("GET foo") { Exact = "bar" }], "")),
            default(Dialogue));
        var exchange = script.Step(0);
        var stream = "%1\r\n+proto\r\n:3\r\n" + Pushed("subscribe", "a", 1) + PushedMessage + Pushed("subscribe", "b", 2) + "-ERR no\r\n" + Push + "$3\r\nbar\r\n";
        AtEveryCut(stream, stream, pieces =>
        {
            dialogue = default;
            dialogue.Begin(exchange);
            var turns = pieces.Select(piece => dialogue.Take(Bytes(piece), new SentStep(exchange, default), isLast: false, ServerWords.WithoutSecrets)).ToArray();
            Assert.Equal(Turn.Answered, turns[^1]);
            Assert.All(turns.SkipLast(1), turn => Assert.Equal(Turn.More, turn));
        });
        dialogue = default;
        dialogue.Begin(exchange);
        Assert.Equal(Turn.Rejected, dialogue.Take("%0\r\n-NOPERM no\r\n"u8, new SentStep(exchange, default), isLast: false, ServerWords.WithoutSecrets));
    }

    [Theory]
    [InlineData("+PONG\r\n+PONG\r\n")]
    [InlineData("+PONG\r\n+P")]
    [InlineData("+PONG\r\n*2\r\n:1\r\n:2\r\n")]
    [InlineData("+PONG\r\n" + Push + "+PONG\r\n")]
    [InlineData("+PONG\r\n" + Message)]
    [InlineData("+PONG\r\n" + Line)]
    public void Unrequested_reply_is_noticed(string stream) => Assert.Equal([Turn.Unasked], Hear(["PING", "GET foo"], [stream]));

    [Theory]
    [InlineData("+PONG\r\n" + Message + PushedMessage)]
    [InlineData("+PONG\r\n" + Push)]
    [InlineData("+PONG\r\n" + Line)]
    public void Connection_about_to_hold_may_receive_more_after_its_last_reply(string stream) =>
        AtEveryCut(stream, stream, pieces => Assert.Equal([Turn.Answered], Hear(["PING"], pieces, isHeld: true)));

    [Property(MaxTest = 500)]
    public void A_connection_that_holds_may_receive_events_and_nothing_else(NonEmptyArray<NonNegativeInt> which, PositiveInt size)
    {
        string[] values = [Push, Attribute + Push, Message, PushedMessage, Line, Confirm("sunsubscribe", "a", 0)];
        var stream = string.Concat(which.Get.Select(each => values[each.Get % values.Length]));
        var dialogue = default(Dialogue);
        for (var at = 0; at < stream.Length; at += size.Get)
        {
            Assert.Equal(Turn.More, dialogue.Take(Bytes(stream[at..Math.Min(stream.Length, at + size.Get)]), ServerWords.WithoutSecrets));
        }

        foreach (var (next, turn) in new[] { ("-ERR no\r\n", Turn.Rejected), ("HTTP/1.1 408 Request Timeout\r\n", Turn.Strange), ("+what?\r\n", Turn.Unasked), (":1\r\n", Turn.Unasked) })
        {
            var behind = dialogue;
            Assert.Equal(turn, behind.Take(Bytes(next), ServerWords.WithoutSecrets));
        }
    }

    [Fact]
    public void Replies_to_a_last_command_without_expected_reply_may_come_during_the_hold()
    {
        var (dialogue, script) = (default(Dialogue), Lines("PING", "SET a 1/none"));
        dialogue.Begin(script.Step(1));
        Assert.Equal(Turn.Answered, dialogue.Take("+OK\r\n"u8, Sent(script, 1), isLast: true, ServerWords.WithoutSecrets));
        Assert.Equal(Turn.Echoed, dialogue.Take("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n"u8, Sent(script, 1), isLast: true, ServerWords.WithoutSecrets));
        Assert.Equal(Turn.Rejected, dialogue.Take("-ERR no\r\n"u8, Sent(script, 1), isLast: true, ServerWords.WithoutSecrets));
    }

    [Theory]
    [InlineData("PING", "*1\r\n$4\r\nPING\r\n")]
    [InlineData("GET foo", "*2\r\n$3\r\nGET\r\n$3\r\nfoo\r\n")]
    [InlineData("SET foo {burst}:{client}", "*3\r\n$3\r\nSET\r\n$3\r\nfoo\r\n$4\r\n7:42\r\n")]
    [InlineData("PING", "*1\r\n$4\r\nPING\r\n+PONG\r\n")]
    [InlineData("PING", "+PING\r\n", false)]
    [InlineData("PING", "$4\r\nPING\r\n", false)]
    [InlineData("PING", "PING\r\n")]
    [InlineData("GET foo", "GET foo\r\n")]
    [InlineData("PING", "*1\n$4\nPING\n", false)]
    public void A_server_that_echoes_is_noticed(string command, string stream, bool atEveryCut = true)
    {
        Assert.Equal([Turn.Echoed], Hear([command], [stream]));
        if (atEveryCut)
        {
            AtEveryCut(stream, stream, pieces => Assert.Equal([Turn.Echoed], Hear([command], pieces)));
        }
    }

    [Fact]
    public void Echo_is_noticed_in_a_longer_script_and_after_a_greeting()
    {
        var (dialogue, script) = (default(Dialogue), Given.Script("PING", "GET foo"));
        dialogue.Begin(script.Step(0));
        Assert.Equal(Turn.Answered, dialogue.Take("+welcome\r\n"u8, Sent(script, 0), isLast: false, ServerWords.WithoutSecrets));
        dialogue.Begin(script.Step(1));
        Assert.Equal(Turn.Echoed, dialogue.Take("*1\r\n$4\r\nPING\r\n"u8, Sent(script, 1), isLast: false, ServerWords.WithoutSecrets));

        var silent = Lines("SET a 1/none", "PING");
        dialogue = default;
        dialogue.Begin(silent.Step(0));
        Assert.Equal(Turn.Echoed, dialogue.Take("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*1\r\n"u8, Sent(silent, 0), isLast: false, ServerWords.WithoutSecrets));
    }

    [Fact]
    public void Echo_of_the_setup_is_seen_in_the_first_step_of_the_script()
    {
        Assert.True(Script.TryParse(["PING"], out var script, out _));
        var sent = Sent(script!, 0) with { Before = Given.Setup(new Credentials("", "hunter2")).Step(0) };
        var dialogue = default(Dialogue);
        dialogue.Begin(sent.Exchange);
        Assert.Equal(Turn.Echoed, dialogue.Take("*2\r\n$4\r\nAUTH\r\n$7\r\nhunter2\r\n"u8, sent, isLast: false, ServerWords.WithoutSecrets));
    }

    [Theory]
    [InlineData("*1\r\n$4\r\nPI", nameof(Turn.Echoed))]
    [InlineData("*1\r\n$4\r\n", nameof(Turn.More))]
    [InlineData("*1\r\n$4\r\nPO", nameof(Turn.More))]
    [InlineData("H", nameof(Turn.Strange))]
    [InlineData("SSH", nameof(Turn.Strange))]
    [InlineData("$3\r\nba", nameof(Turn.More))]
    public void Half_an_echo_or_greeting_is_recognized_when_no_more_arrives(string stream, string rest) => AtEveryCut(stream, stream, pieces =>
    {
        var dialogue = default(Dialogue);
        Assert.Equal([Turn.More], Hear(["PING"], pieces, ref dialogue));
        Assert.Equal(rest, $"{dialogue.Rest}");
    });

    [Theory]
    [InlineData("LRANGE l 0 -1", "*4\r\n$6\r\nLRANGE\r\n$1\r\nl\r\n$1\r\n0\r\n$2\r\n-2\r\n")]
    [InlineData("RANDOMKEY", "$9\r\nRANDOMKEY\r\n")]
    [InlineData("ECHO foo", "$3\r\nfoo\r\n")]
    [InlineData("GET foo", "$3\r\nGET\r\n")]
    [InlineData("GET foo", "+PING\r\n")]
    public void A_reply_that_resembles_the_command_is_a_reply(string command, string stream) =>
        AtEveryCut(stream, stream, pieces => Assert.Equal([Turn.Answered], Hear([command], pieces)));

    private static SentStep Sent(Script script, int step) => new(script.Step(step), new Sender(7, 42)) { Before = step == 0 ? null : script.Step(step - 1) };

    private static string Confirm(string word, string channel, int count) => $"*3\r\n${word.Length}\r\n{word}\r\n${channel.Length}\r\n{channel}\r\n:{count}\r\n";

    private static string Pushed(string word, string channel, int count) => ">" + Confirm(word, channel, count)[1..];

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    /// <summary>Whole, cut in two at every byte, and byte by byte.</summary>
    private static void AtEveryCut(string what, string stream, Action<string[]> check)
    {
        string[][] all = [[stream], [.. stream.Select(letter => $"{letter}")], .. Enumerable.Range(1, stream.Length - 1).Select(cut => new[] { stream[..cut], stream[cut..] })];
        foreach (var pieces in all)
        {
            try
            {
                check(pieces);
            }
            catch (Exception failure) when (pieces.Length != 1)
            {
                throw new InvalidOperationException($"{what}, in {pieces.Length} pieces, the first {pieces[0]}", failure);
            }
        }
    }

    /// <summary>Commands; behind a slash stands what they expect.</summary>
    private static Script Lines(params string[] lines)
    {
        var parsed = lines.Select(line => line.Split('/')).Select(parts => new ScriptLine(parts[0], parts.Length < 2 ? null : parts[1] == "none" ? 0 : int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture))).ToArray();
        Assert.True(Script.TryParse(parsed, new ScriptSettings(), out var script, out var problem), problem);
        return script!;
    }

    private static List<Turn> Hear(ScriptLine line, string[] pieces)
    {
        var dialogue = default(Dialogue);
        return Hear(line, pieces, ref dialogue);
    }

    private static List<Turn> Hear(ScriptLine line, string[] pieces, ref Dialogue dialogue)
    {
        Assert.True(Script.TryParse([line, new ScriptLine("PING")], new ScriptSettings(), out var script, out var problem), problem);
        return Hear(script!, pieces, ref dialogue, isHeld: false);
    }

    private static List<Turn> Hear(string[] script, string[] pieces, bool isHeld = false)
    {
        var dialogue = default(Dialogue);
        return Hear(script, pieces, ref dialogue, isHeld);
    }

    /// <summary>What the first step comes to: the last turn. What comes behind its reply must change nothing.</summary>
    private static List<Turn> Hear(string[] commands, string[] pieces, ref Dialogue dialogue, bool isHeld = false) =>
        Hear(Lines([.. commands, "PING"]), pieces, ref dialogue, isHeld);

    private static List<Turn> Hear(Script script, string[] pieces, ref Dialogue dialogue, bool isHeld)
    {
        var turn = Turn.More;
        var sent = Sent(script, 0);
        dialogue.Begin(script.Step(0));
        foreach (var piece in pieces)
        {
            var next = dialogue.Take(Bytes(piece), sent, isHeld, ServerWords.WithoutSecrets);
            if (turn == Turn.Answered && !isHeld)
            {
                Assert.Equal(Turn.More, next);
                continue;
            }

            turn = next;
            if (turn is not (Turn.More or Turn.Answered))
            {
                break;
            }

            if (turn == Turn.Answered && !isHeld)
            {
                sent = Sent(script, 1);
                dialogue.Begin(script.Step(1));
            }
        }

        return [turn];
    }

    /// <summary>The turns in which the steps end, when the bytes come in these pieces, and never before a step has begun.</summary>
    private static List<Turn> Converse(string[] commands, string[] streams, string[] pieces)
    {
        var (script, dialogue, turns) = (Lines(commands), default(Dialogue), new List<Turn>());
        Assert.Equal(streams.Length, script.First.Part(0).Length);
        var (at, cuts) = (0, pieces.Aggregate(new List<int> { 0 }, (sum, piece) => [.. sum, sum[^1] + piece.Length]));
        for (var step = 0; step < script.First.Part(0).Length; step++)
        {
            var (end, turn) = (at + streams[step].Length, Turn.More);
            dialogue.Begin(script.Step(step));
            foreach (var place in cuts.Where(cut => cut > at && cut < end).Append(end).ToArray())
            {
                // Behind its last reply a step has only what is passed over.
                var next = dialogue.Take(Bytes(string.Concat(streams)[at..place]), Sent(script, step), isLast: false, ServerWords.WithoutSecrets);
                turn = turn == Turn.Answered && next == Turn.Answered ? next : turn == Turn.Answered ? Turn.Unasked : next;
                at = place;
            }

            turns.Add(turn);
        }

        return turns;
    }
}

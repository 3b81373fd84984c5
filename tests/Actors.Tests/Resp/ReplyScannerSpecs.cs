using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Resp;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Resp;

public sealed class ReplyScannerSpecs
{
    /// <summary>Whole replies of every kind; those after the empty one are errors.</summary>
    private static readonly string[] _replies =
    [
        "+OK\r\n", "+\r\n", ":1\r\n", ":-7\r\n", "$3\r\nbar\r\n", "$0\r\n\r\n", "$-1\r\n", "$8\r\na\r\n$3\r\nb\r\n", "*0\r\n", "*-1\r\n",
        "*2\r\n$3\r\nfoo\r\n:1\r\n", "*2\r\n*1\r\n+a\r\n*2\r\n$-1\r\n$1\r\nx\r\n", "*1\r\n-ERR inside\r\n",
        "_\r\n", "#t\r\n", ",1.5\r\n", ",inf\r\n", "(3492890328409238509324850943850943825024385\r\n", "=7\r\ntxt:abc\r\n",
        "%2\r\n+a\r\n:1\r\n+b\r\n$1\r\nx\r\n", "~2\r\n:1\r\n:2\r\n", ">2\r\n+message\r\n$1\r\nx\r\n", "|1\r\n+k\r\n+v\r\n:1\r\n",
        "$?\r\n;3\r\nabc\r\n;0\r\n", "*?\r\n:1\r\n.\r\n", "*2\r\n$5\r\nhello\r\n*2\r\n$0\r\n\r\n$2\r\nok\r\n",
        "-ERR unknown command\r\n", "-NOAUTH Authentication required.\r\n", "-LOADING\r\n", "!21\r\nSYNTAX invalid syntax\r\n",
    ];

    public static TheoryData<string> Replies => [.. _replies];

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_whole_reply_is_complete_or_an_error(string reply)
    {
        var scanner = default(ReplyScanner);
        Assert.Equal(reply[0] is '-' or '!' ? ReplyState.Error : ReplyState.Complete, scanner.Read(Encoding.ASCII.GetBytes(reply)));
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void Beginning_of_a_reply_is_incomplete(string reply)
    {
        for (var length = 0; length < reply.Length; length++)
        {
            var scanner = default(ReplyScanner);
            Assert.Equal(ReplyState.Incomplete, scanner.Read(Encoding.ASCII.GetBytes(reply[..length])));
        }
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_in_single_bytes_scans_like_a_whole_reply(string reply) =>
        Assert.Equal(Whole(reply), Cut(reply, [.. Enumerable.Range(1, reply.Length - 1)]));

    [Property(MaxTest = 1000)]
    public void Reply_cut_anywhere_scans_like_a_whole_reply(NonNegativeInt which, NonNegativeInt[] cuts)
    {
        var reply = _replies[which.Get % _replies.Length];
        var places = cuts.Select(cut => cut.Get % (reply.Length + 1)).Order().ToArray();
        Assert.Equal(Whole(reply), Cut(reply, places));
    }

    [Theory]
    [InlineData("+OK\r\n+OK\r\n")]
    [InlineData("$3\r\nbar\r\nx")]
    [InlineData("-ERR a\r\n-ERR b\r\n")]
    public void Bytes_after_a_reply_are_invalid_however_they_arrive(string bytes)
    {
        Assert.Equal(ReplyState.Invalid, Whole(bytes).State);
        var scanner = default(ReplyScanner);
        scanner.Read("$3\r\nb"u8);
        Assert.Equal(ReplyState.Invalid, scanner.Read("ar\r\n+"u8));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("\r\n")]
    [InlineData("\0")]
    [InlineData("$abc\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("*-2\r\n")]
    [InlineData("*99999999999999999999\r\n")]
    [InlineData("$99999999999999999999\r\n")]
    [InlineData("_x\r\n")]
    [InlineData("$3\r\nbarXX")]
    [InlineData(".\r\n")]
    public void Bytes_that_are_not_RESP_are_invalid(string bytes) => Assert.Equal(ReplyState.Invalid, Whole(bytes).State);

    [Theory]
    [InlineData("$2147483647\r\nabc")]
    [InlineData("$2147483646\r\nabc")]
    [InlineData("$2147483645\r\nabc")]
    [InlineData("$02147483645\r\nabc")]
    [InlineData("*1\r\n=2147483647\r\nabc")]
    [InlineData("+OK\r\n!2147483647\r\nabc")]
    [InlineData("$2147483647\r\n")]
    public void A_payload_too_long_for_the_parser_is_invalid_and_harmless(string bytes) => Assert.Equal(ReplyState.Invalid, Whole(bytes).State);

    [Theory]
    [InlineData("$10\r\n2147483647\r\n")]
    [InlineData(":2147483647\r\n")]
    [InlineData("$11\r\n$2147483647\r\n")]
    [InlineData("*2\r\n:1\r\n$16\r\na\r\n$2147483647\r\n\r\n")]
    public void Value_that_equals_the_largest_length_is_complete(string reply) => Assert.Equal(ReplyState.Complete, Whole(reply).State);

    [Fact]
    public void A_line_that_never_ends_is_invalid_after_64_KB()
    {
        var scanner = default(ReplyScanner);
        var (state, sent) = (scanner.Read("+"u8), 1);
        for (; state == ReplyState.Incomplete && sent < 200_000; sent += 1000)
        {
            state = scanner.Read(new byte[1000].AsSpan());
        }

        Assert.Equal(ReplyState.Invalid, state);
        Assert.InRange(sent, 64 * 1024, 70_000);
    }

    [Property(MaxTest = 2000)]
    public void Garbage_never_crashes_the_scanner(byte[] bytes, byte prefix)
    {
        var scanner = default(ReplyScanner);
        byte[] reply = [(byte)"+-:$*_#,(!=%~>|"[prefix % 15], .. bytes];
        Assert.True(Enum.IsDefined(scanner.Read(reply)));
    }

    /// <summary>Nearly right is where parsers break: pieces of RESP in any order, cut anywhere.</summary>
    [Property(MaxTest = 2000)]
    public void Malformed_RESP_never_crashes_the_scanner(NonEmptyArray<NonNegativeInt> pieces, PositiveInt cut)
    {
        string[] kinds = [.. "+-:$*_#,(!=%~>|?;.".Select(kind => kind.ToString()), "\r\n", "\r\n", "\r\n", "-1", "0", "3", "abc", "65536", "?"];
        var text = string.Concat(pieces.Get.Select(piece => kinds[piece.Get % kinds.Length]));
        var scanner = default(ReplyScanner);
        for (var at = 0; at < text.Length; at += cut.Get)
        {
            var state = scanner.Read(Encoding.ASCII.GetBytes(text.Substring(at, Math.Min(cut.Get, text.Length - at))));
            Assert.True(Enum.IsDefined(state));
            if (state != ReplyState.Incomplete)
            {
                return;
            }
        }
    }

    [Fact]
    public void Huge_payload_is_skipped_without_allocating()
    {
        const int Payload = 512 * 1024 * 1024;
        var (scanner, chunk) = (default(ReplyScanner), new byte[1 << 20]);
        scanner.Read(Encoding.ASCII.GetBytes($"*2\r\n${Payload}\r\n"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var sent = 0; sent < Payload; sent += chunk.Length)
        {
            Assert.Equal(ReplyState.Incomplete, scanner.Read(chunk));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Equal(ReplyState.Incomplete, scanner.Read("\r\n"u8));
        Assert.Equal(ReplyState.Complete, scanner.Read(":1\r\n"u8));
    }

    [Theory]
    [InlineData("-NOAUTH Authentication required.\r\n", "NOAUTH")]
    [InlineData("-LOADING\r\n", "LOADING")]
    [InlineData("-ERR max number of clients reached\r\n", "ERR max number of clients reached")]
    [InlineData("-ERR unknown command 'FOO', with args beginning with: 'a'\r\n", "ERR unknown command 'FOO', with args beg")]
    [InlineData("-ERR\r\n", "ERR")]
    [InlineData("-\r\n", "ERR")]
    [InlineData("!21\r\nSYNTAX invalid syntax\r\n", "SYNTAX")]
    [InlineData("!0\r\n\r\n", "ERR")]
    [InlineData("!-1\r\n", "ERR")]
    public void The_prefix_of_an_error_is_kept(string reply, string prefix)
    {
        var scanner = default(ReplyScanner);
        Assert.Equal(ReplyState.Error, scanner.Read(Encoding.ASCII.GetBytes(reply)));
        Assert.Equal(prefix, scanner.ErrorPrefix);
    }

    private static (ReplyState State, string Prefix) Whole(string reply) => Cut(reply, []);

    private static (ReplyState State, string Prefix) Cut(string reply, int[] places)
    {
        var (scanner, state, from) = (default(ReplyScanner), ReplyState.Incomplete, 0);
        foreach (var place in (int[])[.. places, reply.Length])
        {
            Assert.Equal(ReplyState.Incomplete, state);
            state = from < place ? scanner.Read(Encoding.ASCII.GetBytes(reply[from..place])) : state;
            from = place;
            if (place == reply.Length)
            {
                break;
            }
        }

        return (state, scanner.ErrorPrefix);
    }

    [Fact]
    public void A_payload_without_its_line_end_is_invalid_wherever_it_is_cut()
    {
        const string Reply = "$10\r\n0123456789XX";
        for (var cut = 1; cut < Reply.Length; cut++)
        {
            var scanner = default(ReplyScanner);
            var first = scanner.Read(Encoding.ASCII.GetBytes(Reply[..cut]));
            Assert.Equal(ReplyState.Invalid, first == ReplyState.Invalid ? first : scanner.Read(Encoding.ASCII.GetBytes(Reply[cut..])));
        }
    }

    [Fact]
    public void Terminal_control_characters_in_an_error_prefix_are_escaped()
    {
        var scanner = default(ReplyScanner);
        scanner.Read("-ERR \u001b[31mred\u0007\r\n"u8);
        Assert.Equal("ERR \\u001b[31mred\\u0007", scanner.ErrorPrefix);
    }

    [Theory]
    [InlineData("-hunter2secret\r\n", "***")]
    [InlineData("-ERR unknown command 'AUTH', with 'hunter2secret'\r\n", "ERR unknown command 'AUTH', with '***'")]
    [InlineData("!16\r\nhunter2secret no\r\n", "***")]
    public void Secret_is_not_in_an_error_prefix_however_the_reply_is_cut(string reply, string prefix)
    {
        for (var cut = 0; cut < reply.Length; cut++)
        {
            var (scanner, words) = (default(ReplyScanner), new ServerWords("hunter2secret"));
            scanner.Read(Encoding.ASCII.GetBytes(reply[..cut]), words);
            Assert.Equal(ReplyState.Error, scanner.Read(Encoding.ASCII.GetBytes(reply[cut..]), words));
            Assert.Equal(prefix, scanner.ErrorPrefix);
        }
    }

    [Fact]
    public void Deeply_nested_lists_never_crash_the_scanner()
    {
        var scanner = default(ReplyScanner);
        Assert.True(Enum.IsDefined(scanner.Read(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("*1\r\n", 100_000))))));
        scanner = default;
        Assert.True(Enum.IsDefined(scanner.Read(Encoding.ASCII.GetBytes("*2147483647\r\n%2147483647\r\n:1\r\n"))));
    }
}

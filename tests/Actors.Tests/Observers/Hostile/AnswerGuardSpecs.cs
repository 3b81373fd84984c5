using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Observers.Server;
using ActorLoad.Peers;
using ActorLoad.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Hostile;

public sealed class AnswerGuardSpecs
{
    [Theory]
    [InlineData("+OK\r\n")]
    [InlineData("-ERR no\r\n:1\r\n")]
    [InlineData("$3\r\nbar\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n")]
    [InlineData("*2\r\n$3\r\nfoo\r\n*2\r\n:1\r\n$-1\r\n+OK\r\n")]
    [InlineData("*8\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n")]
    [InlineData("%1\r\n+a\r\n#t\r\n_\r\n,1.5\r\n(123\r\n=7\r\ntxt:abc\r\n")]
    public void Answer_of_a_real_server_passes_however_it_is_cut(string answer)
    {
        for (var size = 1; size <= answer.Length; size++)
        {
            Assert.All(Told(Encoding.ASCII.GetBytes(answer).Chunk(size)), Assert.Null);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200", "not RESP")]
    [InlineData("|1\r\n", "not RESP")]
    [InlineData("$?\r\n", "not RESP")]
    [InlineData("$-2\r\n", "not RESP")]
    [InlineData("$\r\n", "not RESP")]
    [InlineData("*99999999999\r\n", "not RESP")]
    [InlineData("$5000000\r\n", "4 MB")]
    [InlineData("*5000\r\n", "4096 values")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", "8 deep")]
    public void Answer_that_no_server_gives_is_refused(string answer, string told)
    {
        for (var size = 1; size <= answer.Length; size++)
        {
            Assert.Contains(told, Told(Encoding.ASCII.GetBytes(answer).Chunk(size)).Last(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Endless_lines_and_values_are_refused()
    {
        Assert.Contains("line of more than 16 KB", Told([Encoding.ASCII.GetBytes("+" + new string('x', 20_000))]).Last(), StringComparison.Ordinal);
        var nested = Encoding.ASCII.GetBytes("*4000\r\n" + string.Concat(Enumerable.Repeat("*3\r\n:1\r\n:1\r\n:1\r\n", 4_000)));
        Assert.Contains("4096 values", Told([nested]).Last(), StringComparison.Ordinal);
    }

    /// <summary>The bystander's reader, the storm's scanner and the guard: any bytes, any pieces.</summary>
    [Fact]
    public void Answer_readers_accept_any_bytes_in_any_pieces()
    {
        foreach (var seed in MalformedInputs.Seeds(usually: 2_000))
        {
            var answers = new HostileAnswers(seed);
            var pieces = answers.Cut(answers.Any());
            _ = Told(pieces).Count();
            var (scanner, words) = (default(ReplyScanner), new ServerWords(HostileAnswers.Secret));
            var state = ReplyState.Incomplete;
            foreach (var piece in pieces.TakeWhile(_ => state == ReplyState.Incomplete))
            {
                state = scanner.Read(piece, words, out _);
            }

            Assert.True(Enum.IsDefined(state), $"seed {seed}");
            ExpectSafe(scanner.ErrorPrefix, seed);
            ExpectSafe(PeerName.Describe(scanner.Strange, words).Words, seed);
            ReadAsBystander(pieces, words, seed);
        }
    }

    private static void ReadAsBystander(byte[][] pieces, ServerWords words, int seed)
    {
        var scanner = default(ReplyScanner);
        var dialogue = new PingDialogue(new PingTally(Bystanders.Given.Bystander(), 1_000));
        dialogue.Greet(withAuth: true, 0);
        foreach (var piece in pieces)
        {
            for (ReadOnlySpan<byte> rest = piece; rest.Length > 0;)
            {
                var answer = Answers.Next(ref scanner, rest, words, out var used);
                if (answer == Answer.Incomplete)
                {
                    break;
                }

                ExpectSafe(scanner.ErrorPrefix, seed);
                if (!dialogue.Accept(answer, scanner.ErrorPrefix, 1))
                {
                    return;
                }

                rest = rest[used..];
            }
        }
    }

    private static void ExpectSafe(string kept, int seed) => Assert.True(
        !kept.Contains("hunte", StringComparison.OrdinalIgnoreCase) && kept == ForeignText.Shown(kept), $"seed {seed}: {kept}");

    private static IEnumerable<string?> Told(IEnumerable<byte[]> pieces)
    {
        var guard = new AnswerGuard(4 << 20);
        foreach (var piece in pieces)
        {
            var told = guard.Follow(piece);
            yield return told;
            if (told is not null)
            {
                yield break;
            }
        }
    }
}

using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
using ActorLoad.Resp;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

public class AnswerSpecs
{
    [Theory]
    [InlineData("+PONG\r\n", "Pong")]
    [InlineData("+OK\r\n+PONG\r\n", "Ok Pong")]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n+PONG\r\n", "Error:LOADING Pong")]
    [InlineData("-ERR max number of clients reached\r\n", "Error:ERR max number of clients reached")]
    [InlineData("-hunter2secret is wrong\r\n", "Error:***")]
    [InlineData("-ERR \u001b[31m\r\n", "Error:ERR \\u001b[31m")]
    [InlineData("-\r\n", "Error:ERR")]
    [InlineData("+PANG\r\n", "Garbage")]
    [InlineData("$4\r\nPONG\r\n", "Garbage")]
    [InlineData("$4", "Garbage")]
    [InlineData("*1\r\n+PONG\r\n", "Garbage")]
    [InlineData("!5\r\nERR x\r\n", "Garbage")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "Garbage")]
    [InlineData("\r\n", "Garbage")]
    [InlineData("+PON", "")]
    [InlineData("", "")]
    public void Answers_are_read_from_pieces_of_any_size(string bytes, string expected)
    {
        Assert.Equal(expected, Read(bytes, 10_000));
        Assert.Equal(expected, Read(bytes, 1));
        Assert.Equal(expected, Read(bytes, 3));
    }

    [Fact]
    public void Thousands_of_replies_in_one_piece_are_read() =>
        Assert.Equal(
            string.Join(' ', Enumerable.Repeat("Pong", 3_000)),
            Read(string.Concat(Enumerable.Repeat("+PONG\r\n", 3_000)), 4096));

    [Fact]
    public void A_line_that_does_not_end_is_garbage() => Assert.Equal("Garbage", Read(new string('-', 70_000), 4096));

    private static string Read(string text, int piece)
    {
        var (scanner, answers) = (default(ReplyScanner), new List<string>());
        foreach (var chunk in Encoding.ASCII.GetBytes(text).Chunk(piece))
        {
            for (var rest = chunk.AsSpan(); rest.Length > 0;)
            {
                var answer = Answers.Next(ref scanner, rest, new ServerWords("hunter2secret"), out var used);
                if (answer == Answer.Incomplete)
                {
                    break;
                }

                rest = rest[used..];
                answers.Add(answer == Answer.Error ? $"Error:{scanner.ErrorPrefix}" : $"{answer}");
                if (answer == Answer.Garbage)
                {
                    return string.Join(' ', answers); // there is nothing after it
                }
            }
        }

        return string.Join(' ', answers);
    }
}

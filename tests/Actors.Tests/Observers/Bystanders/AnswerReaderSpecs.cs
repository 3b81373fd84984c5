using System.Text;
using ActorLoad.Metrics;
using ActorLoad.Observers.Bystanders;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Bystanders;

public class AnswerReaderSpecs
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
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "Garbage")]
    [InlineData("\r\n", "Garbage")]
    [InlineData("+PON", "")]
    [InlineData("", "")]
    public void Answers_are_taken_from_whatever_pieces_they_come_in(string bytes, string expected)
    {
        Assert.Equal(expected, Read(bytes, bytes.Length));
        Assert.Equal(expected, Read(bytes, 1));
        Assert.Equal(expected, Read(bytes, 3));
    }

    [Fact]
    public void Replies_without_end_find_room() =>
        Assert.Equal(
            string.Join(' ', Enumerable.Repeat("Pong", 3_000)),
            Read(string.Concat(Enumerable.Repeat("+PONG\r\n", 3_000)), int.MaxValue));

    [Fact]
    public void A_line_that_does_not_end_is_garbage() => Assert.Equal("Garbage", Read(new string('-', 5_000), int.MaxValue));

    private static string Read(string text, int piece)
    {
        var reader = new AnswerReader(new ServerWords("hunter2secret"));
        var answers = new List<string>();
        for (ReadOnlySpan<byte> rest = Encoding.ASCII.GetBytes(text); rest.Length > 0;)
        {
            var count = Math.Min(Math.Min(piece, rest.Length), reader.Room.Length);
            rest[..count].CopyTo(reader.Room);
            rest = rest[count..];
            reader.Arrived(count);
            for (Answer answer; (answer = reader.Next()) != Answer.Incomplete;)
            {
                answers.Add(answer == Answer.Error ? $"Error:{reader.Error}" : $"{answer}");
                if (answer == Answer.Garbage)
                {
                    return string.Join(' ', answers); // there is nothing after it
                }
            }
        }

        return string.Join(' ', answers);
    }
}

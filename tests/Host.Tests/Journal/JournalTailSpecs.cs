using System.Text;
using ActorLoad.Hosting.Journal;
using Xunit;

namespace ActorLoad.Hosting.Tests.Journal;

public sealed class JournalTailSpecs : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    private string Path => _files["samples.jsonl"];

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Lines_are_read_once_their_end_is_written()
    {
        File.WriteAllText(Path, "");
        var tail = new JournalTail(Path);
        Assert.Empty(Read(tail));
        File.AppendAllText(Path, "one\ntw");
        Assert.Equal([(1, "one")], Read(tail));
        Assert.Empty(Read(tail));
        File.AppendAllText(Path, "o\n\nfour\n");
        Assert.Equal([(2, "two"), (3, ""), (4, "four")], Read(tail));
    }

    [Theory]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData((1 << 20) - 1)]
    public void Long_lines_are_read_whole(int length)
    {
        File.WriteAllText(Path, $"{new string('x', length)}\nnext\n");
        var tail = new JournalTail(Path);
        var lines = new List<(long Number, string Text)>();
        while (Read(tail) is { Count: > 0 } more)
        {
            lines.AddRange(more);
        }

        Assert.Equal([(1, length), (2, 4)], lines.Select(line => (line.Number, line.Text.Length)));
    }

    [Fact]
    public void A_line_beyond_the_longest_is_empty_and_counts()
    {
        File.WriteAllText(Path, new string('x', 5 << 20));
        var tail = new JournalTail(Path);
        Assert.Empty(Read(tail));
        File.AppendAllText(Path, "x\nnext\n");
        Assert.Equal([(1, ""), (2, "next")], Read(tail));
    }

    private static List<(long, string)> Read(JournalTail tail) =>
        [.. tail.Read().Select(line => (line.Number, Encoding.UTF8.GetString(line.Text.Span)))];
}

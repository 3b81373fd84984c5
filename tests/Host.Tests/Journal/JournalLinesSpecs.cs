using System.Text;
using ActorLoad.Hosting.Journal;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Hosting.Tests.Journal;

public class JournalLinesSpecs
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\nb", "a|b")]
    [InlineData("a\n\nb\n", "a||b")]
    public void Lines_end_at_a_newline_or_at_the_end_of_the_file(string text, string lines) => Assert.Equal(lines, string.Join('|', Read(text)));

    [Property(MaxTest = 50)]
    public bool Lines_of_any_length_are_read_whole(ushort[] lengths)
    {
        var lines = lengths.Select(length => new string('x', length * 3)).ToArray();
        return Read(string.Concat(lines.Select(line => line + "\n"))).SequenceEqual(lines);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void Line_that_is_too_long_is_skipped_and_the_others_are_read(int more)
    {
        var tooLong = new string('x', JournalLines.Longest + more);
        Assert.Equal(["a", "b"], Read($"a\n{tooLong}\nb\n{tooLong}{tooLong}"));
    }

    private static string[] Read(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return [.. JournalLines.Of(stream).Select(line => Encoding.UTF8.GetString(line.Span))];
    }
}

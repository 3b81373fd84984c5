using ActorLoad.Hosting.Terminal;
using Xunit;

namespace ActorLoad.Hosting.Tests.Terminal;

/// <summary>Paragraphs in rows of a given width.</summary>
public sealed class PageLineSpecs
{
    [Theory]
    [InlineData("one two three", 9, 3, "one two|  three")]
    [InlineData("one two three", 7, 3, "one two|  three")]
    [InlineData("one two three", 13, 1, "one two three")]
    [InlineData("one two three", 12, 1, "one two...")]
    [InlineData("one two three four", 9, 2, "one two|  thre...")]
    [InlineData("  indented text", 11, 2, "  indented|  text")]
    [InlineData("abcdefghijklmno", 6, 3, "abcdef|  ghij|  k...")]
    [InlineData("ends in spaces    ", 80, 1, "ends in spaces")]
    [InlineData("a\u001bb", 80, 1, "a\\u001bb")]
    [InlineData("接続接続", 5, 2, "接続|  接...")]
    [InlineData("", 80, 2, "")]
    public void Paragraph_is_folded_between_words(string text, int width, int rows, string folded) =>
        Assert.Equal(folded.Split('|'), PageLine.Fold(width, rows, 2, (text, Look.Plain)).Select(line => line.Text));

    [Fact]
    public void Words_keep_their_styles_across_rows()
    {
        var lines = PageLine.Fold(8, 2, 0, ("LOST one", Look.Bad), (" and two", Look.Plain));
        Assert.Equal([("LOST one", Look.Bad)], lines[0].Words);
        Assert.Equal([("and two", Look.Plain)], lines[1].Words);
    }

    [Theory]
    [InlineData("a  \nb \n", "a\nb\n")]
    [InlineData("a  ", "a")]
    [InlineData("  a b\r\n", "  a b\r\n")]
    [InlineData("   \n\n", "\n\n")]
    public void Writer_removes_trailing_spaces(string text, string written)
    {
        var (whole, single) = (new StringWriter(), new StringWriter());
        new UnpaddedWriter(whole).Write(text);
        var characters = new UnpaddedWriter(single);
        foreach (var character in text)
        {
            characters.Write(character);
        }

        Assert.Equal((written, written), (whole.ToString(), single.ToString()));
    }
}

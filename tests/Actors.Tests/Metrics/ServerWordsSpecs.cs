using System.Text;
using ActorLoad.Metrics;
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public sealed class ServerWordsSpecs
{
    private const string Secret = "hunter2secret";

    [Theory]
    [InlineData("hunter2secret", "***")]
    [InlineData("hunter2secret is wrong", "***")]
    [InlineData("ERR hunter2secret", "ERR ***")]
    [InlineData("ERR unknown command 'AUTH' with: 'hunter2secret'", "ERR unknown command 'AUTH' with: '***'")]
    [InlineData("ERR 12345678901234567890123456789012345hunter2secret", "ERR 12345678901234567890123456789012345*")]
    [InlineData("NOAUTH hunter2secret", "NOAUTH")]
    public void Error_prefix_holds_no_secret(string line, string prefix) => Assert.Equal(prefix, new ServerWords(Secret).ErrorPrefix(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("ERR", "ERR max number of clients reached", "ERR max number of clients reached")]
    [InlineData("number of clients", "ERR max number of clients reached", "ERR max number of clients reached")]
    [InlineData("NOAUTH", "NOAUTH Authentication required.", "NOAUTH")]
    public void Standard_server_words_are_kept_even_if_the_secret_resembles_them(string secret, string line, string prefix) =>
        Assert.Equal(prefix, new ServerWords(secret).ErrorPrefix(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void The_first_few_error_lines_of_each_prefix_are_kept_without_secrets()
    {
        var words = new ServerWords(Secret);
        foreach (var line in new[] { "MOVED 1 10.0.0.1:7001", "MOVED 1 10.0.0.1:7001", "MOVED 2 10.0.0.2:7001", "OOM hunter2secret", "MOVED 3 a:1", "MOVED 4 b:1" })
        {
            words.ErrorPrefix(Encoding.UTF8.GetBytes(line));
        }

        Assert.Equal("MOVED 1 10.0.0.1:7001, MOVED 2 10.0.0.2:7001, MOVED 3 a:1", string.Join(", ", words.Said["MOVED"]));
        Assert.Equal("OOM ***", Assert.Single(words.Said["OOM"]));
    }

    [Theory]
    [InlineData("\u001b]0;title\u0007", "\\u001b]0;title\\u0007")]
    [InlineData("a\u009bb\u007fc", "a\\u009bb\\u007fc")]
    [InlineData("left\u202eright\u2066\u200b\ufeff", "left\\u202eright\\u2066\\u200b\\ufeff")]
    [InlineData("one\r\ntwo\tthree", "one\\r\\ntwo\\tthree")]
    [InlineData("\U0001F600 and \U000E0041", "\U0001F600 and \\udb40\\udc41")]
    [InlineData("naïve 日本", "naïve 日本")]
    public void Terminal_control_characters_in_server_words_are_escaped(string words, string kept) => Assert.Equal(kept, ServerWords.WithoutSecrets.Keep(words));

    [Theory]
    [InlineData("10000", "10000")]
    [InlineData("7.0.15", "7.0.15")]
    [InlineData("123456", "***")]
    [InlineData("12345", "12345")]
    public void Number_is_kept_unless_it_is_the_secret(string value, string kept) => Assert.Equal(kept, new ServerWords("123456").KeepValue(value));

    [Fact]
    public void Half_a_surrogate_pair_is_escaped() => Assert.Equal("\\ud800 and \\udc00", ServerWords.WithoutSecrets.Keep("\ud800 and \udc00"));

    [Property(MaxTest = 1000)]
    public void Secret_is_removed_whatever_surrounds_it(string? before, string? after, PositiveInt longest)
    {
        var kept = new ServerWords(Secret).Keep($"{before}{Secret}{after}", longest.Get);
        Assert.True(kept.Length <= longest.Get);
        Assert.DoesNotContain("hunte", kept, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(kept, ForeignText.Shown(kept));
    }
}

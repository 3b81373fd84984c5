using ActorLoad.Metrics;
using Xunit;

namespace ActorLoad.Actors.Tests.Metrics;

public sealed class SecretsSpecs
{
    [Theory]
    [InlineData("ERR unknown command 'AUTH', with args beginning with: 'hunter2secret'", "ERR unknown command 'AUTH', with args beginning with: '***'")]
    [InlineData("hunter2secret", "***")]
    [InlineData("xhunter2secrety", "x***y")]
    [InlineData("HUNTER2SECRET and Hunter2Secret", "*** and ***")]
    [InlineData("hunter2secrethunter2secret", "***")]
    [InlineData("beginning with: 'hunter2se...", "beginning with: '***...")]
    [InlineData("unter2sec", "***")]
    [InlineData("beginning with: 'hun", "beginning with: '***")]
    [InlineData("beginning with: 'hunt'", "beginning with: '***'")]
    [InlineData("hun\u0001ter2\u200bsecret.", "***.")]
    [InlineData("68756e74657232736563726574 is aHVudGVyMnNlY3JldA==", "*** is ***")]
    [InlineData("NOAUTH Authentication required.", "NOAUTH Authentication required.")]
    public void Secret_is_hidden_however_a_server_says_it(string words, string shown) => Assert.Equal(shown, new Secrets(["hunter2secret"]).Hide(words));

    [Theory]
    [InlineData("a \"b\\c", "with: 'a \\\"b\\\\c' ", "with: '***' ")]
    [InlineData("two\nlines", "'two\\nlines'", "'***'")]
    [InlineData("two\nlines", "'two lines'", "'***'")]
    [InlineData("pässword", "'p\\xc3\\xa4ssword'", "'***'")]
    [InlineData("pässword", "\"p\\u00E4ssword\"", "\"***\"")]
    [InlineData("pass word/é", "pass%20word%2F%C3%A9", "***")]
    [InlineData("four", "'four' fourteen", "'***' ***teen")]
    [InlineData("a", "ERR wants a password: 'a'", "ERR wants *** password: '***'")]
    [InlineData("a", "max number of clients reached", "max number of clients reached")]
    [InlineData("", "anything", "anything")]
    public void Secret_of_any_kind_is_hidden(string secret, string words, string shown) => Assert.Equal(shown, new Secrets([secret]).Hide(words));

    [Fact]
    public void Truncated_secret_of_16_KiB_is_hidden()
    {
        var secret = string.Concat(Enumerable.Range(0, 3_000).Select(each => $"{each:x5}"));
        Assert.Equal("with: '***", new Secrets([secret]).Hide($"with: '{secret[..128]}"));
    }

    [Fact]
    public void Each_of_several_secrets_is_hidden() => Assert.Equal("*** and ***", new Secrets(["first-one", "other-one"]).Hide("other-one and first-one"));
}

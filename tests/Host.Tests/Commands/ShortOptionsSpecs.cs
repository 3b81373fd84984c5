using ActorLoad.Hosting.Commands;
using Xunit;

namespace ActorLoad.Hosting.Tests.Commands;

public class ShortOptionsSpecs
{
    [Theory]
    [InlineData("20", "20s")]
    [InlineData("0", "0s")]
    [InlineData("0.5", "500ms")]
    [InlineData("1.0", "1s")]
    [InlineData("0.0005", "500micros")]
    [InlineData("20s", "20s")]
    [InlineData("-1", "-1")]
    [InlineData("1e3", "1e3")]
    [InlineData("", "")]
    [InlineData("99999999999999999999", "99999999999999999999")]
    public void A_bare_number_is_seconds(string given, string meant) => Assert.Equal(meant, ShortOptions.WithUnit(given));
}

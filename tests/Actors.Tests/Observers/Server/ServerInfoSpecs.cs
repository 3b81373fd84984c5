using ActorLoad.Observers.Server;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Server;

public class ServerInfoSpecs
{
    [Fact]
    public void Fields_are_read_under_their_headings()
    {
        var info = ServerInfo.Parse(InfoTexts.Redis.ReplaceLineEndings("\r\n"));
        Assert.True(info.IsInfo);
        Assert.Equal(["Server", "Clients", "Memory", "Stats", "CPU"], info.Sections);
        Assert.Equal(("7.0.15", 1500, 0.25), (info.Text("redis_version"), info.Number("total_connections_received"), info.Fraction("used_cpu_sys_main_thread")));
    }

    [Fact]
    public void Value_may_hold_colons_and_an_empty_value_is_absent()
    {
        var info = ServerInfo.Parse(InfoTexts.Valkey);
        Assert.Equal("name=tcp,bind=*,bind=-::*,port=6379", info.Text("listener0"));
        Assert.Null(info.Text("executable"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 400 Bad Request")]
    [InlineData(":\r\n::\r\n#\r\n# #\r\n:=\r\n")]
    [InlineData("hello:world")]
    public void Garbage_is_not_INFO(string text)
    {
        var info = ServerInfo.Parse(text);
        Assert.False(info.IsInfo);
        Assert.Equal("unknown", ServerKind.Of(info).Name);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("99999999999999999999")]
    [InlineData("NaN")]
    [InlineData("12 apples")]
    [InlineData("0x10")]
    public void Value_that_is_not_a_number_is_null(string value) => Assert.Null(ServerInfo.Parse($"field:{value}").Number("field"));

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e400")]
    public void Value_that_is_not_a_finite_number_is_null(string value) => Assert.Null(ServerInfo.Parse($"field:{value}").Fraction("field"));

    [Fact]
    public void First_of_two_equal_fields_counts() => Assert.Equal(1, ServerInfo.Parse("a:1\na:2").Number("a"));

    [Property]
    public void Any_text_is_parsed_without_an_exception(string? text)
    {
        var reading = ServerReading.Of(ServerInfo.Parse(text ?? ""));
        Assert.NotNull(reading.Kind);
    }

    /// <summary>A reply that was cut off, or whose bytes were hurt, gives what is left of it.</summary>
    [Property]
    public void Truncated_or_corrupted_INFO_never_throws(uint cut, uint hurt, char by)
    {
        var text = InfoTexts.Redis[..(int)(cut % (uint)InfoTexts.Redis.Length)].ToCharArray();
        if (text.Length > 0)
        {
            text[hurt % text.Length] = by;
        }

        var reading = ServerReading.Of(ServerInfo.Parse(new string(text)));
        Assert.True(reading.Received is null or >= 0);
    }
}

// RESPite calls its reader an evaluation API (SER004); the version is pinned.
#pragma warning disable SER004
using System.Text;
using ActorLoad.Connections;
using ActorLoad.Resp;
using FsCheck;
using FsCheck.Xunit;
using RESPite.Messages;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

public sealed class ScriptSpecs
{
    [Theory]
    [InlineData("PING", "*1\r\n$4\r\nPING\r\n")]
    [InlineData("GET foo", "*2\r\n$3\r\nGET\r\n$3\r\nfoo\r\n")]
    [InlineData("  GET   foo  ", "*2\r\n$3\r\nGET\r\n$3\r\nfoo\r\n")]
    [InlineData("SET foo {burst}:{client}", "*3\r\n$3\r\nSET\r\n$3\r\nfoo\r\n$4\r\n7:42\r\n")]
    [InlineData("SET {client} \"\"", "*3\r\n$3\r\nSET\r\n$2\r\n42\r\n$0\r\n\r\n")]
    [InlineData("GET ключ", "*2\r\n$3\r\nGET\r\n$8\r\nключ\r\n")]
    public void A_command_is_an_array_of_bulk_strings(string command, string bytes) => Assert.Equal(bytes, Write(Parse(command)));

    [Theory]
    [InlineData("SET k \"two words\"", "SET", "k", "two words")]
    [InlineData("SET k 'two words'", "SET", "k", "two words")]
    [InlineData("SET k 'say \"x\"'", "SET", "k", "say \"x\"")]
    [InlineData("SET k \"say \\\"x\\\"\"", "SET", "k", "say \"x\"")]
    [InlineData("SET k \"a\\r\\n\\t\\\\b\"", "SET", "k", "a\r\n\t\\b")]
    [InlineData("SET k a\\nb", "SET", "k", "a\\nb")]
    [InlineData("SET k ''", "SET", "k", "")]
    [InlineData("SET k 'it\\'s'", "SET", "k", "it's")]
    [InlineData("SET k 'a\\nb\\\\ '", "SET", "k", "a\\nb\\\\ ")]
    [InlineData("SET k \"a\\bb\\ac\"", "SET", "k", "a\bb\ac")]
    [InlineData("SET k \"\\x41\\x4a\\x4A\"", "SET", "k", "AJJ")]
    [InlineData("SET k \"\\x4\\xg1\\q\\'\"", "SET", "k", "x4xg1q'")]
    [InlineData("SET k pre\"two words\"", "SET", "k", "pretwo words")]
    [InlineData("SET k pre'two words' next", "SET", "k", "pretwo words", "next")]
    [InlineData("SET k \"\" ''", "SET", "k", "", "")]
    [InlineData("SET\tk\nv\r\n w", "SET", "k", "v", "w")]
    [InlineData("\vSET k \"v\"\fw", "SET", "k", "v", "w")]
    [InlineData("SET k\vx", "SET", "k\vx")]
    [InlineData("SET k\u00a0v\u3000w", "SET", "k\u00a0v\u3000w")]
    [InlineData("SET k \\x41", "SET", "k", "\\x41")]
    [InlineData("SET k \"\\x7bclient}\"", "SET", "k", "{client}")]
    [InlineData("SET k \"\\{client}{client}\"", "SET", "k", "{client}42")]
    [InlineData("\"\"", "")]
    [InlineData("SET k {{client}}", "SET", "k", "{client}")]
    [InlineData("SET k {{{client}}}", "SET", "k", "{42}")]
    [InlineData("SET k }}{{", "SET", "k", "}{")]
    [InlineData("SET k \"{burst} {client}\"", "SET", "k", "7 42")]
    public void Quotes_are_removed_and_placeholders_are_filled_in(string command, params string[] words) =>
        Assert.Equal(words, Read(Write(Parse(command))));

    [Theory]
    [InlineData("SET k \"\\x00\\xff\"", "00FF")]
    [InlineData("SET k \"\\x00\\xff\\x41é\"", "00FF41C3A9")]
    [InlineData("SET k \"\\r\\n\\t\\b\\a\\\\\\\"\"", "0D0A0908075C22")]
    [InlineData("SET k \"\\xC3{client}\\x80\"", "C3343280")]
    public void Argument_is_the_bytes_that_redis_cli_would_send(string command, string hex)
    {
        var script = Parse(command);
        var room = new byte[script.Step(0).MaxLength];
        var sent = room.AsSpan(0, script.Step(0).Write(new Sender(7, 42), room));
        var value = Convert.FromHexString(hex);

        Assert.Equal(
            [.. Encoding.ASCII.GetBytes($"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${value.Length}\r\n"), .. value, .. "\r\n"u8], sent.ToArray());
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("   ", "is empty")]
    [InlineData("GET 'foo", "has no closing '")]
    [InlineData("GET \"foo", "has no closing \"")]
    [InlineData("GET \"foo\\\"", "has no closing \"")]
    [InlineData("GET \"foo\"bar", "has text right after a closing \"")]
    [InlineData("GET 'foo'bar", "has text right after a closing '")]
    [InlineData("GET \"foo\"'bar'", "has text right after a closing \"")]
    [InlineData("GET \"foo\"\u00a0", "has text right after a closing \"")]
    [InlineData("GET fo\"o", "has no closing \"")]
    [InlineData("GET it's", "has no closing '")]
    [InlineData("GET 'foo\\'", "has no closing '")]
    [InlineData("GET \"foo\\", "has no closing \"")]
    [InlineData("GET a\0b", "holds a character U+0000")]
    [InlineData("GET {clinet}", "unknown placeholder {clinet}")]
    [InlineData("GET {}", "unknown placeholder {}")]
    [InlineData("GET {Client}", "unknown placeholder {Client}")]
    public void Error_in_a_command_is_reported_with_its_number(string command, string problem)
    {
        Assert.False(Script.TryParse(["PING", command], out var script, out var told));
        Assert.Null(script);
        Assert.StartsWith("command 2 `", told, StringComparison.Ordinal);
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "PING", "quit")]
    [InlineData(false, "QUIT", "PING")]
    [InlineData(false, "PING", "QUIT now")]
    [InlineData(false)]
    public void Script_that_ends_with_QUIT_lets_the_server_close_first(bool ends, params string[] commands)
    {
        Assert.True(Script.TryParse(commands, out var script, out _));
        Assert.Equal(ends, script!.EndsWithQuit);
    }

    [Fact]
    public void A_script_keeps_its_commands_in_order()
    {
        var script = Parse("PING", "GET foo");
        Assert.Equal(2, script.First.Part(0).Length);
        Assert.Equal(["PING"], Read(Write(script, 0)));
        Assert.Equal(["GET", "foo"], Read(Write(script, 1)));
        Assert.Equal(0, Script.Empty.First.Parts);
        Assert.Equal(0, Parse().First.Parts);
    }

    [Fact]
    public void Setup_is_AUTH_and_takes_its_words_literally()
    {
        Assert.Equal(["AUTH", "{client} \"x\" "], Read(Write(Given.Setup(new Credentials("", "{client} \"x\" ")))));
        Assert.Equal(["AUTH", "me", "secret"], Read(Write(Given.Setup(new Credentials("me", "secret")))));
        Assert.Equal(0, Given.Setup(Credentials.None).First.Parts);
        Assert.Equal(0, Given.Setup(new Credentials("me", "")).First.Parts);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Any_number_fits_into_the_reserved_space(int burst, int client)
    {
        var script = Parse("SET {client}{burst} {burst}:{client}");
        var room = new byte[script.Step(0).MaxLength];
        var length = script.Step(0).Write(new Sender(burst, client), room);
        Assert.Equal(["SET", $"{client}{burst}", $"{burst}:{client}"], Read(Encoding.UTF8.GetString(room, 0, length)));
    }

    [Property]
    public void Written_command_reads_back_as_its_words(NonEmptyArray<NonNull<string>> words, NonNegativeInt burst, NonNegativeInt client)
    {
        var plain = words.Get.Select(word => Sound(word.Get)).ToArray();
        var script = Parse(string.Join(' ', plain.Select(Quote)));
        Assert.Equal(plain, Read(Write(script, 0, burst.Get, client.Get)));
    }

    private static Script Parse(params string[] commands)
    {
        Assert.True(Script.TryParse(commands, out var script, out var problem), problem);
        return script!;
    }

    private static string Write(Script script, int step = 0, int burst = 7, int client = 42)
    {
        var room = new byte[script.Step(step).MaxLength];
        return Encoding.UTF8.GetString(room, 0, script.Step(step).Write(new Sender(burst, client), room));
    }

    private static List<string> Read(string bytes)
    {
        var reader = new RespReader(Encoding.UTF8.GetBytes(bytes));
        Assert.True(reader.TryMoveNext());
        Assert.Equal(RespPrefix.Array, reader.Prefix);
        var count = reader.AggregateLength();
        var words = new List<string>();
        for (var index = 0; index < count; index++)
        {
            Assert.True(reader.TryMoveNext());
            Assert.Equal(RespPrefix.BulkString, reader.Prefix);
            words.Add(reader.ReadString()!);
        }

        Assert.False(reader.TryMoveNext());
        return words;
    }

    // Half a surrogate pair is no text: UTF-8 cannot carry it.
    private static string Sound(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static string Quote(string word) =>
        $"\"{word.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("{", "{{").Replace("}", "}}").Replace("\0", "\\x00")}\"";
}

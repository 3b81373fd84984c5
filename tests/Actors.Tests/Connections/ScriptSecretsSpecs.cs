using ActorLoad.Connections;
using ActorLoad.Resp;
using FsCheck.Xunit;
using Xunit;

namespace ActorLoad.Actors.Tests.Connections;

public sealed class ScriptSecretsSpecs
{
    [Theory]
    [InlineData("AUTH hunter2", "AUTH ***", "hunter2")]
    [InlineData("  auth  'hunter 2'", "  auth  ***", "hunter 2")]
    [InlineData("AUTH me hunter2", "AUTH *** ***", "hunter2")]
    [InlineData("AUTH my secret words", "AUTH *** *** ***", "my secret words")]
    [InlineData("\"AUTH\" \"hun\\x74er2\"", "\"AUTH\" ***", "hunter2")]
    [InlineData("\"\\x41UTH\" hunter2", "\"\\x41UTH\" ***", "hunter2")]
    [InlineData("AUTHhunter2", "AUTH***", "hunter2")]
    [InlineData("HELLO 3 AUTH me hunter2 SETNAME x", "HELLO 3 AUTH *** *** SETNAME x", "hunter2")]
    [InlineData("hello 2 setname x auth me hunter2", "hello 2 setname x auth *** ***", "hunter2")]
    [InlineData("MIGRATE h 1 key 0 10 COPY AUTH hunter2 KEYS a", "MIGRATE h 1 key 0 10 COPY AUTH *** KEYS a", "hunter2")]
    [InlineData("MIGRATE h 1 key 0 10 AUTH2 me hunter2", "MIGRATE h 1 key 0 10 AUTH2 *** ***", "hunter2")]
    [InlineData("CONFIG SET maxclients 5 requirepass hunter2", "CONFIG SET maxclients 5 requirepass ***", "hunter2")]
    [InlineData("CONFIG SET masterauth hunter2", "CONFIG SET masterauth ***", "hunter2")]
    [InlineData("config set tls-key-file-pass hunter2", "config set tls-key-file-pass ***", "hunter2")]
    [InlineData("ACL SETUSER me on >hunter2 <older #0123ab +@all", "ACL SETUSER me on >*** <*** #*** +@all", "hunter2 older 0123ab")]
    [InlineData("SENTINEL SET mymaster auth-pass hunter2", "SENTINEL SET mymaster auth-pass ***", "hunter2")]
    [InlineData("HELLO 3 AUTH AUTH first-one second-one", "HELLO 3 AUTH *** *** ***", "first-one second-one")]
    [InlineData("AUTH", "AUTH", "")]
    [InlineData("GET auth", "GET auth", "")]
    [InlineData("CONFIG GET requirepass", "CONFIG GET requirepass", "")]
    [InlineData("SET foo {burst}:{client}", "SET foo {burst}:{client}", "")]
    public void Secret_in_a_command_is_found_and_not_shown(string command, string shown, string secrets)
    {
        Assert.Equal(shown, ScriptSecrets.Shown(command));
        Assert.Equal(secrets, string.Join(' ', ScriptSecrets.Of(command)));
    }

    [Theory]
    [InlineData("AUTH \"hunter2")]
    [InlineData("AUTH {hunter2}")]
    [InlineData("AUTH 'hunter2' \"")]
    public void Error_about_a_command_does_not_show_its_secret(string command)
    {
        Assert.False(Script.TryParse([command], out _, out var problem));
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
        Assert.Contains("AUTH ***", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_of_a_script_are_listed_as_they_are_sent()
    {
        Assert.True(Script.TryParse(["PING", "AUTH \"{{hunter\\\"2\"", "AUTH user{client} pass{client}word"], out var script, out _));
        Assert.Equal("{hunter\"2 pass word", string.Join(' ', script!.Secrets));
        Assert.Equal(["other"], Given.Setup(new Credentials("me", "other")).Secrets.AsEnumerable());
    }

    [Property(MaxTest = 1000)]
    public void Secrets_of_any_command_are_found_without_an_exception(string? command, string? more)
    {
        foreach (var text in new[] { command ?? "", $"AUTH {command}", $"ACL SETUSER {command} {more}", $"HELLO {command} AUTH {more}" })
        {
            Assert.NotNull(ScriptSecrets.Shown(text));
            _ = ScriptSecrets.Of(text).Count();
        }
    }
}

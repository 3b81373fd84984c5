using ActorLoad.Configuration;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

/// <summary>Environment variables in run files.</summary>
public class VariableSpecs
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["HOST"] = "10.0.0.1",
        ["HOLD"] = "7s",
        ["SECRET"] = "  ${hunter2} ",
        ["EMPTY"] = "",
        ["NULL"] = "null",
        ["actorload.seed"] = "99",
    };

    [Theory]
    [InlineData("target.endpoints = [${HOST}\":6379\"]", """{"endpoints":["10.0.0.1:6379"],"username":"","password":""}""")]
    [InlineData("target.endpoints = [${?HOST}\":6379\", ${?NOPE}]", """{"endpoints":["10.0.0.1:6379"],"username":"","password":""}""")]
    [InlineData("target { username = ${NULL}, password = ${SECRET} }", """{"endpoints":["127.0.0.1:6379"],"username":"null","password":"***"}""")]
    [InlineData("target { username = u, username = ${?NOPE}, password = ${?SECRET} }", """{"endpoints":["127.0.0.1:6379"],"username":"u","password":"***"}""")]
    [InlineData("target { username = u, username = ${?EMPTY} }", """{"endpoints":["127.0.0.1:6379"],"username":"","password":""}""")]
    public void Variable_is_used_when_the_configuration_has_no_such_value(string keys, string target) =>
        Assert.Equal(target, Part(Operators($"actorload {{ {keys} }}"), "target", "endpoints", "username", "password"));

    [Fact]
    public void Configuration_value_comes_before_a_variable() =>
        Assert.Equal(1, Operators("actorload.seed = ${actorload.seed}").Settings.Seed);

    [Fact]
    public void Password_from_a_variable_is_literal_and_not_shown()
    {
        var loaded = Operators("actorload.target.password = ${SECRET}");

        Assert.Equal("  ${hunter2} ", loaded.Settings.Target.Credentials.Password);
        Assert.DoesNotContain("hunter2", loaded.ToHocon(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("${HOLD}", 7)]
    [InlineData("${?HOLD}", 7)]
    [InlineData("${?NOPE}", 0)]
    public void Option_sees_variables_like_an_operators_file(string value, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            ConfigLoader.Load([new OverrideLayer("--set", "connection.hold", value, Variables.GetValueOrDefault)]).Settings.Connection.Hold);

    [Fact]
    public void Included_file_of_the_operator_sees_variables_too() =>
        Assert.Equal(TimeSpan.FromSeconds(7), Operators("include \"hold\"").Settings.Connection.Hold);

    [Theory]
    [InlineData("actorload.connection.hold = ${HOLD}", "body:1: connection.hold: no value for ${HOLD}; ")]
    [InlineData("include \"hold\"", "body:1: include \"hold\": includes are not allowed here; ")]
    public void Posted_file_never_sees_a_variable(string body, string error) =>
        Assert.StartsWith(error, Assert.Single(Errors(() => Posted(body))), StringComparison.Ordinal);

    [Fact]
    public void Optional_variable_in_a_posted_file_is_undefined() =>
        Assert.Equal(TimeSpan.Zero, Posted("actorload.connection.hold = ${?HOLD}").Settings.Connection.Hold);

    [Fact]
    public void Posted_file_cannot_read_a_variable_through_a_daemon_key() =>
        Assert.Equal("", Posted("actorload.target.username = ${?actorload.target.username}").Settings.Target.Credentials.Username);

    [Fact]
    public void Mistake_in_a_copied_item_of_the_reference_is_the_copiers()
    {
        var errors = Configurations.Errors(() => ConfigLoader.Load([new OverrideLayer("--set", "connection.script", "${actorload.load}")]));

        Assert.StartsWith("--set: connection.script[0].send: a step without a command", Assert.Single(errors), StringComparison.Ordinal);
    }

    private static LoadedConfiguration Posted(string text) => ConfigLoader.LoadStranger(
        new FileLayer("body", text, Include, Variables.GetValueOrDefault), Operators("actorload.target { username = ${HOST}, password = ${SECRET} }"));

    private static LoadedConfiguration Operators(string text) =>
        ConfigLoader.Load([new FileLayer("run.conf", text, Include, Variables.GetValueOrDefault)]);

    private static FileLayer Include(string name) => new(name, "actorload.connection.hold = ${HOLD}", Include, Variables.GetValueOrDefault);
}

using System.Collections;
using ActorLoad.Configuration;
using FsCheck;
using FsCheck.Xunit;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

/// <summary>Values of options and variables: a text is that text, anything else is HOCON.</summary>
public class OverrideTextSpecs
{
    public static TheoryData<string> Texts =>
    [
        "", " ", "  outer  ", "\ttab\t", "two words", "pa#ss//wo{rd", "#", "#x", "//", "//x", "/*", "null", "true", "off", "0", "1e3", "-1",
        "${x}", "${?x}", "${", "$x", "$", "${actorload.target.username}", "a${x}b", "\"\"", "\"", "\"a\"", "\"a", "a\"", "\"in quotes \"", "\"\"\"", "\"\"\"a\"\"\"",
        "'", "'a'", "[", "[]", "[a]", "[1, 2", "]", "{", "{}", "{a=1}", "{ a", "}", "=", "a=b", "+=", "a += b", ":", "a:b", ",", "a,b", ".", "a.b", "..",
        "\\", "\\n", "\\\"", "\\u0041", "`", "^", "?", "!", "@", "@file", "*", "&", "%", "a\nb", "\n", "a\r\nb", "\u001b[31m", "\u0001", "é", "ключ", "日本",
        "\uFEFF", "\uFEFFa", "\u00a0", "\u2028", "😀", "include \"x\"", "include", "--set", "***",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Password_from_a_variable_is_literal(string text)
    {
        var variable = EnvironmentLayers.From(new Hashtable { ["ACTORLOAD__TARGET__PASSWORD"] = text });

        Assert.Equal(text, ConfigLoader.Load(variable).Settings.Target.Credentials.Password);
        Assert.Equal(text, LoadFile("", Password(text)).Settings.Target.Credentials.Password);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Other_text_from_an_option_is_literal_or_an_error(string text)
    {
        foreach (var path in new[] { "daemon.results", "load.0.name", "phase-defaults.name", "target.username", "connection.script.0" })
        {
            try
            {
                var settings = LoadFile("actorload.target.password = x", Set(path, text)).Settings.Configuration;
                Assert.Contains(text, (string[])
                    [(string)settings["daemon"]!["results"]!, (string)settings["load"]![0]!["name"]!, (string)settings["phase-defaults"]!["name"]!,
                        (string)settings["target"]!["username"]!, (string)settings["connection"]!["script"]![0]!]);
            }
            catch (SettingsException refused)
            {
                Assert.StartsWith("--set: ", Assert.Single(refused.Errors).ToString(), StringComparison.Ordinal);
                Assert.DoesNotContain("closed", refused.Message.Replace("has no closing", "", StringComparison.Ordinal), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("load", "load", true)]
    [InlineData("load.0.count", "load", true)]
    [InlineData("load[0].count", "load.0", true)]
    [InlineData("load.0", "load[0]", true)]
    [InlineData("loads", "load", false)]
    [InlineData("load", "load.0", false)]
    [InlineData("load.1.count", "load.0", false)]
    public void Path_is_within_another_for_any_spelling_of_its_indexes(string path, string outer, bool isWithin) =>
        Assert.Equal(isWithin, new OverrideLayer("--set", path, "1").IsWithin(outer));

    [Property(MaxTest = 200)]
    public void Any_password_from_a_variable_is_literal(NonNull<string> text)
    {
        if (!text.Get.Contains('\uFFFD', StringComparison.Ordinal) && text.Get.All(character => !char.IsSurrogate(character)))
            Assert.Equal(text.Get, LoadFile("", Password(text.Get)).Settings.Target.Credentials.Password);
    }

    [Theory]
    [InlineData("seed", "1e3", "1000")]
    [InlineData("seed", " 7 ", "7")]
    [InlineData("seed", "\"7\"", "7")]
    [InlineData("connection.max-open", "${actorload.observers.bystander.rate}", "20")]
    [InlineData("connection.hold", "${actorload.connection.reply-timeout}", "10s")]
    [InlineData("connection.keep-alive", "yes", "true")]
    [InlineData("connection.script", "[\"PING\", QUIT]", """["PING","QUIT"]""")]
    [InlineData("connection.script", "${actorload.connection.script} [\"QUIT\"]", """["PING","GET foo","SET foo {burst}:{client}","QUIT"]""")]
    [InlineData("target.endpoints.0", " a:1", """["a:1"]""")]
    [InlineData("target.endpoints.0", "[::1]:6379", """["[::1]:6379"]""")]
    [InlineData("target.endpoints.0", "\"[::1]:6379\"", """["[::1]:6379"]""")]
    [InlineData("safety.allowed-targets.0", "127.0.0.1/32", """["127.0.0.1/32","::1/128"]""")]
    [InlineData("run", "{ deadline = 7s }", """{"deadline":"7s"}""")]
    public void Option_values_for_lists_numbers_and_objects_are_HOCON(string path, string text, string shown)
    {
        var json = (System.Text.Json.Nodes.JsonNode?)LoadFile("", Set(path, text)).Settings.Configuration;
        foreach (var key in path.Split('.').Where(key => key != "0"))
            json = json![key];

        Assert.Equal(shown, json!.ToJsonString().Trim('"').Replace("\\u0022", "\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("target.password", "hunter2secret")]
    [InlineData("target", "{ username = me, password = hunter2secret }")]
    [InlineData("fleets.0.target.password", "hunter2secret")]
    public void Password_on_the_command_line_is_an_error_and_not_shown(string path, string value)
    {
        var error = Assert.Single(Errors("actorload.fleets = [ { name = web } ]", Set(path, value)));

        Assert.EndsWith("target.password: other users of this machine can read a command line; the variable ACTORLOAD__TARGET__PASSWORD, or target.password-file", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    private static OverrideLayer Password(string text) => new("ACTORLOAD__TARGET__PASSWORD", "target.password", text);

    [Theory]
    [InlineData(16 * 1024, true)]
    [InlineData((16 * 1024) + 1, false)]
    public void Password_may_have_16_KiB(int length, bool fits)
    {
        var errors = Errors("", Password(new string('x', length)));

        Assert.Equal(fits ? [] : ["ACTORLOAD__TARGET__PASSWORD: target.password: a password that is too long; at most 16384 bytes"], errors);
    }
}

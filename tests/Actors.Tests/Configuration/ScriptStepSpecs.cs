using ActorLoad.Actors.Tests.Connections;
using Xunit;
using static ActorLoad.Actors.Tests.Configuration.Configurations;

namespace ActorLoad.Actors.Tests.Configuration;

/// <summary>Steps of a script that say what is answered.</summary>
public class ScriptStepSpecs
{
    [Fact]
    public void Script_step_is_a_text_or_declares_its_replies()
    {
        var script = LoadKeys("""
            connection.script = [PING, { send = "SUBSCRIBE a b" }, { send = "EVAL x 0", replies = 3 }, { send = "DEBUG x", expect = none }, { send = ECHO, expect = auto, replies = auto }]
            """).Settings.Connection.Script;

        Assert.Equal([1, 2, 3, 1], script.First.Part(0).Select(step => step.Expected(0).Replies));
    }

    [Fact]
    public void Script_is_shown_without_secrets_and_can_be_loaded_again()
    {
        const string Shown = """[{"send":"AUTH ***"},"PING",{"send":"X","expect":"none"},{"send":"Y","replies":2}]""";
        var json = LoadKeys("""
            connection.script = [{ send = "AUTH hunter2secret", replies = auto }, PING, { send = X, expect = none }, { send = Y, replies = 2 }]
            """).Settings.Configuration["connection"]!["script"]!.ToJsonString();

        Assert.Equal(Shown, json);
        Assert.Equal(Shown, LoadKeys($"connection.script = {json}").Settings.Configuration["connection"]!["script"]!.ToJsonString());
    }

    [Fact]
    public void Secret_of_one_step_is_not_shown_in_another()
    {
        var json = LoadKeys("connection.script = [{ send = \"AUTH hunter2secret\" }, { send = \"ECHO hunter2secret\" }]").Settings.Configuration.ToJsonString();

        Assert.DoesNotContain("hunter2secret", json, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_sets_a_script_or_a_step_of_it()
    {
        Assert.Equal(3, LoadFile("", Set("connection.script", "[{ send = \"X\", replies = 3 }]")).Settings.Connection.Script.Step(0).Expected(0).Replies);
        Assert.Equal(2, LoadFile("", Set("connection.script.0", "SUBSCRIBE a b")).Settings.Connection.Script.Step(0).Expected(0).Replies);
        Assert.Equal(4, LoadFile("actorload.connection.script = [{ send = X }]", Set("connection.script.0.replies", "4")).Settings.Connection.Script.Step(0).Expected(0).Replies);
    }
}

using System.Text.Json.Nodes;
using ActorLoad.Runs;
using Xunit;

namespace ActorLoad.Actors.Tests.Runs;

public class ScriptVerbsSpecs
{
    [Theory]
    [InlineData("blpop q 0", "BLPOP", true)]
    [InlineData("  CLIENT   REPLY OFF", "CLIENT REPLY", true)]
    [InlineData("CLIENT SETNAME x", "CLIENT SETNAME", false)]
    [InlineData("XREAD COUNT 2 BLOCK 0 STREAMS s $", "XREAD BLOCK", true)]
    [InlineData("XREAD STREAMS s 0", "XREAD", false)]
    [InlineData("WAIT 1 0", "WAIT", true)]
    [InlineData("GET foo", "GET", false)]
    public void A_command_that_may_be_answered_late_or_never_is_known(string command, string name, bool waits)
    {
        var verbs = ScriptVerbs.Of(new JsonObject { ["connection"] = new JsonObject { ["script"] = new JsonArray(command) } });

        Assert.Equal([name], verbs);
        Assert.Equal(waits, ScriptVerbs.Waits(name));
    }

    [Fact]
    public void A_configuration_without_a_script_has_no_verbs() => Assert.Empty(ScriptVerbs.Of([]));
}

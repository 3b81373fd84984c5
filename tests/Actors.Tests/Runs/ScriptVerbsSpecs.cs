using ActorLoad.Connections;
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
    public void Script_verbs_tell_which_commands_may_wait_for_their_reply(string command, string name, bool waits)
    {
        Assert.True(Script.TryParse([command], out var script, out var problem), problem);

        Assert.Equal([name], ScriptVerbs.Of(script!));
        Assert.Equal(waits, ScriptVerbs.Waits(name));
    }

    [Fact]
    public void A_run_without_a_script_has_no_verbs() => Assert.Empty(ScriptVerbs.Of(Script.Empty));
}

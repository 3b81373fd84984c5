using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests;

public sealed class ActorLoadProcessSpecs
{
    [Fact]
    public async Task The_built_host_runs_and_its_exit_code_is_told()
    {
        (await ActorLoadProcess.RunAsync(["--version"])).Expect();
    }
}

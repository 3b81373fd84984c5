using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests;

public sealed class ActorLoadProcessSpecs
{
    [Fact]
    public async Task Built_host_runs_and_returns_its_exit_code()
    {
        (await ActorLoadProcess.RunAsync(["--version"])).Expect();
    }
}

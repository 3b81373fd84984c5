using ActorLoad.Hosting.Tests.Transport;
using ActorLoad.Peers.Processes;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd;

public class KillsSpecs
{
    private const string HowOften = "ACTORLOAD_KILLS";

    /// <summary>Some of the thousand kills of <c>tests/kills.py</c>; the variable says how many.</summary>
    [SkippableFact]
    public async Task Kills_at_random_moments_leave_readable_results()
    {
        Needs.These(Requirement.Redis, Requirement.Python);
        var executable = Path.Combine(Path.GetDirectoryName(ActorLoadProcess.Dll)!, "actorload");
        var count = Environment.GetEnvironmentVariable(HowOften) ?? "4";
        await using var kills = ChildProcess.Start(
            ["python3", Path.Combine(Sources.Root, "tests", "kills.py"), "--count", count, "--seconds", "3000"],
            new Dictionary<string, string?> { ["ACTORLOAD"] = executable });
        (await kills.ExitAsync(TimeSpan.FromHours(1))).Expect();
    }
}

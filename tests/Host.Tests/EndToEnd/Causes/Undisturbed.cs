using ActorLoad.Peers.Processes;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>Words before a command that gets the processor before all others of this machine, where that is allowed: what it shows is then its own,
/// whoever else is at work here.</summary>
/// <remarks>Not by nice, which the kernel heeds only among the programs of one session (sched_autogroup_enabled).</remarks>
internal static class Undisturbed
{
    private static readonly string[] _realTime = ["chrt", "--rr", "1"];
    private static readonly Lazy<Task<IReadOnlyList<string>>> _prefix = new(FindAsync);

    public static Task<IReadOnlyList<string>> PrefixAsync() => _prefix.Value;

    private static async Task<IReadOnlyList<string>> FindAsync() =>
        (await ChildProcess.RunAsync(["sh", "-c", $"{string.Join(' ', _realTime)} true"])).ExitCode == 0 ? _realTime : [];
}

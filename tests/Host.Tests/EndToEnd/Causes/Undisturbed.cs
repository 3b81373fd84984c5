using ActorLoad.Peers;
using ActorLoad.Peers.Kernel;
using ActorLoad.Peers.Processes;
using Xunit;

namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>Programs that get the processor before all others of this machine, where that is allowed: what they show is then their own,
/// whoever else is at work here.</summary>
/// <remarks>Not by nice, which the kernel heeds only among the programs of one session (sched_autogroup_enabled).</remarks>
internal static class Undisturbed
{
    private static readonly string[] _oneCore = ["taskset", "--cpu-list", "0"];
    private static readonly string[] _realTime = ["chrt", "--rr", "1"];
    private static readonly Lazy<Task<IReadOnlyList<string>>> _prefix = new(FindAsync);

    /// <summary>Words before the command of one; none where it is not allowed.</summary>
    public static Task<IReadOnlyList<string>> PrefixAsync() => _prefix.Value;

    /// <summary>A server that is started so.</summary>
    public static async Task<RedisServer> RedisAsync(NetworkNamespace network, params string[] args) =>
        await RedisServer.StartWrappedAsync(network, await PrefixAsync(), args);

    /// <summary>A server on the processor that <see cref="OnItsCoreAsync"/> has too: it accepts nobody before a whole turn of the storm has connected.</summary>
    public static async Task<RedisServer> RedisOnOneCoreAsync(NetworkNamespace network, params string[] args) =>
        await RedisServer.StartWrappedAsync(network, [.. await PrefixAsync(), .. _oneCore], args);

    /// <summary>A run on the one processor that its server has.</summary>
    public static Task<Storm> OnItsCoreAsync(NetworkNamespace network, string target, string lines) => RunAsync(network, target, lines, _oneCore);

    /// <summary>A run inside, that is started so.</summary>
    public static async Task<Storm> RunAsync(NetworkNamespace network, string target, string lines, params string[] wrapper) =>
        await Storm.RunObservedAsync(target, lines, new ActorLoadOptions { Wrapper = [.. network.Prefix, .. await PrefixAsync(), .. wrapper] });

    private static async Task<IReadOnlyList<string>> FindAsync() =>
        OperatingSystem.IsLinux() && (await ChildProcess.RunAsync(["sh", "-c", $"{string.Join(' ', _realTime)} true"])).ExitCode == 0 ? _realTime : [];
}

/// <summary>Two undisturbed storms at once would disturb each other: they run one after the other, beside all other specs.</summary>
[CollectionDefinition(nameof(RealTime))]
public sealed class RealTime;

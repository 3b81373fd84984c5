using System.Text.Json;
using ActorLoad.Configuration;
using ActorLoad.Runs;

namespace ActorLoad;

/// <summary>The door of this library: carries out one storm inside the calling process, and returns what happened to every
/// connection.</summary>
/// <remarks>
/// Storms of one process take turns, because two at once would measure each other. Only loopback and Unix sockets may be stormed, unless
/// <c>safety.allowed-targets</c> names the address. Settings are those of run files: each key has its default in reference.conf. Bad
/// settings throw <see cref="SettingsException"/>, which has every error with its key and its remedy. A server that does not answer is no
/// exception, but a result: see <see cref="RunResult.Verdict"/> and <see cref="RunResult.Outcomes"/>.
/// </remarks>
public static class ConnectionStorm
{
    private const string Self = nameof(ConnectionStorm);

    /// <summary>Bursts of connections to one server. The next burst begins when the one before has ended.</summary>
    /// <param name="target">The server, as <c>host:port</c> or <c>unix:/path</c>.</param>
    /// <param name="connections">Connections of each burst, 1 to 1,000,000.</param>
    /// <param name="bursts">Number of bursts, from 1.</param>
    /// <param name="set">Other keys under <c>actorload</c> with their values in HOCON, as for the option <c>--set</c>:
    /// <c>["connection.script"] = "[PING]"</c>.</param>
    /// <param name="cancellation">Ends the storm: it closes its connections, then throws <see cref="StormCanceledException"/>.</param>
    /// <exception cref="SettingsException">A setting is wrong, or the target may not be stormed.</exception>
    /// <exception cref="StormFailedException">There is no result.</exception>
    public static Task<RunResult> RunAsync(
        string target, int connections, int bursts = 1, IReadOnlyDictionary<string, string>? set = null,
        CancellationToken cancellation = default) =>
        CarryOutAsync(
            [
                new OverrideLayer(nameof(target), "target.endpoints", JsonSerializer.Serialize<string[]>([target])),
                new OverrideLayer(nameof(bursts), "load", "[{ gap = 0s }]"),
                new OverrideLayer(nameof(connections), "load.0.connections", $"{connections}"),
                new OverrideLayer(nameof(bursts), "load.0.count", $"{bursts}"),
            ],
            set, cancellation);

    /// <summary>The storm of a run file. Its includes are looked up beside it, its <c>${NAME}</c> in the environment.</summary>
    /// <param name="path">The file.</param>
    /// <param name="set">Keys that replace those of the file; see <see cref="RunAsync"/>.</param>
    /// <param name="cancellation">Ends the storm; see <see cref="RunAsync"/>.</param>
    /// <exception cref="SettingsException">The file cannot be read, a setting is wrong, or the target may not be stormed.</exception>
    /// <exception cref="StormFailedException">There is no result.</exception>
    public static async Task<RunResult> RunFileAsync(
        string path, IReadOnlyDictionary<string, string>? set = null, CancellationToken cancellation = default) =>
        await CarryOutAsync([RunFiles.Read(path)], set, cancellation).ConfigureAwait(false);

    /// <summary>The storm of a run file's text, <c>actorload { ... }</c>. It can include no other file.</summary>
    /// <param name="hocon">The text.</param>
    /// <param name="set">Keys that replace those of the text; see <see cref="RunAsync"/>.</param>
    /// <param name="cancellation">Ends the storm; see <see cref="RunAsync"/>.</param>
    /// <exception cref="SettingsException">A setting is wrong, or the target may not be stormed.</exception>
    /// <exception cref="StormFailedException">There is no result.</exception>
    public static Task<RunResult> RunHoconAsync(
        string hocon, IReadOnlyDictionary<string, string>? set = null, CancellationToken cancellation = default) =>
        CarryOutAsync([new FileLayer("hocon", hocon, Variable: RunFiles.Variable)], set, cancellation);

    private static async Task<RunResult> CarryOutAsync(
        IEnumerable<ConfigLayer> layers, IReadOnlyDictionary<string, string>? set, CancellationToken cancellation)
    {
        var above = (set ?? new Dictionary<string, string>())
            .Select(pair => new OverrideLayer($"set[\"{pair.Key}\"]", pair.Key, pair.Value, RunFiles.Variable));
        var settings = ConfigLoader.Load([.. layers, .. above], RunFiles.Named).Settings;
        if (settings.Target.Endpoints.Contains(TargetSettings.Embedded))
        {
            throw new SettingsException(
                [new SettingsError(Self, null, "target.endpoints", "the library brings no server of its own", "the address of a server")]);
        }

        return await SoleRun.CarryOutAsync(settings, TimeProvider.System, cancellation).ConfigureAwait(false);
    }
}

/// <summary>A storm without a result: a bug, or a machine that let none begin. Its message says which.</summary>
public sealed class StormFailedException(string message) : Exception(message);

/// <summary>A storm was cancelled. Its connections are closed.</summary>
/// <param name="result">What had happened by then.</param>
/// <param name="cancellation">What cancelled it.</param>
public sealed class StormCanceledException(RunResult? result, CancellationToken cancellation)
    : OperationCanceledException("the storm was cancelled", cancellation)
{
    /// <summary>What had happened by then, with the verdict <see cref="Verdict.Interrupted"/>; null if it had not begun.</summary>
    public RunResult? Result { get; } = result;
}

using System.Collections.Immutable;
using ActorLoad.Connections;
using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Configuration;

/// <summary>Which connections are used again (<c>connection.reuse</c>).</summary>
internal enum Reuse
{
    /// <summary>None: each closes after its use.</summary>
    None,

    /// <summary>Idle ones, by later bursts.</summary>
    BetweenBursts,
}

/// <summary>Reads <c>connection.reuse</c> and <c>connection.pool</c>.</summary>
internal static class PoolReader
{
    /// <summary>The key that sets up a pool.</summary>
    public const string Key = "reuse";

    /// <summary>The limits of the pool; null without one.</summary>
    public static PoolSettings? Read(SettingsReader connection, Script script)
    {
        var reuse = connection.Choice<Reuse>(Key);
        var pool = connection.Section("pool");
        var maxIdle = pool.Integer("max-idle", 1, ConnectionReader.MostOpen);
        var idleTimeout = pool.Duration("idle-timeout", "0s", "1d");
        var testIdle = pool.Duration("test-idle", "0s", "1d");
        if (reuse != Reuse.BetweenBursts)
        {
            return null;
        }

        if (script.EndsWithQuit)
        {
            connection.Contradiction(
                Key, "script", "reuse = between-bursts, and the server closes each connection after its QUIT", "a script without QUIT");
        }

        return new PoolSettings(maxIdle ?? default, idleTimeout ?? default, testIdle ?? default);
    }

    /// <summary>Notes each phase whose connections no burst could take over.</summary>
    /// <param name="connection">The keys of connections.</param>
    /// <param name="pool">The pool; null without one.</param>
    /// <param name="load">The phases of those connections.</param>
    public static void Check(SettingsReader connection, PoolSettings? pool, ImmutableArray<PhaseSettings> load)
    {
        if (pool is not null && load.FirstOrDefault(phase => phase.Shape is not (LoadShape.Bursts or LoadShape.Pause)) is { } other)
        {
            connection.Problem(
                Key, $"reuse = between-bursts, and phase {ShownText.Quote(other.Name)} has shape = {other.Shape.Word()}",
                "reuse = none, or phases of shape = bursts and pause alone; shape = population keeps connections, too");
        }
    }
}

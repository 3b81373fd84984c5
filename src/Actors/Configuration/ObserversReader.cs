using ActorLoad.Connections;
using ActorLoad.Observers;
using ActorLoad.Observers.Bystanders;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>observers</c>. Its ranges also bound strangers: a client that may storm a server may also watch it, a
/// little.</summary>
internal static class ObserversReader
{
    private const int MostBystanders = 100;

    /// <summary>The observers; never null, but worthless if a problem was noted. They log in to the server as the storm does.</summary>
    public static ObserverSettings Read(SettingsReader observers, TargetSettings target, ConnectionSettings connection)
    {
        var interval = observers.Duration("interval", "100ms", "1h");
        var ready = observers.Duration("ready-timeout", "0s", "1m");
        var server = observers.Section("server").Flag("enabled");
        var kernel = observers.Section("kernel");
        var (isRead, baseline) = (kernel.Flag("enabled"), kernel.Duration("baseline", "100ms", "1m"));
        return new ObserverSettings(
            interval ?? default, ready ?? default, server ?? default, isRead ?? default, baseline ?? default,
            ReadBystander(observers.Section("bystander"), target, connection));
    }

    private static BystanderSettings? ReadBystander(SettingsReader bystander, TargetSettings target, ConnectionSettings connection)
    {
        var connections = bystander.Integer("connections", 0, MostBystanders);
        var rate = bystander.Number("rate", 0.1, 1_000);
        var before = bystander.Duration("before", "100ms", "1h");
        var after = bystander.Duration("after", "1s", "1h");
        var window = bystander.Duration("window", "100ms", "1m");
        var factor = bystander.Number("band-factor", 1, 1_000);
        var floor = bystander.Duration("band-floor", "0s", "1m");
        if (after < window)
            bystander.Contradiction("after", "window", "after is shorter than window", "a longer after, or a shorter window");
        return connections is not > 0 ? null : new BystanderSettings(
            connections.Value, rate ?? 1, before ?? default, after ?? default, window ?? default, factor ?? default, floor ?? default,
            connection.ConnectTimeout, connection.ReplyTimeout, target.Credentials);
    }
}

namespace ActorLoad.Observers.Kernel;

/// <summary>How a run tells the sockets of its fleets apart.</summary>
/// <param name="Names">Their names, in the order of their numbers.</param>
/// <param name="Of">The fleet of a connection, by the address (as 16 bytes) and port of its target, and its local port; null if it is of
/// none.</param>
public sealed record OwnFleets(IReadOnlyList<string> Names, Func<UInt128, int, int, int?> Of);

/// <summary>Sockets of one fleet.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Client">Its sockets by state, as in <see cref="TargetSockets"/>.</param>
/// <param name="Server">The server's ends of them, if the server is on this machine.</param>
public sealed record FleetSockets(
    string Name, IReadOnlyDictionary<string, WatchedLevel> Client, IReadOnlyDictionary<string, WatchedLevel> Server);

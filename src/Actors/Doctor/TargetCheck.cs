using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Observers.Server;

namespace ActorLoad.Doctor;

/// <summary>Whether a server of the target answers, and what to do if it does not. Pure.</summary>
internal static class TargetCheck
{
    /// <summary>Name of the check.</summary>
    public const string Name = "target";

    /// <summary>The check of a server.</summary>
    public static Check Of(RunNeeds needs, ServerReadings server) => server switch
    {
        { Reading: { Kind: var kind } } => Check.Ok(
            Name, server.Endpoint, kind.Version.Length > 0 ? $"{kind.Name} {kind.Version}" : kind.Name, null,
            server.Proxy is null ? "it answers"
                : $"it answers. The listener is a proxy or a mapped port: the server behind it {server.Proxy}"),
        { Obstacle: ServerObstacle.ClosesOnInfo } => Check.Warn(
            Name, server.Endpoint, null, null,
            $"{server.Endpoint} {server.Problem}: it is a proxy or another service. So its limits were not seen, but a run may still work"),
        { IsDown: true } => Check.Fail(
            Name, server.Endpoint, null, null, $"{server.Endpoint} {server.Problem}{Advice(server)}. Its limits were not seen",
            Remedies(needs, server)) with
        {
            Look = LookAt(server),
        },
        _ => Check.Unseen(
            Name, server.Endpoint, null, $"{server.Endpoint} {server.Problem}. Its limits were not seen, but a run may still work"
            + (server.Obstacle == ServerObstacle.Permission
                ? $". `ACL SETUSER {server.User} +ping +info +config|get` makes them visible" : "")),
    };

    private static string Advice(ServerReadings server) => server.Obstacle switch
    {
        ServerObstacle.Loading => ": wait until it has read its data",
        ServerObstacle.Busy => ": wait until it is done, or end it as it says",
        ServerObstacle.Full => ": even redis-cli gets no connection until a client leaves",
        ServerObstacle.Silence => ": it is stopped or blocked, its queue is full, or another program listens there",
        ServerObstacle.Tls => ": name its port without TLS with --target",
        ServerObstacle.OtherProtocol => ": another program listens there; correct target.endpoints",
        _ => "",
    };

    private static IReadOnlyList<Remedy> Remedies(RunNeeds needs, ServerReadings server) => server.Obstacle switch
    {
        ServerObstacle.NobodyListens => TroubleRemedies.NobodyListens([server.Endpoint]),
        ServerObstacle.NoRoute => TroubleRemedies.NoRoute([server.Endpoint]),
        ServerObstacle.Password => TroubleRemedies.Password(),
        ServerObstacle.ProtectedMode => TroubleRemedies.ProtectedMode(server.Endpoint),
        ServerObstacle.Full => TroubleRemedies.NoPlace(
            null, needs.OpenForEach + needs.Observers + ServerDefaults.Descriptors, server.Endpoint, "redis", null),
        _ => [],
    };

    private static string? LookAt(ServerReadings server) => server.Obstacle switch
    {
        ServerObstacle.Loading => RedisCli.To(server.Endpoint, "info persistence"),
        ServerObstacle.Silence or ServerObstacle.Busy or ServerObstacle.Other => RedisCli.To(server.Endpoint, "ping"),
        _ => null,
    };
}

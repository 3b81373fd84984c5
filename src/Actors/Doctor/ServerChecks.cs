using ActorLoad.Diagnosis;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Doctor;

/// <summary>Checks of each server of the target. Pure.</summary>
internal static class ServerChecks
{
    private const long OfRedis = ServerDefaults.Descriptors;

    /// <summary>A refused CONFIG GET; null if it was allowed.</summary>
    public static Check? Refused(ServerReadings server) => server.Configuration?.Refusal is { } refusal
        ? Check.Unseen(
            "CONFIG GET", server.Endpoint, null,
            $"{server.Endpoint} refused it ({refusal}), so its tcp-backlog and its saves are not known. "
            + ServerUnseen.WhatAllows(refusal, server.User))
        : null;

    /// <summary>Descriptors of its process.</summary>
    public static Check? Descriptors(RunNeeds needs, ServerReadings server)
    {
        const string Name = TuningKeys.Descriptors;
        if (server.Reading is null)
        {
            return null;
        }

        var clients = Clients(needs, server);
        var needed = clients + OfRedis;
        if (server.Descriptors is not { } limits)
        {
            return server.IsRedis && server.MaxClients >= clients
                ? Check.Ok(
                    Name, server.Endpoint, null, $"{needed}",
                    $"its maxclients of {server.MaxClients.Value.Text()} shows that it has at least {OfRedis} descriptors more")
                : Check.Unseen(
                    Name, server.Endpoint, $"{needed}",
                    $"the descriptors of {server.Endpoint} cannot be seen: it is "
                    + (server.IsHere ? "not among the processes of this machine" : "on another machine"),
                    $"grep 'open files' /proc/$(pidof {ServerDefaults.Program(server.Kind)})/limits");
        }

        var present = limits.Soft == long.MaxValue ? "unlimited" : $"{limits.Soft}";
        return limits.Soft >= needed
            ? Check.Ok(Name, server.Endpoint, present, $"{needed}", Demand(needs, server))
            : Check.Fail(
                Name, server.Endpoint, present, $"{needed}",
                $"{server.Endpoint} may have {limits.Soft.Text()} descriptors and keeps {OfRedis} for itself, too few for "
                + Demand(needs, server),
                TroubleRemedies.ServerDescriptors(limits.Soft, needed, server.ProcessId, limits.Hard));
    }

    /// <summary>Clients that it takes.</summary>
    public static Check? MaxClients(RunNeeds needs, ServerReadings server)
    {
        const string Name = TuningKeys.MaxClients;
        if (server.Reading is null)
        {
            return null;
        }

        var (clients, kind) = (Clients(needs, server), server.Kind);
        var needed = clients + OfRedis;
        if (server.MaxClients is not { } present)
        {
            return server.Kind == ServerDefaults.Garnet
                ? Check.Ok(
                    Name, server.Endpoint, null, $"{clients}",
                    "Garnet has no such limit, unless it was started with --network-connection-limit")
                : Check.Unseen(
                    Name, server.Endpoint, $"{clients}", $"{server.Endpoint} does not tell its maxclients",
                    RedisCli.To(server.Endpoint, $"config get {Name}"));
        }

        var remedies = TroubleRemedies.NoPlace(present, needed, server.Endpoint, kind, server.Descriptors?.Hard);
        if (present < clients)
        {
            return Check.Fail(
                Name, server.Endpoint, $"{present}", $"{clients}",
                $"{server.Endpoint} takes {present.Of("client")} at once, too few for {Demand(needs, server)}. It would turn the rest away",
                remedies);
        }

        return present < needed
            ? Check.Warn(
                Name, server.Endpoint, $"{present}", $"{needed}",
                $"{server.Endpoint} takes {present.Of("client")} at once: enough for {Demand(needs, server)}, but hardly for other clients",
                remedies)
            : Check.Ok(Name, server.Endpoint, $"{present}", $"{clients}", Demand(needs, server));
    }

    /// <summary>Its accept queue: the requested length and the listener's.</summary>
    /// <param name="needs">The needs of the run.</param>
    /// <param name="server">A server that answered, or was only looked at.</param>
    /// <param name="soMaxConn">net.core.somaxconn of its machine; null if not known.</param>
    public static Check? Queue(RunNeeds needs, ServerReadings server, long? soMaxConn)
    {
        const string Name = TuningKeys.TcpBacklog;
        var needed = needs.BurstForEach;
        if (server is { Reading: null, QueueLimit: null })
        {
            return null;
        }

        if (server.Proxy is { } proxy)
        {
            return ProxysQueue(needs, server, proxy, soMaxConn);
        }

        // Below somaxconn, the kernel kept what the server asked for.
        var kept = server.QueueLimit < soMaxConn ? server.QueueLimit : null;
        var asked = server.TcpBacklog ?? (server.Kind == ServerDefaults.Garnet ? ServerDefaults.GarnetBacklog : kept);
        var holds = server.QueueLimit ?? asked;
        if (holds is not { } limit)
        {
            return Check.Unseen(
                Name, server.Endpoint, $"{needed}",
                $"the accept queue of {server.Endpoint} is not known; its listener shows it",
                Endpoint.IsUnix(server.Endpoint) ? "ss -lx" : $"ss -ltn 'sport = :{Port(server)}'");
        }

        if (limit >= needed)
        {
            return Check.Ok(Name, server.Endpoint, $"{limit}", $"{needed}", Bursts(needs));
        }

        var why = asked >= needed
            ? $"although its tcp-backlog is {asked.Value.Text()}: net.core.somaxconn cut it when the listener was opened, and only a "
                + "restart opens a new one"
            : server.QueueLimit is null && soMaxConn is null
                ? "or less, if net.core.somaxconn of its machine is smaller" : "as its tcp-backlog says";
        why = asked is null ? "" : $", {why}";
        return Check.Warn(
            Name, server.Endpoint, $"{limit}", $"{needed}",
            $"the accept queue of {server.Endpoint} holds {limit.Text()}{why}. {Overflow(needed, Endpoint.IsUnix(server.Endpoint))}",
            TroubleRemedies.ServersQueue(new QueueLimits(soMaxConn, asked, server.QueueLimit, server.Kind, needs.LargestBursts), needed));
    }

    // The backlog of the server behind a proxy does not matter to the proxy's listener.
    private static Check ProxysQueue(RunNeeds needs, ServerReadings server, string proxy, long? soMaxConn)
    {
        const string Name = "the proxy's backlog";
        var (needed, why) = (needs.BurstForEach, $"The listener is a proxy or a mapped port: the server behind it {proxy}");
        if (server.QueueLimit is not { } limit)
        {
            return Check.Unseen(
                Name, server.Endpoint, $"{needed}", $"the accept queue of {server.Endpoint} is not known. {why}",
                $"ss -ltn 'sport = :{Port(server)}'");
        }

        return limit >= needed
            ? Check.Ok(Name, server.Endpoint, $"{limit}", $"{needed}", $"{Bursts(needs)}. {why}")
            : Check.Warn(
                Name, server.Endpoint, $"{limit}", $"{needed}",
                $"the accept queue of {server.Endpoint} holds {limit.Text()}. {Overflow(needed)}. {why}",
                TroubleRemedies.ProxysQueue(new QueueLimits(soMaxConn, null, limit, ServerDefaults.Unknown), needed));
    }

    private static string Bursts(RunNeeds needs) =>
        $"bursts have {needs.BurstForEach.Of("connection")}{(needs.Targets > 1 ? " for each server" : "")}";

    /// <summary>The effect of bursts that are longer than an accept queue, as sentences.</summary>
    /// <param name="burst">Connections of a burst.</param>
    /// <param name="isUnix">The queue is that of a Unix socket.</param>
    public static string Overflow(long burst, bool isUnix = false) => $"Bursts have {burst.Of("connection")}: "
        + (isUnix ? "a connect to a full queue fails at once (EAGAIN)" : "a SYN to a full queue is dropped, and sent again after a second");

    /// <summary>Clients that it would have at once.</summary>
    private static long Clients(RunNeeds needs, ServerReadings server) => needs.OpenForEach + needs.Observers + server.Others;

    private static string Demand(RunNeeds needs, ServerReadings server)
    {
        var storm = needs.OpenForEach.Of("connection");
        var observers = needs.Observers > 0 ? ((long)needs.Observers).Of("observer") : "";
        var others = server.Others > 0 ? $"{server.Others.Of("client")} that it has now" : "";
        string[] parts = [.. new[] { storm, observers, others }.Where(part => part.Length > 0)];
        return parts.Length < 3 ? string.Join(" and ", parts) : $"{parts[0]}, {parts[1]} and {parts[2]}";
    }

    private static string Port(ServerReadings server) => server.Endpoint[(server.Endpoint.LastIndexOf(':') + 1)..];
}

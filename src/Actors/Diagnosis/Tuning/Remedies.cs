using System.Globalization;
using System.Net;
using ActorLoad.Metrics;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Tuning;

/// <summary>
/// Makes remedies, in words that a diagnosis and <c>doctor</c> share. Values come from <see cref="TuningCatalogue"/>, unless a run needs
/// more.
/// </summary>
public static class Remedies
{
    private static TuningCatalogue Catalogue => TuningCatalogue.BuiltIn;

    /// <summary>A sysctl of systune/sysctl.d, such as <see cref="TuningKeys.SoMaxConn"/>.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="host">The side whose file has it; throws <see cref="KeyNotFoundException"/> otherwise.</param>
    /// <param name="present">Its value; null if not known.</param>
    /// <param name="needed">What the run needs. It replaces a smaller value of the catalogue, if larger is better.</param>
    public static Remedy Sysctl(string key, RemedyHost host, string? present, long needed = 0)
    {
        var setting = Catalogue[key, host];
        var proposed = setting.LeftAlone == "larger" ? Text(AtLeast(setting, needed, Number(present)))! : setting.Value;
        return WriteSysctl(key, Shown(present), proposed, host);
    }

    /// <summary>Ports for simultaneous connections to one target. The proposal is all ports if the usual range does not suffice.</summary>
    /// <param name="present">First and last, as in /proc; null if not known.</param>
    /// <param name="needed">Ports that the run needs for one pair of addresses.</param>
    public static Remedy PortRange(string? present, long needed = 0)
    {
        var all = $"1024 {IPEndPoint.MaxPort}"; // lower ports need root
        var usual = Catalogue[TuningKeys.PortRange, RemedyHost.Client];
        var enough = TuningSetting.PortCount(usual.Value) >= needed && (present is null || !usual.IsMetBy(present));
        return WriteSysctl(TuningKeys.PortRange, Shown(present), enough ? usual.Value : all, RemedyHost.Client);
    }

    /// <summary>Transparent huge pages on the server's machine.</summary>
    public static Remedy HugePages(string? present)
    {
        var proposed = Catalogue[TuningKeys.HugePages, RemedyHost.Server].Value;
        return new Remedy(TuningKeys.HugePages, Shown(present), proposed, RemedyHost.Server, $"echo {proposed} > {TuningKeys.HugePages}");
    }

    /// <summary>Descriptors of ActorLoad, for the shell that starts it.</summary>
    /// <param name="present">Its soft limit; null if not known.</param>
    /// <param name="needed">What the run needs: its connections and the program's own descriptors.</param>
    /// <param name="hard">Its hard limit; null if not known. If it suffices, the proposal stays within it, which needs no root.</param>
    public static Remedy ClientDescriptors(long? present, long needed, long? hard = null)
    {
        var proposed = Within(hard, needed, AtLeast(Catalogue[TuningKeys.Descriptors, RemedyHost.Client], needed, present));
        var command = proposed > hard ? $"prlimit --pid $$ --nofile={Text(proposed)}" : $"ulimit -n {Text(proposed)}";
        return new Remedy(TuningKeys.Descriptors, Text(present), Text(proposed)!, RemedyHost.Client, command);
    }

    /// <summary>Descriptors of the server's process.</summary>
    /// <param name="present">Its limit; null if not known.</param>
    /// <param name="needed">What the run needs, including the server's own descriptors (32 in Redis).</param>
    /// <param name="processId">The server's process on this machine, which then needs no restart; null elsewhere.</param>
    /// <param name="hard">Its hard limit, as in <see cref="ClientDescriptors"/>; used only with a process.</param>
    public static Remedy ServerDescriptors(long? present, long needed, int? processId = null, long? hard = null)
    {
        var usual = AtLeast(Catalogue[TuningKeys.Descriptors, RemedyHost.Server], needed, present);
        var proposed = processId is null ? usual : Within(hard, needed, usual);
        var soft = proposed <= hard ? ":" : ""; // without a colon, prlimit would also lower the hard limit
        var command = processId is { } id
            ? string.Create(CultureInfo.InvariantCulture, $"prlimit --pid {id} --nofile={proposed}{soft}")
            : $"LimitNOFILE={Text(proposed)} in the service's drop-in (systune/systemd), then restart";
        return new Remedy(TuningKeys.Descriptors, Text(present), Text(proposed)!, RemedyHost.Server, command);
    }

    /// <summary>Clients that the server takes at once. It needs 32 more descriptors.</summary>
    /// <param name="present">Its value; null if not known.</param>
    /// <param name="needed">Connections of the run, and of other clients.</param>
    /// <param name="endpoint">HOST:PORT for the command; null uses redis-cli's default.</param>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>.</param>
    /// <param name="hard">The hard limit of the server's descriptors; null if not known. If it suffices, the proposal stays within it,
    /// because the server would refuse more.</param>
    public static Remedy MaxClients(long? present, long needed, string? endpoint = null, string kind = "redis", long? hard = null)
    {
        var usual = AtLeast(Catalogue[TuningKeys.MaxClients, RemedyHost.Server], needed, present);
        var proposed = Text(Within(hard - ServerDefaults.Descriptors, Math.Max(needed, present ?? 0), usual))!;
        var command = kind == ServerDefaults.Garnet
            ? $"--network-connection-limit {proposed} when Garnet is started"
            : RedisCli.To(endpoint, $"config set maxclients {proposed}");
        return new Remedy(TuningKeys.MaxClients, Text(present), proposed, RemedyHost.Server, command);
    }

    /// <summary>The accept queue that the server asks for. It gets the smaller of this and <see cref="TuningKeys.SoMaxConn"/>.</summary>
    /// <param name="present">Its value; null if not known.</param>
    /// <param name="needed">Connections of the largest burst.</param>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>. Garnet's queue is fixed: see <see cref="SmallerBursts"/>.</param>
    public static Remedy TcpBacklog(long? present, long needed, string kind = "redis")
    {
        var proposed = Text(AtLeast(Catalogue[TuningKeys.TcpBacklog, RemedyHost.Server], needed, present))!;
        var command = kind switch
        {
            "dragonfly" => $"--tcp_backlog {proposed} when Dragonfly is started",
            ServerDefaults.Unknown => $"tcp-backlog {proposed} in its configuration (of a proxy: its own backlog or maxconn), then restart",
            _ => $"{ServerDefaults.BacklogKey(kind)} {proposed} in {ServerDefaults.ConfigurationFile(kind)}, then restart",
        };
        return new Remedy(TuningKeys.TcpBacklog, Text(present), proposed, RemedyHost.Server, command);
    }

    /// <summary>The accept queue of a proxy's listener.</summary>
    /// <param name="present">Connections that it holds; null if not known.</param>
    /// <param name="needed">Connections of the largest burst.</param>
    public static Remedy ProxysBacklog(long? present, long needed)
    {
        var proposed = Text(Math.Max(needed, present ?? 0))!;
        return new Remedy(
            "the proxy's backlog", Text(present), proposed, RemedyHost.Proxy,
            "in the proxy's configuration: the listener's backlog or maxconn "
            + $"(HAProxy: maxconn {proposed} or backlog {proposed} in the frontend), then reload it");
    }

    /// <summary>Connections from a proxy to its server.</summary>
    /// <param name="present">The most so far; null if not known.</param>
    /// <param name="needed">Simultaneous connections of the run.</param>
    public static Remedy ProxysConnections(long? present, long needed) => new(
        "the proxy's connections to its server", Text(present), Text(needed)!, RemedyHost.Proxy,
        "in the proxy's configuration: connections to the server "
        + $"(HAProxy: maxconn {Text(needed)} of the backend's server, the frontend and global), then reload it");

    /// <summary>A new listener: an old one keeps the queue that it was opened with.</summary>
    /// <param name="present">Connections that the old one holds.</param>
    /// <param name="asked">The server's tcp-backlog.</param>
    public static Remedy NewListener(long present, long asked) => new(
        TuningKeys.TcpBacklog, Text(present), Text(asked)!, RemedyHost.Server,
        "restart the server: its listener was opened before net.core.somaxconn was raised");

    /// <summary>Bursts that fit into a fixed queue.</summary>
    /// <param name="present">Connections of the largest burst.</param>
    /// <param name="proposed">Connections that the queue holds.</param>
    /// <param name="phase">The phase with the largest bursts, as <c>--set</c> names it.</param>
    public static Remedy SmallerBursts(long present, long proposed, string phase) =>
        Run(TuningKeys.BurstSize(phase), Text(present), Text(proposed)!);

    /// <summary>Ports chosen by ActorLoad: the one that has been free longest, or else the next of the range.</summary>
    public static Remedy SlotPorts(string? present) => Run(TuningKeys.Ports, present);

    /// <summary>How many addresses have so many ports for one target, at least two.</summary>
    /// <param name="needed">Connections at once.</param>
    /// <param name="ports">Ports of one address; null if not known.</param>
    public static long AddressesFor(long needed, long? ports) =>
        Math.Max(2, ports is > 0 and { } each ? (needed + each - 1) / each : 2);

    /// <summary>More local addresses: each has all ports.</summary>
    /// <param name="present">The present ones, as in the run file.</param>
    /// <param name="count">How many are needed.</param>
    /// <param name="isLoopback">Each target is on loopback, where all of 127.0.0.0/8 are ours.</param>
    public static Remedy SourceAddresses(string? present, long count, bool isLoopback)
    {
        var last = 1 + count;
        var range = $"127.0.0.2-127.0.{last / 256}.{last % 256}";
        return new Remedy(
            TuningKeys.SourceAddresses, present, $"{Text(count)} addresses", RemedyHost.Run, isLoopback
                ? $"--set {TuningKeys.SourceAddresses}='[\"{range}\"]'"
                : $"ip address add ADDRESS dev DEVICE for each, then --set {TuningKeys.SourceAddresses}='[\"FIRST-LAST\"]'");
    }

    /// <summary>Close with RST, which leaves no TIME_WAIT.</summary>
    public static Remedy AbortiveClose(string? present) => Run(TuningKeys.Close, present);

    /// <summary>The limit of open connections: what fits, or what the run would open.</summary>
    public static Remedy MaxOpen(long? present, long proposed) => Run(TuningKeys.MaxOpen, Text(present), Text(proposed)!);

    /// <summary>A server at an endpoint where nothing listens.</summary>
    /// <param name="endpoint">HOST:PORT.</param>
    public static Remedy Start(string endpoint) => new(
        TuningKeys.Target, null, "a server that listens", RemedyHost.Server,
        $"start a server at {endpoint}, or name another with --target");

    /// <summary>A RESP server, instead of the one that listens there.</summary>
    /// <param name="endpoint">HOST:PORT.</param>
    public static Remedy RespServer(string endpoint) => new(
        TuningKeys.Target, endpoint, "a port where a server speaks RESP", RemedyHost.Run, "name it with --target HOST:PORT");

    /// <summary>The port where a server takes clients without TLS.</summary>
    /// <param name="endpoint">HOST:PORT; null if any of several may want TLS.</param>
    public static Remedy PlainPort(string? endpoint = null) => new(
        TuningKeys.Target, endpoint, "a port without TLS, or target.tls.enabled = on", RemedyHost.Run,
        "--set target.tls.enabled=on, or the plain port with --target HOST:PORT (`port` in redis.conf, beside `tls-port`)");

    /// <summary>A key of <c>target.tls</c>.</summary>
    public static Remedy Tls(string key, string proposed) => new(
        $"{TuningKeys.Tls}.{key}", null, proposed, RemedyHost.Run, $"set {TuningKeys.Tls}.{key} in the run file");

    /// <summary>Another certificate on the server.</summary>
    public static Remedy ServerCertificate(string proposed) => new(
        "tls-cert-file", null, proposed, RemedyHost.Server, "renew it, and load it: CONFIG SET tls-cert-file FILE tls-key-file FILE");

    /// <summary>The server's log, which knows why it closed.</summary>
    public static Remedy ServerLog() => new(
        "logfile", null, "its reason", RemedyHost.Server,
        "look into the server's log: it closed in the handshake (maxclients, tls-auth-clients, or no TLS at that port)");

    /// <summary>A script that says how many replies a command gets.</summary>
    public static Remedy ScriptReplies() => new(
        TuningKeys.Script, null, "replies = N, or expect = none", RemedyHost.Run,
        "write { send = \"COMMAND\", replies = N } in connection.script for a command that is not answered exactly once");

    /// <summary>A script that expects what the server says.</summary>
    public static Remedy ScriptExpects() => new(
        TuningKeys.Script, null, "the reply that the server gives", RemedyHost.Run,
        "change equals or begins-with in connection.script, or the data of the server");

    /// <summary>Another address of the same name.</summary>
    public static Remedy OtherAddress(string address) => new(TuningKeys.Target, null, address, RemedyHost.Run, $"--target {address}");

    /// <summary>Endpoints that share the storm.</summary>
    public static Remedy EndpointsInTurn(string? present) => Run(TuningKeys.Order, present, "in-turn");

    /// <summary>All nodes of a cluster, each with its own keys.</summary>
    public static Remedy WholeCluster() => new(
        TuningKeys.Cluster, "off", "on", RemedyHost.Run,
        $"--set {TuningKeys.Cluster}=on, and keys written as {{key:PREFIX:COUNT}}: each is then one of the node that is asked");

    /// <summary>Keys of the node that is asked, in a cluster that keeps its slots where they are.</summary>
    public static Remedy KeysOfNodes() => new(
        TuningKeys.Script, null, "{key:PREFIX:COUNT}", RemedyHost.Run,
        "write keys as {key:PREFIX:COUNT}: each is then one of the node. If they are, slots moved during the run (failover, reshard)");

    /// <summary>Another node of the cluster, as its servers name it.</summary>
    public static Remedy OtherNode(string address) => new(
        TuningKeys.Target, null, address, RemedyHost.Run, $"--target {address} for the keys of that node, or use keys of this node");

    /// <summary>The primary of a replica, which names it.</summary>
    public static Remedy Primary(string? endpoint) => new(
        TuningKeys.Target, endpoint, "its primary", RemedyHost.Run,
        $"--target with the master_host and master_port that `{RedisCli.To(endpoint, "info replication")}` shows");

    /// <summary>A state that only the server can change, with the command that shows or changes it.</summary>
    public static Remedy Look(string what, string proposed, string? endpoint, string command) => new(
        what, null, proposed, RemedyHost.Server, RedisCli.To(endpoint, command));

    /// <summary>No password, for a server without one.</summary>
    public static Remedy NoPassword() =>
        new(TuningKeys.Password, "set", "none", RemedyHost.Run, "leave target.username and target.password out");

    /// <summary>The right to use a Unix socket.</summary>
    /// <param name="endpoint">unix:PATH.</param>
    public static Remedy SocketRight(string endpoint) => new(
        TuningKeys.SocketPermission, null, "770, and a group that this user is in", RemedyHost.Server,
        $"unixsocketperm 770 in redis.conf; `ls -l {endpoint[Endpoint.UnixScheme.Length..]}` shows who may write to it");

    /// <summary>A route to the server's host.</summary>
    /// <param name="address">The server's address.</param>
    public static Remedy Route(string address) =>
        new(TuningKeys.Target, null, "a host that can be reached", RemedyHost.Client, $"ip route get {address}");

    /// <summary>A firewall that passes the run's packets. Its place is not known.</summary>
    /// <param name="endpoint">HOST:PORT; null for no certain port.</param>
    public static Remedy Firewall(string? endpoint)
    {
        var port = endpoint is null ? "the target's port" : $"port {endpoint[(endpoint.LastIndexOf(':') + 1)..]}";
        return new Remedy(TuningKeys.Firewall, null, $"one that passes every packet of {port}", RemedyHost.Server, "nft list ruleset");
    }

    /// <summary>The password that the server asks for.</summary>
    public static Remedy Password() => new(
        TuningKeys.Password, null, "the server's password", RemedyHost.Run,
        "target.password = \"...\" in the run file, with target.username for a named user");

    /// <summary>A server that takes other machines without a password, for networks without strangers.</summary>
    public static Remedy ProtectedMode(string? endpoint) => new(
        TuningKeys.ProtectedMode, "yes", "no", RemedyHost.Server, RedisCli.There(endpoint, "config set protected-mode no"));

    /// <summary>A user with the right that was refused.</summary>
    /// <param name="endpoint">HOST:PORT.</param>
    /// <param name="user">Its name.</param>
    /// <param name="rule">The missing rule of its ACL, such as <c>+get</c> or <c>~*</c>; null if not known: then the ACL log tells.</param>
    public static Remedy Permission(string? endpoint, string user, string? rule)
    {
        var quoted = rule?.Contains('*', StringComparison.Ordinal) == true ? $"'{rule}'" : rule;
        return new Remedy(
            $"ACL of {user}", null, rule ?? "rules that allow connection.script", RemedyHost.Server,
            RedisCli.There(endpoint, rule is null ? "acl log" : $"acl setuser {user} {quoted}"));
    }

    /// <summary>An available transport, or <c>auto</c>.</summary>
    public static Remedy Transport(string? present, string proposed) => Run(TuningKeys.Transport, present, proposed);

    /// <summary>Event loops of the generator.</summary>
    public static Remedy Loops(int? present, int proposed) => Run(TuningKeys.Loops, Text(present), Text(proposed)!);

    /// <summary>A machine for ActorLoad alone: this one is too small, or shared with the server.</summary>
    /// <param name="present">What this one has, such as <c>2 cores, shared with the server</c>.</param>
    public static Remedy AnotherMachine(string? present) => new(
        TuningKeys.Generator, present, "another machine", RemedyHost.Client,
        "run actorload on another machine than the server, with idle cores");

    private static Remedy WriteSysctl(string key, string? present, string proposed, RemedyHost host) => new(
        key, present, proposed, host,
        proposed.Contains(' ', StringComparison.Ordinal) ? $"sysctl -w {key}=\"{proposed}\"" : $"sysctl -w {key}={proposed}");

    private static Remedy Run(string key, string? present, string? proposed = null)
    {
        proposed ??= Catalogue[key, RemedyHost.Run].Value;
        return new Remedy(key, present, proposed, RemedyHost.Run, $"--set {key}={proposed}");
    }

    /// <summary>The proposal, never less than the present value.</summary>
    private static long AtLeast(TuningSetting setting, long needed, long? present) =>
        Math.Max(setting.Number, Math.Max(needed, present ?? 0));

    /// <summary>The proposal, or the hard limit if it suffices: staying within it needs no root.</summary>
    private static long Within(long? limit, long needed, long proposed) =>
        limit is { } hard && hard >= needed ? Math.Min(hard, proposed) : proposed;

    private static long? Number(string? present) =>
        long.TryParse(present, CultureInfo.InvariantCulture, out var number) ? number : null;

    internal static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Shown(string? present) => present is null ? null : TuningSetting.Chosen(present);
}

using System.Globalization;
using System.Net;
using ActorLoad.Observers.Server;

namespace ActorLoad.Diagnosis.Tuning;

/// <summary>
/// What to change, in the words that a diagnosis and <c>doctor</c> share. Values come from <see cref="TuningCatalogue"/>, unless a run needs
/// more than stands there.
/// </summary>
public static class Remedies
{
    private static TuningCatalogue Catalogue => TuningCatalogue.BuiltIn;

    /// <summary>A sysctl of systune/sysctl.d, such as <see cref="TuningKeys.SoMaxConn"/>.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="host">The side whose file has it; throws <see cref="KeyNotFoundException"/> if that does not.</param>
    /// <param name="present">Its value; null if it is not known.</param>
    /// <param name="needed">What a run needs: proposed if the catalogue has less. Only heeded where larger values are better ones.</param>
    public static Remedy Sysctl(string key, RemedyHost host, string? present, long needed = 0)
    {
        var setting = Catalogue[key, host];
        var proposed = setting.LeftAlone == "larger" ? Text(AtLeast(setting, needed, Number(present)))! : setting.Value;
        return WriteSysctl(key, Shown(present), proposed, host);
    }

    /// <summary>Ports for connections that are open at once to one target. Where all ports do not suffice, the proposal is all of them.</summary>
    /// <param name="present">First and last, as in /proc; null if it is not known.</param>
    /// <param name="needed">How many a run needs for one pair of addresses.</param>
    public static Remedy PortRange(string? present, long needed = 0)
    {
        var all = $"1024 {IPEndPoint.MaxPort}"; // those below are for root
        var usual = Catalogue[TuningKeys.PortRange, RemedyHost.Client];
        var enough = TuningSetting.PortCount(usual.Value) >= needed && (present is null || !usual.IsMetBy(present));
        return WriteSysctl(TuningKeys.PortRange, Shown(present), enough ? usual.Value : all, RemedyHost.Client);
    }

    /// <summary>Transparent huge pages of the server's machine.</summary>
    public static Remedy HugePages(string? present)
    {
        var proposed = Catalogue[TuningKeys.HugePages, RemedyHost.Server].Value;
        return new Remedy(TuningKeys.HugePages, Shown(present), proposed, RemedyHost.Server, $"echo {proposed} > {TuningKeys.HugePages}");
    }

    /// <summary>Descriptors of ActorLoad: for the shell that starts it.</summary>
    /// <param name="present">Its soft limit; null if it is not known.</param>
    /// <param name="needed">What a run needs, connections and the program's own.</param>
    /// <param name="hard">Its hard limit, null if it is not known. If the run has room in it, no more is proposed: anybody may go so far.</param>
    public static Remedy ClientDescriptors(long? present, long needed, long? hard = null)
    {
        var proposed = Within(hard, needed, AtLeast(Catalogue[TuningKeys.Descriptors, RemedyHost.Client], needed, present));
        var command = proposed > hard ? $"prlimit --pid $$ --nofile={Text(proposed)}" : $"ulimit -n {Text(proposed)}";
        return new Remedy(TuningKeys.Descriptors, Text(present), Text(proposed)!, RemedyHost.Client, command);
    }

    /// <summary>Descriptors of the server's process.</summary>
    /// <param name="present">Its limit; null if it is not known.</param>
    /// <param name="needed">What a run needs, the server's own included (32 in Redis).</param>
    /// <param name="processId">The server's, if it runs on this machine: then it need not be restarted.</param>
    /// <param name="hard">Its hard limit, as in <see cref="ClientDescriptors"/>; only heeded with a process.</param>
    public static Remedy ServerDescriptors(long? present, long needed, int? processId = null, long? hard = null)
    {
        var usual = AtLeast(Catalogue[TuningKeys.Descriptors, RemedyHost.Server], needed, present);
        var proposed = processId is null ? usual : Within(hard, needed, usual);
        var soft = proposed <= hard ? ":" : ""; // without a colon the hard limit is set too, and would be lowered
        var command = processId is { } id
            ? string.Create(CultureInfo.InvariantCulture, $"prlimit --pid {id} --nofile={proposed}{soft}")
            : $"LimitNOFILE={Text(proposed)} in the service's drop-in (systune/systemd), then restart";
        return new Remedy(TuningKeys.Descriptors, Text(present), Text(proposed)!, RemedyHost.Server, command);
    }

    /// <summary>Clients that the server takes at once. Its descriptors must be 32 more.</summary>
    /// <param name="present">Its value; null if it is not known.</param>
    /// <param name="needed">Connections of the run, and those that others have.</param>
    /// <param name="endpoint">HOST:PORT for the command; null leaves it to redis-cli's default.</param>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>.</param>
    /// <param name="hard">The hard limit of the server's descriptors, null if it is not known. If the run has room in it, no more is proposed:
    /// the server would refuse.</param>
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
    /// <param name="present">Its value; null if it is not known.</param>
    /// <param name="needed">The largest burst.</param>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>. Garnet's cannot be changed: see <see cref="SmallerBursts"/>.</param>
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
    /// <param name="present">What it holds; null if it is not known.</param>
    /// <param name="needed">The largest burst.</param>
    public static Remedy ProxysBacklog(long? present, long needed)
    {
        var proposed = Text(Math.Max(needed, present ?? 0))!;
        return new Remedy(
            "the proxy's backlog", Text(present), proposed, RemedyHost.Proxy,
            $"in the proxy's configuration: the listener's backlog or maxconn (HAProxy: maxconn {proposed} or backlog {proposed} in the frontend), then reload it");
    }

    /// <summary>Connections that a proxy passes on at once.</summary>
    /// <param name="present">Most that it did; null if it is not known.</param>
    /// <param name="needed">Connections of the run that are open at once.</param>
    public static Remedy ProxysConnections(long? present, long needed) => new(
        "the proxy's connections to its server", Text(present), Text(needed)!, RemedyHost.Proxy,
        $"in the proxy's configuration: connections to the server (HAProxy: maxconn {Text(needed)} of the backend's server, the frontend and global), then reload it");

    /// <summary>A new listener: one keeps the queue that it was opened with.</summary>
    /// <param name="present">What it holds.</param>
    /// <param name="asked">The server's tcp-backlog.</param>
    public static Remedy NewListener(long present, long asked) => new(
        TuningKeys.TcpBacklog, Text(present), Text(asked)!, RemedyHost.Server, "restart the server: its listener was opened before net.core.somaxconn was raised");

    /// <summary>Bursts that a queue of fixed length holds.</summary>
    /// <param name="present">Connections of the largest burst.</param>
    /// <param name="proposed">What the queue holds.</param>
    /// <param name="phase">Index of the phase with the largest bursts.</param>
    public static Remedy SmallerBursts(long present, long proposed, int phase) => Run(TuningKeys.BurstSize(phase), Text(present), Text(proposed)!);

    /// <summary>Ports that ActorLoad chooses: the one that has been free for longest, else the next of the range.</summary>
    public static Remedy SlotPorts(string? present) => Run(TuningKeys.Ports, present);

    /// <summary>RST on close, and no TIME_WAIT.</summary>
    public static Remedy AbortiveClose(string? present) => Run(TuningKeys.Close, present);

    /// <summary>Most connections open at once: as many as there is room for, or as many as the run would open.</summary>
    public static Remedy MaxOpen(long? present, long proposed) => Run(TuningKeys.MaxOpen, Text(present), Text(proposed)!);

    /// <summary>A server where there is none.</summary>
    /// <param name="endpoint">HOST:PORT.</param>
    public static Remedy Start(string endpoint) => new(
        TuningKeys.Target, null, "a server that listens", RemedyHost.Server, $"start the server that should listen at {endpoint}, or name another with --target");

    /// <summary>A server that speaks RESP, where another listens.</summary>
    /// <param name="endpoint">HOST:PORT.</param>
    public static Remedy RespServer(string endpoint) => new(
        TuningKeys.Target, endpoint, "a port where a server speaks RESP", RemedyHost.Run, "name it with --target HOST:PORT");

    /// <summary>The port at which a server takes clients without TLS.</summary>
    /// <param name="endpoint">HOST:PORT; null if it is not known which of several wants TLS.</param>
    public static Remedy PlainPort(string? endpoint = null) => new(
        TuningKeys.Target, endpoint, "a port without TLS", RemedyHost.Run, "name it with --target HOST:PORT (`port` in redis.conf, beside `tls-port`)");

    /// <summary>A script that knows how often its commands are answered.</summary>
    public static Remedy ScriptReplies() => new(
        TuningKeys.Script, null, "replies = N, or expect = none", RemedyHost.Run,
        "write { send = \"COMMAND\", replies = N } in connection.script for a command that is not answered exactly once");

    /// <summary>Another address of the name that was given.</summary>
    public static Remedy OtherAddress(string address) => new(TuningKeys.Target, null, address, RemedyHost.Run, $"--target {address}");

    /// <summary>Another node of the cluster, in its servers' words.</summary>
    public static Remedy OtherNode(string address) => new(TuningKeys.Target, null, address, RemedyHost.Run, $"--target {address}, for the keys of that node; or use keys of this one");

    /// <summary>The primary of a replica: the server names it.</summary>
    public static Remedy Primary(string? endpoint) => new(
        TuningKeys.Target, endpoint, "its primary", RemedyHost.Run, $"--target with the master_host and master_port that `{RedisCli.To(endpoint, "info replication")}` shows");

    /// <summary>Something that only the server can put right, and the command that shows it or does it.</summary>
    public static Remedy Look(string what, string proposed, string? endpoint, string command) => new(
        what, null, proposed, RemedyHost.Server, RedisCli.To(endpoint, command));

    /// <summary>No password for a server that has none.</summary>
    public static Remedy NoPassword() => new(TuningKeys.Password, "set", "none", RemedyHost.Run, "leave target.username and target.password out");

    /// <summary>A way to the server's host.</summary>
    /// <param name="address">Of the server.</param>
    public static Remedy Route(string address) => new(TuningKeys.Target, null, "a host that can be reached", RemedyHost.Client, $"ip route get {address}");

    /// <summary>A firewall that lets the run's packets pass: where it stands is not known here.</summary>
    /// <param name="endpoint">HOST:PORT; null leaves the port open.</param>
    public static Remedy Firewall(string? endpoint) => new(
        TuningKeys.Firewall, null, $"one that lets each packet of {(endpoint is null ? "the target's port" : $"port {endpoint[(endpoint.LastIndexOf(':') + 1)..]}")} pass", RemedyHost.Server, "nft list ruleset");

    /// <summary>The password that the server asks for.</summary>
    public static Remedy Password() => new(
        TuningKeys.Password, null, "the server's password", RemedyHost.Run, "target.password = \"...\" in the run file, with target.username if it is a user's");

    /// <summary>A server that takes clients from other machines without a password: for networks where nobody else is.</summary>
    public static Remedy ProtectedMode(string? endpoint) => new(
        TuningKeys.ProtectedMode, "yes", "no", RemedyHost.Server, RedisCli.There(endpoint, "config set protected-mode no"));

    /// <summary>A user that may do what was refused.</summary>
    /// <param name="endpoint">HOST:PORT.</param>
    /// <param name="user">Its name.</param>
    /// <param name="rule">What is added to its ACL, such as <c>+get</c> or <c>~*</c>; null if it is not known what was refused: then the server tells.</param>
    public static Remedy Permission(string? endpoint, string user, string? rule) => new(
        $"ACL of {user}", null, rule ?? "one that allows connection.script", RemedyHost.Server,
        RedisCli.There(endpoint, rule is null ? "acl log" : $"acl setuser {user} {(rule.Contains('*', StringComparison.Ordinal) ? $"'{rule}'" : rule)}"));

    /// <summary>The transport that there is, or none in particular.</summary>
    public static Remedy Transport(string? present, string proposed) => Run(TuningKeys.Transport, present, proposed);

    /// <summary>Event loops of the generator.</summary>
    public static Remedy Loops(int? present, int proposed) => Run(TuningKeys.Loops, Text(present), Text(proposed)!);

    /// <summary>A machine for the generator alone: this one is too small, or shared with the server.</summary>
    /// <param name="present">What it has, such as <c>2 cores, shared with the server</c>.</param>
    public static Remedy AnotherMachine(string? present) => new(
        TuningKeys.Generator, present, "another machine", RemedyHost.Client, "run actorload on another machine than the server, with idle cores");

    private static Remedy WriteSysctl(string key, string? present, string proposed, RemedyHost host) => new(
        key, present, proposed, host, proposed.Contains(' ', StringComparison.Ordinal) ? $"sysctl -w {key}=\"{proposed}\"" : $"sysctl -w {key}={proposed}");

    private static Remedy Run(string key, string? present, string? proposed = null)
    {
        proposed ??= Catalogue[key, RemedyHost.Run].Value;
        return new Remedy(key, present, proposed, RemedyHost.Run, $"--set {key}={proposed}");
    }

    /// <summary>Never less than there is: a proposal that takes away mends nothing.</summary>
    private static long AtLeast(TuningSetting setting, long needed, long? present) =>
        Math.Max(setting.Number, Math.Max(needed, present ?? 0));

    /// <summary>The proposal, or the limit if that suffices: what needs no more rights is done sooner.</summary>
    private static long Within(long? limit, long needed, long proposed) => limit is { } hard && hard >= needed ? Math.Min(hard, proposed) : proposed;

    private static long? Number(string? present) =>
        long.TryParse(present, CultureInfo.InvariantCulture, out var number) ? number : null;

    internal static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Shown(string? present) => present is null ? null : TuningSetting.Chosen(present);
}

using System.Globalization;
using System.Net;

namespace ActorLoad.Observers.Tuning;

/// <summary>
/// What to change, in the words that a diagnosis and <c>doctor</c> share. Values come from <see cref="TuningCatalogue"/>, unless a run needs
/// more than stands there.
/// </summary>
public static class Remedies
{
    private const int GarnetBacklog = 512; // fixed in its source
    private const int ServersOwnDescriptors = 32; // CONFIG_MIN_RESERVED_FDS of Redis

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
        var command = proposed > hard ? $"sudo prlimit --pid $$ --nofile={Text(proposed)}" : $"ulimit -n {Text(proposed)}";
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
        var proposed = Text(Within(hard - ServersOwnDescriptors, Math.Max(needed, present ?? 0), usual))!;
        var command = kind == "garnet"
            ? $"--network-connection-limit {proposed} when Garnet is started"
            : $"redis-cli{Address(endpoint)} config set maxclients {proposed}";
        return new Remedy(TuningKeys.MaxClients, Text(present), proposed, RemedyHost.Server, command);
    }

    /// <summary>The accept queue that the server asks for. It gets the smaller of this and <see cref="TuningKeys.SoMaxConn"/>.</summary>
    /// <param name="present">Its value; null if it is not known.</param>
    /// <param name="needed">The largest burst.</param>
    /// <param name="kind">As in <see cref="ServerLedger.Kind"/>. Garnet's cannot be changed: then the bursts are.</param>
    public static Remedy TcpBacklog(long? present, long needed, string kind = "redis")
    {
        if (kind == "garnet")
        {
            return Run(TuningKeys.BurstSize, Text(needed), Text(GarnetBacklog)!);
        }

        var proposed = Text(AtLeast(Catalogue[TuningKeys.TcpBacklog, RemedyHost.Server], needed, present))!;
        var command = kind == "dragonfly" ? $"--tcp_backlog {proposed} when Dragonfly is started" : $"tcp-backlog {proposed} in redis.conf, then restart";
        return new Remedy(TuningKeys.TcpBacklog, Text(present), proposed, RemedyHost.Server, command);
    }

    /// <summary>A port of its own for each place of a connection.</summary>
    public static Remedy SlotPorts(string? present) => Run(TuningKeys.Ports, present);

    /// <summary>RST on close, and no TIME_WAIT.</summary>
    public static Remedy AbortiveClose(string? present) => Run(TuningKeys.Close, present);

    /// <summary>Most connections open at once: as many as there is room for, or as many as the run would open.</summary>
    public static Remedy MaxOpen(long? present, long proposed) => Run(TuningKeys.MaxOpen, Text(present), Text(proposed)!);

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

    private static string Address(string? endpoint)
    {
        var colon = endpoint?.LastIndexOf(':') ?? -1;
        return colon < 0 ? "" : $" -h {endpoint![..colon].Trim('[', ']')} -p {endpoint[(colon + 1)..]}";
    }

    private static long? Number(string? present) =>
        long.TryParse(present, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Shown(string? present) => present is null ? null : TuningSetting.Chosen(present);
}

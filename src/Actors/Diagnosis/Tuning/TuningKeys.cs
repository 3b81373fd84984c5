
namespace ActorLoad.Diagnosis.Tuning;

/// <summary>Names of settings in the catalogue, in findings and in <c>doctor</c>.</summary>
public static class TuningKeys
{
    /// <summary>Longest accept queue that the kernel gives a listener.</summary>
    public const string SoMaxConn = "net.core.somaxconn";

    /// <summary>Half-open handshakes of a listener without syncookies.</summary>
    public const string SynBacklog = "net.ipv4.tcp_max_syn_backlog";

    /// <summary>What the kernel does when half-open handshakes fill a listener.</summary>
    public const string SynCookies = "net.ipv4.tcp_syncookies";

    /// <summary>Ports for our connections: first and last.</summary>
    public const string PortRange = "net.ipv4.ip_local_port_range";

    /// <summary>Ports of <see cref="PortRange"/> that connections must not use.</summary>
    public const string ReservedPorts = "net.ipv4.ip_local_reserved_ports";

    /// <summary>Whether connect() may take a port in TIME_WAIT.</summary>
    public const string TimeWaitReuse = "net.ipv4.tcp_tw_reuse";

    /// <summary>Connections that the firewall remembers.</summary>
    public const string Conntrack = "net.netfilter.nf_conntrack_max";

    /// <summary>Whether fork() may promise more memory than there is.</summary>
    public const string Overcommit = "vm.overcommit_memory";

    /// <summary>How readily programs are swapped out.</summary>
    public const string Swappiness = "vm.swappiness";

    /// <summary>Transparent huge pages, a file of sysfs.</summary>
    public const string HugePages = "/sys/kernel/mm/transparent_hugepage/enabled";

    /// <summary>Descriptors that a process may have open.</summary>
    public const string Descriptors = "nofile";

    /// <summary>Clients that the server serves at once.</summary>
    public const string MaxClients = "maxclients";

    /// <summary>Accept queue that the server asks of the kernel.</summary>
    public const string TcpBacklog = "tcp-backlog";

    /// <summary>Who chooses the local port.</summary>
    public const string Ports = "connection.ports";

    /// <summary>The local addresses that connections come from.</summary>
    public const string SourceAddresses = "connection.source-addresses";

    /// <summary>RST or FIN.</summary>
    public const string Close = "connection.close";

    /// <summary>Limit of open connections in the run.</summary>
    public const string MaxOpen = "connection.max-open";

    /// <summary>Event loops.</summary>
    public const string Loops = "transport.loops";

    /// <summary>The transport.</summary>
    public const string Transport = "transport.kind";

    /// <summary>Who may use io_uring.</summary>
    public const string RingDisabled = "kernel.io_uring_disabled";

    /// <summary>Where connections go.</summary>
    public const string Target = "target.endpoints";

    /// <summary>How connections speak TLS.</summary>
    public const string Tls = "target.tls";

    /// <summary>Whether the endpoints name a cluster.</summary>
    public const string Cluster = "target.cluster";

    /// <summary>Which endpoint the next connection goes to.</summary>
    public const string Order = "target.order";

    /// <summary>Who may connect to the server's Unix socket.</summary>
    public const string SocketPermission = "unixsocketperm";

    /// <summary>The firewall on either machine, or between them.</summary>
    public const string Firewall = "firewall";

    /// <summary>What connections send, and how many replies each command gets.</summary>
    public const string Script = "connection.script";

    /// <summary>The password for AUTH.</summary>
    public const string Password = "target.password";

    /// <summary>Whether a server without a password refuses other machines.</summary>
    public const string ProtectedMode = "protected-mode";

    /// <summary>The machine on which ActorLoad runs.</summary>
    public const string Generator = "generator";

    /// <summary>Connections of each burst of a phase.</summary>
    /// <param name="phase">Its index in <c>load</c>.</param>
    public static string BurstSize(string phase) => $"{phase}.connections";
}

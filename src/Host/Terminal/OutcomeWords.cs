using ActorLoad.Metrics;

namespace ActorLoad.Hosting.Terminal;

/// <summary>The meaning of each outcome and where to look, for a tired reader.</summary>
internal static class OutcomeWords
{
    private static readonly Dictionary<string, string> Meanings = Outcomes.All.ToDictionary(outcome => outcome.Name(), Meaning);

    /// <summary>The sentence for an outcome's name; empty for an unknown name.</summary>
    public static string Of(string outcome) => Meanings.GetValueOrDefault(outcome, "");

    private static string Meaning(Outcome outcome) => outcome switch
    {
        Outcome.Succeeded => "every command was answered",
        Outcome.Refused => "a RST answered the SYN: no server listens there (is it up, is the port right?), or a firewall rejects",
        Outcome.Reset => "the server, or a proxy before it, cut the connection: look at its log, at fd limits and proxies",
        Outcome.ConnectTimeout => "no answer to the SYN: accept queue full (tcp-backlog, somaxconn) or a firewall that drops",
        Outcome.ReplyTimeout => "connected, but no reply in time: a blocked server, data lost on the way, or a command that waits",
        Outcome.PeerClosed => "the server closed first: look at maxclients, its idle timeout and its log",
        Outcome.Rejected => "the server answered with an error, which is listed under rejections",
        Outcome.ProtocolError => "the answer is not a reply: another protocol, an echo, or more than requested; the finding says which",
        Outcome.TlsFailed => "the TLS handshake failed, or an alert ended the connection: the reasons are listed under TLS",
        Outcome.Unreachable => "the host cannot be reached: look at routes, interfaces, the address, and firewalls that forbid it",
        Outcome.LocalExhausted => "THIS machine ran out of descriptors, ports or buffers: ulimit -n, ip_local_port_range",
        Outcome.Cancelled => "not judged: the run was given up or stopped first; neither a success nor a failure",
        Outcome.Crashed => "a bug in ActorLoad: please report it with the log above",
        _ => "",
    };
}

using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using ActorLoad.Load;
using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>target</c> and <c>safety</c>.</summary>
internal static class TargetReader
{
    /// <summary>Most endpoints of a target. If a run uses all addresses of a name, each address counts.</summary>
    public const int MaxEndpoints = 1024;

    private const int MaxWeight = 1_000_000;
    private const string Password = "password";
    private const string PasswordFile = "password-file";

    /// <summary>Reads the target. The result is never null, but useless if a problem was noted.</summary>
    public static TargetSettings Read(SettingsReader target)
    {
        var endpoints = target.List<string>("endpoints", "[\"127.0.0.1:6379\"]", endpoint =>
            endpoint == TargetSettings.Embedded || TargetEndpoint.TryParse(endpoint, out _, out var problem)
                ? (endpoint, "", "")
                : (null, problem, TargetEndpoint.Allowed));
        var addresses = target.Choice<AddressChoice>("addresses");
        var family = target.Choice<FamilyChoice>("family");
        var order = target.Choice<EndpointOrder>("order");
        var weights = ReadWeights(target, order, endpoints?.Length);
        var cluster = target.Flag("cluster");
        if (cluster == true && order == EndpointOrder.Weighted)
            target.Contradiction("cluster", "order", "weights where the cluster's nodes are asked for",
                "target.order = in-turn, random or first, or target.cluster = off");
        if (cluster == true && endpoints is { } named && named.Contains(TargetSettings.Embedded))
            target.Contradiction("cluster", "endpoints", "the embedded server, which is no cluster", "endpoints of a cluster's nodes");
        var username = target.Text("username", Line);
        var password = target.Secret(Password, PasswordProblem);
        if (password is { Length: > 0 } && target.IsOnCommandLine(Password))
            target.Problem(Password, "other users of this machine can read a command line",
                "the variable ACTORLOAD__TARGET__PASSWORD, or target.password-file");
        var fromFile = target.PasswordIn(PasswordFile);
        if (password is { Length: > 0 } && fromFile is { Length: > 0 })
            target.Contradiction(Password, PasswordFile, "a password beside a password-file", "one of them");
        password = fromFile is "" ? password : fromFile;
        var tls = TlsReader.Read(target.Section("tls"));
        if (endpoints is { Length: 0 or > MaxEndpoints })
            target.Problem("endpoints", $"{endpoints.Value.Length} endpoints", $"1 to {MaxEndpoints}");
        if (endpoints is { Length: > 1 } many && many.Contains(TargetSettings.Embedded))
            target.Problem("endpoints", "\"embedded\" beside other endpoints", "\"embedded\" alone, or only other endpoints");
        if (tls is not null && endpoints is [TargetSettings.Embedded])
            target.Contradiction("endpoints", "tls", "TLS with the embedded server, which does not speak it",
                "a server of your own in target.endpoints, or target.tls.enabled = off");
        if (tls is { ServerName: "", Verifies: true } && endpoints?.Any(Endpoint.IsUnix) == true)
            target.Contradiction("endpoints", "tls", "TLS over a Unix socket, which has no host name",
                "target.tls.server-name, the name of the server's certificate");
        if (username is { Length: > 0 } && password is "")
            target.Contradiction("username", "password", "a username without a password",
                "a target.password, or no username: AUTH is only sent with a password");
        return new TargetSettings(endpoints ?? [], new Credentials(username ?? "", password ?? "") { Tls = tls })
        {
            Addresses = addresses ?? default,
            Family = family ?? default,
            Order = order ?? default,
            Weights = weights,
            IsCluster = cluster ?? default,
        };
    }

    private static ImmutableArray<double> ReadWeights(SettingsReader target, EndpointOrder? order, int? endpoints)
    {
        var weights = target.List<double>("weights", "[3, 1]", text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) && weight is > 0 and <= MaxWeight
                ? (weight, "", "") : (0, $"{ShownText.Quote(text)} is no weight", $"a number above 0, at most {MaxWeight}"));
        if (weights is { Length: > 0 } && order is not (EndpointOrder.Weighted or null))
            target.Contradiction("weights", "order", $"weights where the order is {order.Value.Word()}",
                "target.order = weighted, or no weights");
        if (order == EndpointOrder.Weighted && weights is { } given && endpoints is { } count && given.Length != count)
            target.Contradiction("weights", "endpoints", $"{given.Length} weights for {count} endpoints",
                "one weight for each element of target.endpoints");
        return weights ?? [];
    }

    /// <summary>Reads the allowed addresses. The result is never null, but useless if a problem was noted.</summary>
    public static SafetySettings ReadSafety(SettingsReader safety) =>
        SafetySettings.Of(safety.List<(IPNetwork Network, string? Path)>("allowed-targets", "[\"10.1.0.0/16\"]", target =>
            Endpoint.IsUnix(target)
                ? TargetEndpoint.TryParse(target, out var socket, out var unusable) ? ((default, socket.Path), "", "")
                    : (default, unusable, AllowedNetwork.Allowed)
            : AllowedNetwork.TryParse(target, out var parsed, out var problem) ? ((parsed, null), "", "")
                : (default, problem, AllowedNetwork.Allowed)) ?? []);

    private static (string Problem, string Allowed)? PasswordProblem(string text) =>
        Encoding.UTF8.GetByteCount(text) > Configuration.PasswordFile.MostBytes
            ? ("a password that is too long", $"at most {Configuration.PasswordFile.MostBytes} bytes") : null;

    private static (string Problem, string Allowed)? Line(string text) =>
        text.Length > 1000 || text.Any(char.IsControl) ? ("not a text on one line", "at most 1000 characters") : null;
}

using System.Net;
using System.Text;
using ActorLoad.Resp;

namespace ActorLoad.Configuration;

/// <summary>Reads <c>target</c> and <c>safety</c>.</summary>
internal static class TargetReader
{
    /// <summary>Most endpoints of a target. If a run uses all addresses of a name, each address counts.</summary>
    public const int MaxEndpoints = 1024;

    private const int MaxPassword = 16 * 1024;

    /// <summary>Reads the target. The result is never null, but useless if a problem was noted.</summary>
    public static TargetSettings Read(SettingsReader target)
    {
        var endpoints = target.List<string>("endpoints", "[\"127.0.0.1:6379\"]", endpoint =>
            endpoint == TargetSettings.Embedded || TargetEndpoint.TryParse(endpoint, out _, out var problem)
                ? (endpoint, "", "")
                : (null, problem, TargetEndpoint.Allowed));
        var addresses = target.Choice<AddressChoice>("addresses");
        var username = target.Text("username", Line);
        var password = target.Secret("password", PasswordProblem);
        if (endpoints is { Length: 0 or > MaxEndpoints })
            target.Problem("endpoints", $"{endpoints.Value.Length} endpoints", $"1 to {MaxEndpoints}");
        if (endpoints is { Length: > 1 } many && many.Contains(TargetSettings.Embedded))
            target.Problem("endpoints", "\"embedded\" beside other endpoints", "\"embedded\" alone, or only HOST:PORT");
        if (username is { Length: > 0 } && password is "")
            target.Contradiction("username", "password", "a username without a password",
                "a target.password, or no username: AUTH is only sent with a password");
        return new TargetSettings(endpoints ?? [], new Credentials(username ?? "", password ?? "")) { Addresses = addresses ?? default };
    }

    /// <summary>Reads the allowed addresses. The result is never null, but useless if a problem was noted.</summary>
    public static SafetySettings ReadSafety(SettingsReader safety) =>
        new(safety.List<IPNetwork>("allowed-targets", "[\"10.1.0.0/16\"]", network =>
            AllowedNetwork.TryParse(network, out var parsed, out var problem) ? (parsed, "", "")
                : (default, problem, AllowedNetwork.Allowed)) ?? []);

    private static (string Problem, string Allowed)? PasswordProblem(string text) =>
        Encoding.UTF8.GetByteCount(text) > MaxPassword ? ("a password that is too long", $"at most {MaxPassword} bytes") : null;

    private static (string Problem, string Allowed)? Line(string text) =>
        text.Length > 1000 || text.Any(char.IsControl) ? ("not a text on one line", "at most 1000 characters") : null;
}

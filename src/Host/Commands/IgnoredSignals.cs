using System.Globalization;

namespace ActorLoad.Hosting.Commands;

/// <summary>Signals that this process ignores because its parent set that.</summary>
internal static class IgnoredSignals
{
    private const string Status = "/proc/self/status";
    private const string Mask = "SigIgn:";

    /// <summary>True under <c>nohup</c>.</summary>
    public static bool HasHangUp() => File.Exists(Status) && HasHangUp(File.ReadLines(Status));

    /// <summary>The same, from the lines of <c>/proc/PID/status</c>. SIGHUP is signal 1, the lowest bit.</summary>
    internal static bool HasHangUp(IEnumerable<string> status) =>
        status.FirstOrDefault(line => line.StartsWith(Mask, StringComparison.Ordinal)) is { } line
        && ulong.TryParse(line.AsSpan(Mask.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask)
        && (mask & 1) != 0;
}

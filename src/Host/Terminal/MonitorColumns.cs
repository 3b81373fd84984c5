using System.Globalization;
using ActorLoad.Monitoring;

namespace ActorLoad.Hosting.Terminal;

/// <summary>A monitor's line as columns of plain text under two lines of heads.</summary>
internal static class MonitorColumns
{
    /// <summary>Stands for an unseen value.</summary>
    public const string Unseen = "-";

    private const int ShortestColumn = 6;

    private static readonly Column[] _columns =
    [
        new("", "time", line => TimeOf(line.At), 10),
        new("client", "SYN-SENT", line => Of(line.Client?.SynSent)),
        new("client", "ESTAB", line => Of(line.Client?.Estab)),
        new("client", "FIN-WAIT", line => Of(line.Client?.FinWait)),
        new("client", "CLOSE-WAIT", line => Of(line.Client?.CloseWait)),
        new("client", "TIME-WAIT", line => Of(line.Client?.TimeWait)),
        new("server", "SYN-RECV", line => Of(line.Server?.SynRecv)),
        new("server", "ESTAB", line => Of(line.Server?.Estab)),
        new("server", "FIN-WAIT", line => Of(line.Server?.FinWait)),
        new("server", "CLOSE-WAIT", line => Of(line.Server?.CloseWait)),
        new("server", "TIME-WAIT", line => Of(line.Server?.TimeWait)),
        new("accept queue", "now", line => Of(line.AcceptQueue?.Now)),
        new("accept queue", "peak", line => Of(line.AcceptQueue?.Peak)),
        new("accept queue", "limit", line => Of(line.AcceptQueue?.Limit)),
        new("TCP", "memory", line => Bytes(line.Memory?.Now), "1023.9 KiB".Length),
        new("a second", "opened", line => Rate(line.Rates.Opens)),
        new("a second", "accepted", line => Rate(line.Rates.Accepts)),
        new("a second", "overflow", line => Rate(line.Rates.Overflows)),
        new("a second", "drops", line => Rate(line.Rates.Drops)),
        new("a second", "retrans", line => Rate(line.Rates.Retransmits)),
        new("a second", "syn-rtx", line => Rate(line.Rates.SynRetransmits)),
    ];

    /// <summary>The line above the heads, which names each group of columns.</summary>
    public static string Groups { get; } = string.Join("  ", _columns
        .Select((column, index) => (column, First: _columns.ToList().FindIndex(other => other.Group == column.Group)))
        .GroupBy(pair => pair.First, pair => pair.column)
        .Select(group => Ruled(group.First().Group, group.Sum(column => column.Width + 1) - 1)));

    /// <summary>The heads of the columns.</summary>
    public static string Heads { get; } = Joined(column => column.Head);

    /// <summary>The line itself.</summary>
    public static string Of(MonitorLine line) => Joined(column => column.Cell(line));

    /// <summary>A moment as wall-clock time.</summary>
    public static string TimeOf(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm:ss.f", CultureInfo.InvariantCulture);

    /// <summary>A whole number.</summary>
    public static string Of(long? count) => count?.ToString(CultureInfo.InvariantCulture) ?? Unseen;

    /// <summary>A size.</summary>
    public static string Bytes(double? bytes) => bytes is { } size ? Figures.Bytes(size) : Unseen;

    /// <summary>A rate, with one decimal if it is below 10 and not whole.</summary>
    public static string Rate(double? rate) => rate?.ToString(rate < 10 ? "0.#" : "0", CultureInfo.InvariantCulture) ?? Unseen;

    // A wider gap where another group begins.
    private static string Joined(Func<Column, string> cell) => string.Concat(_columns.Select((column, index) =>
        (index == 0 ? "" : column.Group == _columns[index - 1].Group ? " " : "  ") + cell(column).PadLeft(column.Width)));

    private static string Ruled(string group, int width)
    {
        if (group.Length == 0)
        {
            return new string(' ', width);
        }

        var left = (width - group.Length - 2) / 2;
        return left < 0 ? group.PadLeft(width) : $"{new string('-', left)} {group} {new string('-', width - group.Length - 2 - left)}";
    }

    private sealed record Column(string Group, string Head, Func<MonitorLine, string> Cell, int LeastWidth = ShortestColumn)
    {
        public int Width => Math.Max(Head.Length, LeastWidth);
    }
}

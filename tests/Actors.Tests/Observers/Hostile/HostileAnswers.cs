using System.Globalization;
using System.Text;
using ActorLoad.Actors.Tests.Observers.Server;

namespace ActorLoad.Actors.Tests.Observers.Hostile;

/// <summary>What a server may answer that means no good: any bytes, any shape, right ones among them. The same seed gives the same.</summary>
internal sealed class HostileAnswers(int seed)
{
    /// <summary>It knows this: it was told with AUTH.</summary>
    public const string Secret = "hunter2secret";

    private static readonly string[] Numbers =
    [
        "0", "-1", "1", "10000", "2147483647", "2147483648", "4294967295", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "1e308", "-1e308", "1e999", "NaN", "Infinity", "-Infinity", "0.0000001", "", " 7 ", "0x10", "seven", "١٢", "99999999999999999999999999999999",
    ];

    private static readonly string[] Texts =
    [
        "", "OK", "PONG", "\u001b]0;owned\u0007", "\u202egnp.exe", Secret, $"ERR {Secret}", "a\0b", "\r\n", "#", ":", "a:b:c", "yes", "no", "redis", new('x', 5000), "\ud83d\ude00", "é",
    ];

    private static readonly string[] Fields =
    [
        "redis_version", "valkey_version", "garnet_version", "dragonfly_version", "run_id", "process_id", "uptime_in_seconds", "server_time_usec", "monitor_freq",
        "executable", "connected_clients", "maxclients", "max_clients", "used_memory", "total_system_memory", "total_connections_received", "rejected_connections",
        "total_commands_processed", "total_error_replies", "evicted_clients", "used_cpu_user_main_thread", "used_cpu_sys_main_thread",
    ];

    private static readonly string[] Settings = ["maxclients", "tcp-backlog", "save", "appendonly", "disable-thp", "requirepass", "masterauth", "*"];

    private readonly Random _random = new(seed);

    /// <summary>The answer to a command, in the pieces in which it is sent, and whether the server hangs up after it.</summary>
    public (byte[][] Pieces, bool HangsUp) To(IReadOnlyList<string> command)
    {
        var isKind = Chance(command[0] is "PING" or "AUTH" ? 80 : 65);
        var answer = command[0].ToUpperInvariant() switch
        {
            "PING" when isKind => "+PONG\r\n",
            "AUTH" when isKind => "+OK\r\n",
            "INFO" when isKind => Bulk(Info()),
            "CONFIG" when isKind => Configuration(command[^1]),
            _ => Anything(0),
        };
        var bytes = Encoding.UTF8.GetBytes(answer);
        if (!isKind && Chance(30))
        {
            Hurt(bytes);
        }

        return (Cut(isKind || Chance(70) ? bytes : bytes[..Number(bytes.Length + 1)]), !isKind && Chance(85));
    }

    /// <summary>Any answer, whole or not.</summary>
    public byte[] Any()
    {
        var bytes = Encoding.UTF8.GetBytes(Anything(0));
        if (Chance(40))
        {
            Hurt(bytes);
        }

        return Chance(30) ? bytes[..Number(bytes.Length + 1)] : bytes;
    }

    /// <summary>The pieces in which bytes may come.</summary>
    public byte[][] Cut(byte[] bytes)
    {
        var pieces = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, Chance(50) ? bytes.Length : 1 + Number(Chance(50) ? 4 : 2000));
            pieces.Add(bytes[at..(at + length)]);
            at += length;
        }

        return [.. pieces];
    }

    /// <summary>An INFO of odd values: some fields twice, some missing, in any order.</summary>
    public string Info()
    {
        if (Chance(15))
        {
            return InfoTexts.Redis;
        }

        var lines = Enumerable.Range(0, Number(2 * Fields.Length)).Select(_ => Chance(10) ? Of(Texts) : $"{Of(Fields)}:{Value()}");
        return string.Join(Chance(90) ? "\r\n" : "\n", [Chance(80) ? $"redis_version:{(Chance(50) ? "7.0.15" : Value())}" : "# Server", .. lines]);
    }

    private string Configuration(string asked) => Number(8) switch
    {
        0 => List("*", asked, Value(), asked, Value()),
        1 => List("*", "maxclients", "10000"), // alike for every question
        2 => List("*", asked),
        3 => $"*2\r\n{Bulk(asked)}*1\r\n{Bulk(Value())}",
        4 => $"*2\r\n{Bulk(asked)}{Anything(3)}",
        5 => List("*", [.. Settings.SelectMany(name => new[] { name, Value() })]),
        6 => List("%", asked, Value()),
        _ => List("*", asked, Value()),
    };

    private string Anything(int depth) => Number(depth > 3 ? 9 : 17) switch
    {
        0 => $"+{Of(Texts)}\r\n",
        1 => $"-{Of(["ERR", "NOAUTH", "WRONGPASS", "NOPERM", "LOADING", "BUSY", "DENIED", "MOVED", Secret])} {Of(Texts)}\r\n",
        2 => $":{Of(Numbers)}\r\n",
        3 => Bulk(Value()),
        4 => Of(["$-1\r\n", "*-1\r\n", "_\r\n", "*0\r\n", "%0\r\n", "$0\r\n\r\n", "~0\r\n", ">0\r\n"]),
        5 => $"{Of(["$", "=", "!"])}{Of(Numbers)}\r\n{Of(Texts)}\r\n",
        6 => Of(["#t\r\n", "#x\r\n", ",nan\r\n", ",inf\r\n", ",1e400\r\n", "(99999999999999999999\r\n", "=7\r\ntxt:abc\r\n", "!5\r\nERR x\r\n", "|1\r\n+a\r\n+b\r\n+c\r\n", "$?\r\n;3\r\nabc\r\n;0\r\n"]),
        7 => Of(["HTTP/1.1 400 Bad Request\r\n\r\n", "\u0016\u0003\u0001", "\r\n", "\0", "GET / HTTP/1.0\r\n", $"{Secret}\r\n", "\u001b[2J"]),
        8 => Of(Texts),
        9 => $"{Of(["*", "%", "~", ">"])}{Of(Numbers)}\r\n{Anything(depth + 1)}",
        10 => string.Concat(Enumerable.Repeat(Of(["*1\r\n", "%1\r\n+k\r\n", "*2\r\n:1\r\n"]), 1 + Number(Chance(20) ? 5_000 : 20))) + ":1\r\n",
        11 => Bulk(Info()),
        12 => $"*3\r\n:0\r\n:{Of(Numbers)}\r\n*3\r\n{Bulk(Of(Texts))}:{Of(Numbers)}\r\n{Anything(depth + 1)}", // CLUSTER SLOTS
        13 => $"%2\r\n{Bulk("server")}{Bulk(Value())}{Bulk("proto")}{Anything(depth + 1)}", // HELLO
        14 => string.Concat(Enumerable.Repeat(Anything(depth + 1), 1 + Number(4))), // more than was asked
        15 => $"*{(Chance(10) ? 5_000 : 20).ToString(CultureInfo.InvariantCulture)}\r\n{string.Concat(Enumerable.Repeat(":1\r\n", Chance(50) ? 20 : 5_000))}",
        _ => List("*", [.. Enumerable.Range(0, Number(6)).Select(_ => Value())]),
    };

    private string Value() => Chance(60) ? Of(Numbers) : Of(Texts);

    private static string List(string type, params string[] texts) =>
        $"{type}{(type == "%" ? texts.Length / 2 : texts.Length).ToString(CultureInfo.InvariantCulture)}\r\n{string.Concat(texts.Select(Bulk))}";

    private static string Bulk(string text) => $"${Encoding.UTF8.GetByteCount(text).ToString(CultureInfo.InvariantCulture)}\r\n{text}\r\n";

    private void Hurt(byte[] bytes)
    {
        for (var hits = 1 + Number(3); hits > 0 && bytes.Length > 0; hits--)
        {
            bytes[Number(bytes.Length)] = Chance(50) ? (byte)Number(256) : (byte)"+-:$*_#,(!=%~>|\r\n0123456789"[Number(27)];
        }
    }

    private string Of(string[] choices) => choices[Number(choices.Length)];

    private bool Chance(int percent) => Number(100) < percent;

    private int Number(int below) => _random.Next(below);
}

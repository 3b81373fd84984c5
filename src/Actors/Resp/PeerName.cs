using System.Text;
using ActorLoad.Metrics;

namespace ActorLoad.Resp;

/// <summary>Names a peer that does not speak RESP, by its first bytes.</summary>
internal static class PeerName
{
    /// <summary>Number of bytes that are looked at.</summary>
    public const int Longest = 64;

    private const int MostBytes = 8;

    // A shorter text is not yet a word.
    private const int ShortestText = 4;

    private static readonly (byte[] Beginning, string Name)[] Known =
    [
        ("HTTP/"u8.ToArray(), "HTTP"), ("<html"u8.ToArray(), "HTTP"), ("<HTML"u8.ToArray(), "HTTP"),
        ("<!DOCTYPE"u8.ToArray(), "HTTP"), ("<!doctype"u8.ToArray(), "HTTP"),
        ("SSH-"u8.ToArray(), "SSH"), ("Invalid SSH"u8.ToArray(), "SSH"), ("Protocol mismatch"u8.ToArray(), "SSH"),
        ([0x15, 3], "TLS"), ([0x16, 3], "TLS"),
        ("ERROR\r\n"u8.ToArray(), "memcached"), ("CLIENT_ERROR"u8.ToArray(), "memcached"), ("SERVER_ERROR"u8.ToArray(), "memcached"),
        ("* OK"u8.ToArray(), "IMAP"), ("* BYE"u8.ToArray(), "IMAP"), ("* PREAUTH"u8.ToArray(), "IMAP"),
        ("EFATAL"u8.ToArray(), "PostgreSQL"),
        ("AMQP"u8.ToArray(), "AMQP"), ("INFO {"u8.ToArray(), "NATS"), ("RFB 0"u8.ToArray(), "VNC"), ("@RSYNCD:"u8.ToArray(), "rsync"),
        ("UNKNOWN_COMMAND"u8.ToArray(), "beanstalkd"), ("BAD_FORMAT"u8.ToArray(), "beanstalkd"),
        ([0xff, 0xfb], "Telnet"), ([0xff, 0xfd], "Telnet"),
    ];

    // Reply codes of SMTP and FTP. Both begin with three digits.
    private static readonly string[] Codes = ["220", "421", "500", "501", "502", "503", "530", "554"];

    /// <summary>The peer's name; empty if unknown.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        foreach (var (beginning, name) in Known)
        {
            if (bytes.StartsWith(beginning))
            {
                return name;
            }
        }

        return IsMySql(bytes) ? "MySQL"
            : IsPostgres(bytes) ? "PostgreSQL"
            : IsHttp2(bytes) ? "HTTP"
            : HasCode(bytes) ? OfGreeting(bytes) : "";
    }

    /// <summary>The peer's name and first words: the first line of a text, or the first bytes of other data.</summary>
    public static StrangeReply Describe(ReadOnlySpan<byte> bytes, ServerWords words) => new(Of(bytes), FirstWords(bytes, words));

    /// <summary>The first words of a reply that the script does not expect.</summary>
    public static StrangeReply DescribeUnexpected(ReadOnlySpan<byte> bytes, ServerWords words) =>
        StrangeReply.Unexpected(FirstWords(bytes, words));

    private static string FirstWords(ReadOnlySpan<byte> bytes, ServerWords words)
    {
        var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        var line = end > 0 ? bytes[..end] : bytes;
        var isText = line.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0;
        var kept = words.Keep(Text(line), StrangeReply.LongestWords);
        var hidesNone = kept == ServerWords.WithoutSecrets.Keep(Text(line), StrangeReply.LongestWords);
        return isText || !hidesNone ? kept : "0x" + Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, MostBytes)]);
    }

    /// <summary>True if these bytes are too few to name the peer.</summary>
    public static bool NeedsMore(ReadOnlySpan<byte> bytes)
    {
        foreach (var (beginning, _) in Known)
        {
            if (bytes.Length < beginning.Length && beginning.AsSpan().StartsWith(bytes))
            {
                return true;
            }
        }

        return bytes.Length < ShortestText
            ? bytes.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0
            : HasCode(bytes) && bytes.IndexOf((byte)'\n') < 0 && bytes.Length < Longest;
    }

    // A packet of less than 64 KB with the number 0: a greeting of version 10, or an error.
    private static bool IsMySql(ReadOnlySpan<byte> bytes) =>
        bytes is [_, _, 0, 0, 10, >= (byte)'0' and <= (byte)'9', ..] or [_, _, 0, 0, 0xff, _, _, ..];

    // An error: E, a length, and its severity.
    private static bool IsPostgres(ReadOnlySpan<byte> bytes) => bytes is [(byte)'E', 0, 0, _, _, (byte)'S', ..];

    // A SETTINGS or GOAWAY frame of the connection itself.
    private static bool IsHttp2(ReadOnlySpan<byte> bytes) => bytes is [0, 0, _, 4 or 7, 0 or 1, 0, 0, 0, 0, ..];

    private static bool HasCode(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 4 && bytes[3] is (byte)' ' or (byte)'-' && Array.IndexOf(Codes, Text(bytes[..3])) >= 0;

    private static string OfGreeting(ReadOnlySpan<byte> bytes)
    {
        var text = Text(bytes);
        return Has("FTP") ? "FTP" : Has("SMTP") || Has("mail") ? "SMTP" : "SMTP or FTP";

        bool Has(string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}

using System.Text;
using ActorLoad.Resp;

namespace ActorLoad.Connections;

/// <summary>Knows how often a server answers each command of a script. The script states the rest itself.</summary>
/// <remarks>Follows the state of the connection: subscriptions, MONITOR, CLIENT REPLY, MULTI, HELLO, RESET.</remarks>
internal sealed class ReplyForecast
{
    // Without RANDOMKEY, because a key may have that name, and RESET, because its reply is RESET.
    private static readonly HashSet<string> NeverAnsweredWithTheirName = ["PING", "HELLO", "INFO", "TIME", "DBSIZE", "ROLE"];

    private readonly Dictionary<string, HashSet<string>> _subscribed = [];
    private bool _isMonitor;
    private bool _isResp3;
    private bool _isQueueing;
    private bool _isOff;
    private bool _skips;

    private bool IsSubscriber => !_isResp3 && _subscribed.Values.Any(channels => channels.Count > 0);

    /// <summary>The expected replies to the next command.</summary>
    /// <param name="words">The command's words, with placeholders as written.</param>
    /// <param name="line">What the script says of it.</param>
    public Expected Next(IReadOnlyList<string> words, in ScriptLine line)
    {
        var (wasSubscriber, wasMonitor, wasQueueing) = (IsSubscriber, _isMonitor, _isQueueing);
        var name = words[0].ToUpperInvariant();
        var confirms = wasQueueing ? ReplyWord.None : ReplyWords.To(name);
        var natural = Answers(name, words, confirms);
        return new Expected(line.Replies ?? natural)
        {
            Confirms = confirms,
            IsSubscriber = wasSubscriber || IsSubscriber || (!_isResp3 && confirms != ReplyWord.None),
            IsMonitor = wasMonitor || _isMonitor,
            CountsEvents = line.Replies > natural,
            AllowsError = line.AllowsError,
            Check = Check(line.Exact, isPrefix: false) ?? Check(line.Prefix, isPrefix: true),
            Name = words.Count == 1 && NeverAnsweredWithTheirName.Contains(name) ? Encoding.UTF8.GetBytes(words[0]) : null,
        };
    }

    private static ReplyCheck? Check(string? text, bool isPrefix) =>
        text is null ? null : new ReplyCheck(Encoding.UTF8.GetBytes(text), isPrefix);

    private int Answers(string name, IReadOnlyList<string> words, ReplyWord confirms)
    {
        var isSilent = _isOff || _skips;
        _skips = false;
        switch (name)
        {
            case "CLIENT" when !_isQueueing && IsReplyMode(words): return SetReplyMode(words[2].ToUpperInvariant());
            case "RESET": return Reset();
            case "MULTI": _isQueueing = true; break;
            case "EXEC" or "DISCARD": _isQueueing = false; break;
            case "MONITOR": _isMonitor = true; break;
            case "HELLO" when words.Count > 1: _isResp3 = words[1] == "3"; break;
        }

        var replies = Subscribe(name, words);
        return isSilent ? 0 : confirms == ReplyWord.None ? 1 : replies;
    }

    private static bool IsReplyMode(IReadOnlyList<string> words) =>
        words.Count == 3 && words[1].Equals("REPLY", StringComparison.OrdinalIgnoreCase)
        && words[2].ToUpperInvariant() is "ON" or "OFF" or "SKIP";

    private int SetReplyMode(string mode)
    {
        _isOff = mode == "OFF" || (_isOff && mode != "ON");
        _skips = mode == "SKIP" && !_isOff;
        return mode == "ON" ? 1 : 0;
    }

    private int Reset()
    {
        _subscribed.Clear();
        (_isMonitor, _isResp3, _isQueueing, _isOff) = (false, false, false, false);
        return 1;
    }

    // One reply for each named channel. Without names: one for each channel that it leaves, but at least one.
    private int Subscribe(string name, IReadOnlyList<string> words)
    {
        if (ReplyWords.To(name) == ReplyWord.None)
        {
            return 1;
        }

        var leaves = name.Contains("UNSUB", StringComparison.Ordinal);
        var kind = name.Replace("UNSUB", "SUB", StringComparison.Ordinal);
        var channels = _subscribed.TryGetValue(kind, out var known) ? known : _subscribed[kind] = [];
        var named = words.Skip(1).ToArray();
        var replies = Math.Max(1, named.Length > 0 || !leaves ? named.Length : channels.Count);
        if (!leaves)
        {
            channels.UnionWith(named);
        }
        else if (named.Length > 0)
        {
            channels.ExceptWith(named);
        }
        else
        {
            channels.Clear();
        }

        return replies;
    }
}

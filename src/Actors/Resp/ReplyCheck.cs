namespace ActorLoad.Resp;

/// <summary>The text that a reply must have, or begin with.</summary>
/// <param name="text">The text.</param>
/// <param name="isPrefix">True if more may follow.</param>
public sealed class ReplyCheck(byte[] text, bool isPrefix)
{
    /// <summary>Number of a reply's first bytes that decide.</summary>
    public int Needed { get; } = text.Length + (isPrefix ? 0 : 1);

    /// <summary>True if the reply with these first bytes fits.</summary>
    public bool Fits(ReadOnlySpan<byte> said) => isPrefix ? said.StartsWith(text) : said.SequenceEqual(text);
}

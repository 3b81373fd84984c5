using System.Text;

namespace ActorLoad.Metrics;

/// <summary>What an error reply is counted under.</summary>
internal static class ErrorPrefixes
{
    private const int Longest = 40;

    /// <summary>The first word of an error's line (<c>NOAUTH</c>); for <c>ERR</c>, which says nothing, up to 40 characters of its text.</summary>
    public static string Of(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var word = space < 0 ? text : text[..space];
        var prefix = string.Concat((word == "ERR" ? text : word).Where(letter => !char.IsControl(letter))); // it is shown on terminals
        return prefix.Length > Longest ? prefix[..Longest] : prefix.Length > 0 ? prefix : "ERR";
    }
}

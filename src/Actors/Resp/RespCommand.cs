using System.Text;

namespace ActorLoad.Resp;

/// <summary>A command as a server reads it: a RESP array of bulk strings.</summary>
public static class RespCommand
{
    /// <summary>The command with these words, as they are.</summary>
    public static byte[] Encode(params IReadOnlyCollection<string> words) => Encoding.UTF8.GetBytes(
        $"*{words.Count}\r\n{string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))}");
}

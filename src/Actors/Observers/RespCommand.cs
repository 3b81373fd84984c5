using System.Text;

namespace ActorLoad.Observers;

/// <summary>The commands of observers, as bytes to send.</summary>
internal static class RespCommand
{
    /// <summary>A command and its arguments: an array of bulk strings.</summary>
    public static byte[] Of(params IReadOnlyList<string> words) => Encoding.UTF8.GetBytes(
        $"*{words.Count}\r\n{string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"))}");

    /// <summary>AUTH; empty if there is no password.</summary>
    public static byte[] Auth(string? username, string? password) =>
        string.IsNullOrEmpty(password) ? []
        : string.IsNullOrEmpty(username) ? Of("AUTH", password)
        : Of("AUTH", username, password);
}

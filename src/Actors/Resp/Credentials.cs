namespace ActorLoad.Resp;

/// <summary>The sign-in of every client of a run: connections, observers, bystanders and doctor.</summary>
/// <param name="Username">An ACL user; empty for the default user.</param>
/// <param name="Password">Its password; empty if the client does not sign in.</param>
public sealed record Credentials(string Username, string Password)
{
    /// <summary>The client does not sign in.</summary>
    public static Credentials None { get; } = new("", "");

    /// <summary>How the client speaks TLS; null if it does not.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>True if the client signs in.</summary>
    public bool AreGiven => Password.Length > 0;

    /// <summary>The words of AUTH; empty if the client does not sign in.</summary>
    public IReadOnlyList<string> Auth => !AreGiven ? [] : Username.Length > 0 ? ["AUTH", Username, Password] : ["AUTH", Password];

    /// <summary>AUTH as a server reads it; empty if the client does not sign in.</summary>
    public byte[] AuthCommand => AreGiven ? RespCommand.Encode(Auth) : [];

    /// <summary>The user's name as the server knows it.</summary>
    public string User => Username.Length > 0 ? Username : "default";

    /// <summary>Omits the password, which must not reach a log.</summary>
    public override string ToString() => AreGiven ? User : "no user";
}

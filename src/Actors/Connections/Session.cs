using ActorLoad.Resp;

namespace ActorLoad.Connections;

/// <summary>The commands of a connection between open and close, compiled once for all connections of a run.</summary>
/// <param name="Setup">Commands before the script: AUTH, if there is a password.</param>
/// <param name="Script">The commands of the run file.</param>
public sealed record Session(Script Setup, Script Script)
{
    /// <summary>The session of a client that signs in with <paramref name="credentials"/>, if these are given.</summary>
    public static Session Of(Credentials credentials, Script script) => new(Script.Setup(credentials), script);
}

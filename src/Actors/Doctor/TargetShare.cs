namespace ActorLoad.Doctor;

/// <summary>What one address and port of the target has of a run.</summary>
/// <param name="Target">Address and port, or <see cref="Embedded"/>.</param>
/// <param name="Open">Connections that will be open to it at once.</param>
public sealed record TargetShare(string Target, long Open)
{
    /// <summary>The server that a run brings along: its port is chosen when it starts.</summary>
    public const string Embedded = "the embedded server";
}

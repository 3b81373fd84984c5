namespace ActorLoad.Doctor;

/// <summary>The share of a run that goes to one address and port of the target.</summary>
/// <param name="Target">Address and port, or <see cref="Embedded"/>.</param>
/// <param name="Open">Connections open to it at once.</param>
public sealed record TargetShare(string Target, long Open)
{
    /// <summary>The embedded server, which chooses its port when it starts.</summary>
    public const string Embedded = "the embedded server";
}

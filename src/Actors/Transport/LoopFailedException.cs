namespace ActorLoad.Transport;

/// <summary>A loop can never carry out an operation again; the message says why. Its mailboxes still run: new operations throw this, and
/// operations that were under way have ended as <see cref="LinkFault.LoopFailed"/>.</summary>
public sealed class LoopFailedException(string message, Exception? cause = null) : Exception(message, cause);

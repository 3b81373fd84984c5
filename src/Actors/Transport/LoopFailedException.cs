namespace ActorLoad.Transport;

/// <summary>A loop can carry out no operation any more, for good; the message says why. Its mailboxes still run: who asks it for an operation
/// gets this, and operations that were under way have ended as <see cref="LinkFault.LoopFailed"/>.</summary>
public sealed class LoopFailedException(string message, Exception? cause = null) : Exception(message, cause);

namespace ActorLoad.Observers.Kernel;

/// <summary>Tells whether a connection of the run may ever have had a local address and port. Called from any thread.</summary>
/// <param name="address">4 bytes or 16, as the socket's family has them.</param>
/// <param name="port">The port.</param>
public delegate bool IsOwnEnd(ReadOnlySpan<byte> address, int port);

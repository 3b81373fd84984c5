namespace ActorLoad.Observers.Server;

/// <summary>A server answered a question with an error; the message is that error as it is kept.</summary>
public sealed class ServerRefusedException(string error) : Exception(error);

namespace ActorLoad.Observers.Server;

/// <summary>A server answered a question with an error; the message is that error, without secrets.</summary>
public sealed class ServerRefusedException(string error) : Exception(error);

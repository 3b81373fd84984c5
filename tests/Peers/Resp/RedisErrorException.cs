namespace ActorLoad.Peers.Resp;

/// <summary>The server's error reply, without its minus sign.</summary>
public sealed class RedisErrorException(string message) : Exception(message);

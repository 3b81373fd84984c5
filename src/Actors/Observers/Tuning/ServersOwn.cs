namespace ActorLoad.Observers.Tuning;

/// <summary>What servers have fixed in their sources.</summary>
public static class ServersOwn
{
    /// <summary>Kind of a Garnet server.</summary>
    public const string Garnet = "garnet";

    /// <summary>The accept queue that Garnet asks for.</summary>
    public const long GarnetBacklog = 512;

    /// <summary>Descriptors that Redis and Valkey keep for themselves (CONFIG_MIN_RESERVED_FDS). As many clients more than a storm's are proposed, as
    /// room for others.</summary>
    public const long Descriptors = 32;
}

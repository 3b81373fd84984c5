namespace ActorLoad.Peers.Processes;

/// <summary>What a test may send to a process that it started; the values are those of Linux and macOS.</summary>
public enum ChildSignal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}

namespace ActorLoad.Peers.Processes;

/// <summary>What a test may send to a process that it started; the values are those of Linux (and macOS, but for Continue and Stop).</summary>
public enum ChildSignal
{
    HangUp = 1,
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

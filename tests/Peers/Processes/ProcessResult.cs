namespace ActorLoad.Peers.Processes;

/// <summary>How a process ended and everything it wrote.</summary>
/// <param name="Command">Its command line, for messages.</param>
/// <param name="ExitCode">128 + n when signal n ended it.</param>
/// <param name="Stdout">Exactly what it wrote there.</param>
/// <param name="Stderr">Exactly what it wrote there.</param>
public sealed record ProcessResult(string Command, int ExitCode, string Stdout, string Stderr)
{
    /// <summary>This result; throws with all output if the exit code is another than <paramref name="exitCode"/>.</summary>
    public ProcessResult Expect(int exitCode = 0) =>
        ExitCode == exitCode ? this : throw new InvalidOperationException($"expected exit code {exitCode} of {this}");

    public override string ToString() => $"`{Command}` -> {ExitCode}\n--- stdout\n{Stdout}\n--- stderr\n{Stderr}";
}

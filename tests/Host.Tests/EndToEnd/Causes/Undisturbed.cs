namespace ActorLoad.Hosting.Tests.EndToEnd.Causes;

/// <summary>Words before a command that gets the processor before all others of this machine: what it shows is then its own, whoever else is at
/// work here. As for namespaces, it takes root.</summary>
internal static class Undisturbed
{
    public static IReadOnlyList<string> Prefix { get; } = ["nice", "-n", "-15"];
}

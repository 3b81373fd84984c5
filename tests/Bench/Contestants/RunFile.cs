using System.Globalization;

namespace ActorLoad.Bench.Contestants;

/// <summary>A phase of a run file: bursts, each a gap after the end of the one before, or with a fixed pacing after its due time.</summary>
internal sealed record RunPhase(string Name, int Connections, int Count, TimeSpan Gap, string Pacing = "after-burst");

/// <summary>Run files for ActorLoad: no breaker and no retries, so that it does as its peers do; nothing else is switched off, but by the lines
/// that a cell adds.</summary>
internal static class RunFile
{
    /// <summary>A run that nobody watches.</summary>
    public const string NoObservers = "observers { server.enabled = off, kernel.enabled = off }";

    public static string Text(IEnumerable<RunPhase> phases, IEnumerable<string> script, int maxOpen, TimeSpan hold, string transport, string lines = "")
    {
        var load = phases.Select(phase => string.Create(CultureInfo.InvariantCulture, $$"""
                { name = {{phase.Name}}, shape = bursts, connections = {{phase.Connections}}, count = {{phase.Count}}, gap = {{phase.Gap.TotalMilliseconds}}ms, pacing = {{phase.Pacing}} }
            """));
        return string.Create(CultureInfo.InvariantCulture, $$"""
            actorload {
              load = [
            {{string.Join(",\n", load)}}
              ]
              connection {
                script = [{{string.Join(", ", script.Select(command => $"\"{command}\""))}}]
                hold = {{hold.TotalMilliseconds}}ms
                max-open = {{maxOpen}}
              }
              transport.kind = {{transport}}
              {{lines}}
              supervision {
                refused.directive = stop
                reset.directive = stop
                connect-timeout.directive = stop
                peer-closed.directive = stop
                breaker.enabled = off
              }
            }

            """);
    }
}

using ActorLoad.Load;
using ActorLoad.Metrics;

namespace ActorLoad.Connections;

/// <summary>The connection that sends a command, and the command's place in it: what a placeholder may stand for.</summary>
/// <param name="Burst">Number of the burst or paced phase in the run, from 0.</param>
/// <param name="Client">Number of the connection in it, from 0.</param>
internal readonly record struct Sender(int Burst, int Client)
{
    /// <summary>Number of the connection in the whole run, from 0.</summary>
    public long Connection { get; init; }

    /// <summary>Failed attempts of the connection before this one.</summary>
    public int Attempt { get; init; }

    /// <summary>Commands that this attempt has sent before this one.</summary>
    public int Command { get; init; }

    /// <summary>Seed of the run.</summary>
    public int Seed { get; init; }

    /// <summary>Number of the fleet, from 0.</summary>
    public int Fleet { get; init; }

    /// <summary>The slots of its node in a cluster; null without one.</summary>
    public SlotSet? Slots { get; init; }

    /// <summary>A random number. The same run sends the same numbers, in whatever order replies come.</summary>
    /// <param name="place">Number of the placeholder in its command.</param>
    public ulong Random(int place) => RandomStreams.Number(Seed, Fleet, Burst, Client, Attempt, Command, place);

    /// <summary>The same, from 0 up to but not 1.</summary>
    public double Fraction(int place) => RandomStreams.Fraction(Seed, Fleet, Burst, Client, Attempt, Command, place);
}

using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;
using Akka.Actor;
using Akka.Event;

namespace ActorLoad.Actors.Tests.Transport;

/// <summary>The transports over which the specs of connections and lanes run, each of them with the same counts.</summary>
internal static class LoopsOf
{
    public const string Ring = "io-uring";
    public const string SmallRing = "io-uring with short queues";
    public const string Sockets = "sockets";

    /// <summary>The loop of <paramref name="transport"/> in <paramref name="system"/>, made when first asked for; it lives by
    /// <paramref name="time"/>, the machine's if null. Where it would be a ring and there can be none, the test is skipped.</summary>
    public static LoopDispatcher Get(ActorSystem system, string transport, TimeProvider? time = null)
    {
        void Report(Exception cause) => system.Log.Error(cause, "work on the loop failed");
        time ??= TimeProvider.System;
        return LoopDispatchers.Of(system).Get(transport, _ => transport switch
        {
            Ring => Rings.Create(time, Report),
            SmallRing => Rings.Create(time, Report, 8, 16),
            Sockets => new SocketLoop(time, Report),
            _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, "no such transport"),
        });
    }
}

using System.Collections.Immutable;
using ActorLoad.Transport;
using FsCheck;
using FsCheck.Fluent;

namespace ActorLoad.Actors.Tests.Transport.Model;

/// <summary>Storms at random, and the smaller ones to look for when one has failed.</summary>
internal static class StormCases
{
    private const int MostChains = 8;
    private const int MostConnections = 5;
    private const int MostOperations = 4;

    private static readonly Gen<PeerAct> _acts = Gen.Frequency(
        (4, Gen.Constant(PeerAct.Answer)), (3, Gen.Elements(Enum.GetValues<PeerAct>())));

    private static readonly Gen<PeerScript> _scripts =
        from atOnce in Gen.Frequency((5, Gen.Constant(PeerAct.Nothing)), (3, Gen.Elements(Enum.GetValues<PeerAct>())))
        from length in Gen.Choose(0, MostOperations)
        from acts in Gen.ArrayOf(_acts, length)
        select new PeerScript(atOnce, [.. acts]);

    private static readonly Gen<Operation> _operations =
        from kind in Gen.Frequency(
            (6, Gen.Constant(OperationKind.Exchange)), (1, Gen.Constant(OperationKind.LongExchange)),
            (2, Gen.Constant(OperationKind.Receive)), (2, Gen.Constant(OperationKind.GoOn)))
        from brief in Gen.Choose(0, 4)
        select new Operation(kind, brief == 0);

    private static readonly Gen<ConnectionCase> _connections =
        from target in Gen.Frequency(
            (9, Gen.Constant(TargetKind.Listening)), (1, Gen.Constant(TargetKind.Refusing)), (1, Gen.Constant(TargetKind.Silent)))
        from script in _scripts
        from close in Gen.Elements(CloseMode.Abort, CloseMode.Abort, CloseMode.Graceful)
        from ports in Gen.Elements(PortChoice.Slot, PortChoice.Kernel)
        from buffer in Gen.Elements(4096, 4096, 64, 1)
        from brief in Gen.Choose(0, 4)
        from count in Gen.Choose(0, MostOperations)
        from operations in Gen.ArrayOf(_operations, count)
        from interruption in Gen.Elements(Enum.GetValues<Interruption>())
        select new ConnectionCase(
            target, script, new SocketSettings(close, KeepAlive: false, NoDelay: true, buffer, ports), brief == 0, [.. operations], interruption);

    private static readonly Gen<StormCase> _storms =
        from count in Gen.Choose(1, MostChains)
        from chains in Gen.ArrayOf(
            from length in Gen.Choose(1, MostConnections)
            from chain in Gen.ArrayOf(_connections, length)
            select chain.ToImmutableArray(), count)
        select new StormCase([.. chains]);

    public static Arbitrary<StormCase> Any { get; } = Arb.From(_storms, Shrink);

    private static IEnumerable<StormCase> Shrink(StormCase storm) =>
        Smaller(storm.Chains, chain => Smaller(chain, Shrink).Where(smaller => !smaller.IsEmpty)).Where(chains => !chains.IsEmpty)
            .Select(chains => new StormCase(chains));

    private static IEnumerable<ConnectionCase> Shrink(ConnectionCase connection)
    {
        foreach (var operations in Smaller(connection.Operations, Shrink))
        {
            yield return connection with { Operations = operations };
        }

        foreach (var acts in Smaller(connection.Peer.AtCommands, act => act > PeerAct.Answer ? [PeerAct.Answer] : []))
        {
            yield return connection with { Peer = connection.Peer with { AtCommands = acts } };
        }

        ConnectionCase[] plainer =
        [
            connection with { Peer = connection.Peer with { AtOnce = PeerAct.Nothing } },
            connection with { Target = TargetKind.Listening },
            connection with { Socket = connection.Socket with { Close = CloseMode.Abort } },
            connection with { Socket = connection.Socket with { Ports = PortChoice.Kernel } },
            connection with { Socket = connection.Socket with { ReceiveBuffer = 4096 } },
            connection with { IsBriefConnect = false },
            connection with { Interruption = Interruption.None },
        ];
        foreach (var candidate in plainer.Where(candidate => candidate != connection))
        {
            yield return candidate;
        }
    }

    private static IEnumerable<Operation> Shrink(Operation operation)
    {
        if (operation.IsBrief)
        {
            yield return operation with { IsBrief = false };
        }

        if (operation.Kind == OperationKind.LongExchange)
        {
            yield return operation with { Kind = OperationKind.Exchange };
        }
    }

    /// <summary>Without one of them, or with a smaller one in its place.</summary>
    private static IEnumerable<ImmutableArray<T>> Smaller<T>(ImmutableArray<T> whole, Func<T, IEnumerable<T>> shrink) =>
        Enumerable.Range(0, whole.Length).Select(whole.RemoveAt)
            .Concat(Enumerable.Range(0, whole.Length).SelectMany(index => shrink(whole[index]).Select(smaller => whole.SetItem(index, smaller))));
}

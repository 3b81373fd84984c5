using ActorLoad.Peers.Faults;
using ActorLoad.Transport;
using ActorLoad.Transport.Sockets;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport;

public sealed class SocketTransportSpecs : TransportContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => new SocketLoop(time, reportFailure);
}

public sealed class SocketSendingSpecs : SendingContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => new SocketLoop(time, reportFailure);
}

public sealed class SocketClosingSpecs : ClosingContractSpecs
{
    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => new SocketLoop(time, reportFailure);
}

/// <summary>The contract of a loop, and what only the portable one has: a stock of buffers.</summary>
public sealed class SocketLoopSpecs : LoopContractSpecs
{
    private SocketLoop Sockets => (SocketLoop)Loop;

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) => new SocketLoop(time, reportFailure);

    [Fact]
    public async Task Buffers_of_a_closed_link_are_reused_only_after_the_engine_released_them()
    {
        await using var peer = FaultPeer.Hanging();
        var operation = await StockOneAsync();
        var link = await ConnectAsync(peer);
        var next = await Loop.OnLoopAsync(() =>
        {
            link.Receive(Loop.Deadline(Patience));
            link.Close();
            return Sockets.RentOperation(Abortive.ReceiveBuffer);
        });
        Assert.NotSame(operation, next);
        await AwaitAssertAsync(
            async () => Assert.True(await IsInStockAsync(operation)), Patience, TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task Connect_that_throws_returns_its_operation_and_leaves_no_deadline()
    {
        var operation = await StockOneAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => OpenAsync(new ThrowingEndPoint(hasFamily: true)));
        Assert.True(await IsInStockAsync(operation));
        Assert.Equal(long.MaxValue, await Loop.OnLoopAsync(() => Loop.Deadline(Patience).NextDue));
    }

    private Task<SocketOperation> StockOneAsync() => Loop.OnLoopAsync(() =>
    {
        var operation = Sockets.RentOperation(Abortive.ReceiveBuffer);
        Sockets.ReturnOperation(operation);
        return operation;
    });

    private Task<bool> IsInStockAsync(SocketOperation operation) => Loop.OnLoopAsync(() =>
    {
        var rented = Sockets.RentOperation(Abortive.ReceiveBuffer);
        if (ReferenceEquals(rented, operation))
        {
            Sockets.ReturnOperation(rented);
            return true;
        }

        return false;
    });
}

using System.Net;
using System.Net.Sockets;
using ActorLoad.Peers.Faults;
using ActorLoad.Peers.Kernel;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;
using Akka.Dispatch;
using Xunit;

namespace ActorLoad.Actors.Tests.Transport.Uring;

/// <summary>
/// Many links of one loop are closed at once, whatever is under way on them, and whatever length the ring's queues have: all come back, after a
/// number of entries into the kernel that grows no faster than theirs, and no turn of the loop keeps work waiting for long.
/// </summary>
[Collection(nameof(Alone))]
public sealed class RingClosingSpecs : TransportSpecs, IAsyncLifetime
{
    // What one turn may enter the kernel for: to wait, for the bell, and 256 times for what it has more.
    private const int MostEntriesInTurn = 260;

    // The machine's accept queues hold 4,096 and one more.
    private const int MostOfListener = 4_000;

    private readonly List<Socket> _peers = [];
    private readonly List<Socket> _answering = [];
    private readonly List<FaultPeer> _full = [];
    private (uint Submissions, uint Completions) _queues;

    private RingLoop Ring => (RingLoop)Loop;

    private protected override TransportLoop CreateLoop(TimeProvider time, Action<Exception> reportFailure) =>
        Rings.Create(time, reportFailure, _queues.Submissions, _queues.Completions);

    [SkippableTheory]
    [InlineData(8, 16, 1)]
    [InlineData(8, 16, 7)]
    [InlineData(8, 16, 8)]
    [InlineData(8, 16, 9)]
    [InlineData(8, 16, 60)]
    [InlineData(8, 16, 2_000)]
    [InlineData(8, 65_536, 2_000)]
    [InlineData(64, 128, 63)]
    [InlineData(64, 128, 64)]
    [InlineData(64, 128, 65)]
    [InlineData(64, 128, 384)]
    [InlineData(64, 128, 7_000)]
    [InlineData(4_096, 8_192, 4_095)]
    [InlineData(4_096, 8_192, 4_097)]
    [InlineData(4_096, 65_536, 12_000)]
    public async Task Links_in_every_state_free_their_slots_when_all_close_at_once(int submissions, int completions, int count)
    {
        _queues = ((uint)submissions, (uint)completions);
        State[] states = [State.Answered, State.Receiving, State.Connecting, State.Starting, State.Closing, State.Idle];
        await CloseAtOnceAsync([.. Enumerable.Range(0, count).Select(index => states[index % states.Length])]);
    }

    [SkippableTheory]
    [InlineData(8, 16, State.Connecting, 4_500)]
    [InlineData(8, 16, State.Receiving, 4_500)]
    [InlineData(8, 16, State.Starting, 4_500)]
    [InlineData(64, 65_536, State.Idle, 4_500)]
    [InlineData(4_096, 65_536, State.Connecting, 9_000)]
    [InlineData(4_096, 65_536, State.Receiving, 19_500)]
    [InlineData(4_096, 65_536, State.Starting, 9_000)]
    [InlineData(4_096, 65_536, State.Closing, 9_000)]
    [InlineData(8, 16, State.Answered, 9)]
    [InlineData(64, 128, State.Answered, 65)]
    [InlineData(4_096, 65_536, State.Answered, 4_096)]
    [InlineData(4_096, 65_536, State.Answered, 4_097)]
    [InlineData(4_096, 65_536, State.Answered, 8_193)]
    [InlineData(8, 16, State.Sending, 40)]
    [InlineData(64, 128, State.Sending, 70)]
    public async Task Links_in_one_state_free_their_slots_when_all_close_at_once(int submissions, int completions, State state, int count)
    {
        _queues = ((uint)submissions, (uint)completions);
        await CloseAtOnceAsync([.. Enumerable.Repeat(state, count)]);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _peers.ForEach(peer => peer.Dispose());
        _answering.ForEach(peer => peer.Dispose());
        foreach (var full in _full)
        {
            await full.DisposeAsync();
        }
    }

    private async Task CloseAtOnceAsync(State[] states)
    {
        Rings.SkipIfNone();
        var links = await OpenAsync(states);
        await BeginAsync(links);
        var entries = await CloseAsync(links);
        Assert.InRange(entries.MostInTurn, 0, MostEntriesInTurn);
        Assert.InRange(entries.All, 0, 200 + (8L * states.Length / Math.Min(_queues.Submissions, 16)));
        await HeardNothingAsync();
        Assert.Empty(Failures);
    }

    private async Task<List<(Link Link, State State)>> OpenAsync(State[] states)
    {
        var targets = new List<(State State, IPEndPoint EndPoint)>();
        foreach (var group in states.GroupBy(state => state))
        {
            foreach (var some in group.Chunk(MostOfListener))
            {
                var target = group.Key == State.Connecting ? await FullAsync() : Listening(group.Key == State.Answered);
                targets.AddRange(some.Select(state => (state, target)));
            }
        }

        var links = await OnLoopAsync(() => targets.ConvertAll(each =>
            (Loop.Open(Owner, new LinkRequest(each.EndPoint, Abortive, Loop.Deadline(Patience))), each.State)));
        var heard = await Owner.ReceiveNAsync(states.Count(state => state != State.Connecting), Patience).ToListAsync();
        Assert.All(heard, message => Assert.IsType<Connected>(message));
        return links;
    }

    private async Task BeginAsync(List<(Link Link, State State)> links)
    {
        var command = new string('x', 4_000_000);
        await OnLoopAsync(() => links.ForEach(each =>
        {
            switch (each.State)
            {
                case State.Receiving or State.Answered or State.Closing:
                    each.Link.Receive(Loop.Deadline(Patience));
                    break;
                case State.Sending:
                    each.Link.Exchange(Write(command, each.Link), Loop.Deadline(Patience));
                    break;
            }
        }));
        await OnLoopAsync(() => { }); // they are under way
    }

    // All in one turn; before it, what has been answered was taken from the ring and waits for its turn.
    private async Task<(long MostInTurn, long All)> CloseAsync(List<(Link Link, State State)> links)
    {
        var back = new TaskCompletionSource<(long, long)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await OnLoopAsync(() =>
        {
            links.FindAll(each => each.State == State.Closing).ForEach(each => each.Link.Close());
            Answer(links.Count(each => each.State == State.Answered));
            Ring.ExecuteNextTurn(new ActionRunnable(() =>
            {
                links.FindAll(each => each.State == State.Starting).ForEach(each => each.Link.Exchange(Write(Ping, each.Link), Loop.Deadline(Patience)));
                links.ForEach(each => each.Link.Close());
                Watch(Ring.Ring.Entries, Ring.Ring.Entries, 0, back);
            }));
        });
        return await back.Task.WaitAsync(Patience);
    }

    // Once in each turn.
    private void Watch(long first, long last, long most, TaskCompletionSource<(long, long)> back)
    {
        var now = Ring.Ring.Entries;
        most = Math.Max(most, now - last);
        if (Ring.SlotsInUse == 0)
        {
            back.SetResult((most, now - first));
        }
        else
        {
            Ring.ExecuteNextTurn(new ActionRunnable(() => Watch(first, now, most, back)));
        }
    }

    private void Answer(int count)
    {
        for (var answered = 0; answered < count; answered++)
        {
            var accepted = _answering[answered / MostOfListener].Accept();
            _peers.Add(accepted);
            accepted.Send("+OK\r\n"u8);
        }
    }

    private IPEndPoint Listening(bool isAnswering)
    {
        var listener = FreshPort.Bound();
        listener.ReceiveBufferSize = 4_096;
        listener.Listen(MostOfListener);
        (isAnswering ? _answering : _peers).Add(listener);
        return (IPEndPoint)listener.LocalEndPoint!;
    }

    private async Task<IPEndPoint> FullAsync()
    {
        var full = await FaultPeer.NotAcceptingAsync();
        _full.Add(full);
        return full.EndPoint;
    }

    // A loop that is held up for ever is the failure that this looks for.
    private async Task<T> OnLoopAsync<T>(Func<T> work) => await Loop.OnLoopAsync(work).WaitAsync(Patience);

    private Task OnLoopAsync(Action work) => OnLoopAsync(() =>
    {
        work();
        return true;
    });

    public enum State
    {
        /// <summary>Its SYN is not answered.</summary>
        Connecting,

        /// <summary>Nothing is under way.</summary>
        Idle,

        /// <summary>The command does not fit into the buffers of both ends.</summary>
        Sending,

        /// <summary>Nothing comes.</summary>
        Receiving,

        /// <summary>A reply has come, and waits in the loop for its turn.</summary>
        Answered,

        /// <summary>Closed in the turn in which its command was sent.</summary>
        Starting,

        /// <summary>Closed in the turn before.</summary>
        Closing,
    }
}

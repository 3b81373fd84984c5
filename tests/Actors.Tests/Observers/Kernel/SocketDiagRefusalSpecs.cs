using System.Net;
using ActorLoad.Actors.Tests.Transport.Uring;
using ActorLoad.Observers.Kernel;
using ActorLoad.Peers.Requirements;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

/// <summary>Kernels, and containers, that do not tell.</summary>
public sealed class SocketDiagRefusalSpecs
{
    private const ushort NoSuchMessage = 99;
    private const byte NoSuchProtocol = 99;

    private readonly UnseenNotes _unseen = new();

    [LinuxFact]
    public void Refused_dump_is_reported_once_and_may_be_requested_again()
    {
        using var diag = new SocketDiag([new IPEndPoint(IPAddress.Loopback, 6379)], NoSuchMessage, NoSuchProtocol);
        Assert.Null(diag.Read(_unseen));
        Assert.Null(diag.Read(_unseen));
        var said = Assert.Single(_unseen.Sentences);
        Assert.StartsWith("Socket states and accept queues were not seen all the time: sock_diag refused (No such file or directory, errno 2)", said);
    }

    [LinuxFact]
    public void Container_that_forbids_the_socket_is_reported()
    {
        const int permissionDenied = 1;
        OnThread(() =>
        {
            Seccomp.Refuse(SystemCalls.Socket, permissionDenied);
            using var diag = new SocketDiag([new IPEndPoint(IPAddress.Loopback, 6379)]);
            Assert.Null(diag.Read(_unseen));
        });
        Assert.Equal(
            ["Socket states and accept queues were not seen: sock_diag cannot be asked (no socket to the kernel: Operation not permitted)."],
            _unseen.Sentences);
    }

    [LinuxFact]
    public void Kernel_that_refuses_the_query_is_reported()
    {
        const int permissionDenied = 1;
        using var diag = new SocketDiag([new IPEndPoint(IPAddress.Loopback, 6379)]);
        OnThread(() =>
        {
            Seccomp.Refuse(SystemCalls.SendTo, permissionDenied);
            Assert.Null(diag.Read(_unseen));
        });
        Assert.Contains("sock_diag refused (Operation not permitted, errno 1)", Assert.Single(_unseen.Sentences), StringComparison.Ordinal);
        Assert.NotNull(diag.Read(_unseen));
    }

    [LinuxFact]
    public void Abandoned_answer_does_not_spoil_the_next()
    {
        const int timedOut = 11;
        using var diag = new SocketDiag([new IPEndPoint(IPAddress.Loopback, 6379)]);
        OnThread(() =>
        {
            Seccomp.Refuse(SystemCalls.ReceiveFrom, timedOut);
            Assert.Null(diag.Read(_unseen));
        });
        Assert.Contains("sock_diag refused (no answer within 1 s)", Assert.Single(_unseen.Sentences), StringComparison.Ordinal);
        Assert.NotNull(diag.Read(_unseen));
        Assert.Single(_unseen.Sentences);
    }

    // What a thread's filter refuses stays refused on it.
    private static void OnThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}

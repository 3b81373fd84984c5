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
    public void A_dump_that_the_kernel_refuses_is_said_and_may_be_asked_for_again()
    {
        using var diag = new SocketDiag([new IPEndPoint(IPAddress.Loopback, 6379)], NoSuchMessage, NoSuchProtocol);
        Assert.Null(diag.Read(_unseen));
        Assert.Null(diag.Read(_unseen));
        var said = Assert.Single(_unseen.Sentences);
        Assert.StartsWith("Socket states and accept queues were not seen all the time: sock_diag refused (No such file or directory, errno 2)", said);
    }

    [LinuxFact]
    public void Where_a_container_forbids_the_socket_it_is_said()
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
    public void A_kernel_that_does_not_take_the_question_is_said()
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
    public void An_answer_that_was_given_up_does_not_spoil_the_next()
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

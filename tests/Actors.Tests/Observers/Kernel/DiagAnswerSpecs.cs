using System.Buffers.Binary;
using System.Net;
using ActorLoad.Observers.Kernel;
using ActorLoad.Observers.Kernel.SockDiag;
using Xunit;

namespace ActorLoad.Actors.Tests.Observers.Kernel;

/// <summary>Answers that a kernel gives rarely, byte by byte.</summary>
public sealed class DiagAnswerSpecs
{
    private const uint Sequence = 7;
    private const ushort Error = 2;
    private const ushort Done = 3;
    private const ushort Socket = 20;
    private const ushort Interrupted = 0x10;

    private readonly SocketCounts _counts = new();
    private readonly DiagAnswer _answer;

    public DiagAnswerSpecs() => _answer = new DiagAnswer(new WatchedEndpoints([new IPEndPoint(IPAddress.Loopback, 6379)]), Sequence, _counts);

    [Fact]
    public void Sockets_are_counted_over_several_pieces_until_the_end()
    {
        Take([.. Client(), .. Client()]);
        Assert.False(_answer.IsDone);
        Take([.. Client(), .. Message(Done, [0, 0, 0, 0])]);
        Assert.True(_answer.IsDone);
        Assert.Equal((3, 0), (_counts.Client(TcpState.Established), _counts.Server(TcpState.Established)));
        Assert.Equal((false, 0), (_answer.IsTorn, _answer.Error));
    }

    [Fact]
    public void Answer_about_one_socket_ends_after_one_message()
    {
        var answer = new DiagAnswer(new WatchedEndpoints([]), Sequence, _counts, isForOne: true);
        answer.Take(Client(), Client().Length);
        Assert.True(answer.IsDone);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void TIME_WAIT_socket_from_a_foreign_port_is_counted_separately(bool isOurs, int foreign)
    {
        _counts.KnowPorts();
        var answer = new DiagAnswer(
            new WatchedEndpoints([new IPEndPoint(IPAddress.Loopback, 6379)]), Sequence, _counts, isOurs: (address, port) => port == 40000 && isOurs && address.SequenceEqual(IPAddress.Loopback.GetAddressBytes()));
        byte[] piece = [.. Client(state: (byte)TcpState.TimeWait), .. Client()];
        answer.Take(piece, piece.Length);
        Assert.Equal((1, foreign), (_counts.Client(TcpState.TimeWait), _counts.ForeignTimeWait));
    }

    [Fact]
    public void A_refusal_has_its_errno()
    {
        Take(Message(Error, BitConverter.GetBytes(-2)));
        Assert.True(_answer.IsDone);
        Assert.Equal(2, _answer.Error);
    }

    [Fact]
    public void A_dump_that_the_kernel_broke_off_has_its_errno()
    {
        Take([.. Client(), .. Message(Done, BitConverter.GetBytes(-12))]);
        Assert.True(_answer.IsDone);
        Assert.Equal(12, _answer.Error);
    }

    [Fact]
    public void Dump_with_the_interrupted_flag_is_torn()
    {
        Take([.. Client(flags: Interrupted), .. Message(Done, [0, 0, 0, 0])]);
        Assert.True(_answer.IsTorn);
        Assert.Equal(1, _counts.Client(TcpState.Established));
    }

    [Fact]
    public void Messages_of_an_earlier_request_are_not_counted_and_end_nothing()
    {
        Take([.. Client(sequence: 6), .. Message(Done, [0, 0, 0, 0], sequence: 6)]);
        Assert.False(_answer.IsDone);
        Assert.False(_answer.IsTorn);
        Assert.Equal(0, _counts.Client(TcpState.Established));
    }

    [Fact]
    public void A_piece_that_was_larger_than_the_buffer_is_torn()
    {
        var piece = Client();
        _answer.Take(piece, piece.Length + 100);
        Assert.True(_answer.IsTorn);
        Assert.Equal(1, _counts.Client(TcpState.Established));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(1_000)]
    [InlineData(uint.MaxValue)]
    public void A_message_of_an_impossible_length_is_torn(uint length)
    {
        var piece = Client();
        BitConverter.TryWriteBytes(piece, length);
        Take(piece);
        Assert.True(_answer.IsTorn);
        Assert.Equal(0, _counts.Client(TcpState.Established));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    public void A_piece_shorter_than_a_message_is_torn(int length)
    {
        _answer.Take(new byte[64], length);
        Assert.True(_answer.IsTorn);
    }

    [Theory]
    [InlineData(Socket, 20)]
    [InlineData(99, 72)]
    public void Foreign_message_is_torn(ushort type, int size)
    {
        Take(Message(type, new byte[size]));
        Assert.True(_answer.IsTorn);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(255)]
    public void Message_with_an_unknown_state_is_torn(byte state)
    {
        Take(Client(state: state));
        Assert.True(_answer.IsTorn);
    }

    [Fact]
    public void Error_without_a_number_still_ends_the_dump()
    {
        Take(Message(Error, []));
        Assert.True(_answer.IsDone);
    }

    private void Take(byte[] piece) => _answer.Take(piece, piece.Length);

    // struct inet_diag_msg of a socket from port 40000 to 127.0.0.1:6379.
    private static byte[] Client(ushort flags = 2, uint sequence = Sequence, byte state = 1)
    {
        var body = new byte[72];
        (body[0], body[1]) = (2, state);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(4), 40000);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(6), 6379);
        IPAddress.Loopback.GetAddressBytes().CopyTo(body, 8);
        IPAddress.Loopback.GetAddressBytes().CopyTo(body, 24);
        return Message(Socket, body, flags, sequence);
    }

    private static byte[] Message(ushort type, byte[] body, ushort flags = 2, uint sequence = Sequence) =>
    [
        .. BitConverter.GetBytes((uint)(16 + body.Length)), .. BitConverter.GetBytes(type), .. BitConverter.GetBytes(flags),
        .. BitConverter.GetBytes(sequence), 0, 0, 0, 0, .. body,
    ];
}

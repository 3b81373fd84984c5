using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ActorLoad.Peers.Resp;

/// <summary>RESP on a socket, from either side, without a client library's pools and reconnects. Not safe for concurrent use.</summary>
internal sealed class RespSocket(Socket socket)
{
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellation)..];
        }
    }

    public Task SendCommandAsync(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Count}\r\n");
        foreach (var word in command)
        {
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        }

        return SendAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellation);
    }

    /// <summary>The next command; null when the peer sent FIN before it.</summary>
    public async Task<IReadOnlyList<string>?> ReadCommandAsync(CancellationToken cancellation)
    {
        if (await ReadLineAsync(cancellation) is not { } line)
        {
            return null;
        }

        if (line[0] != '*')
        {
            return line.Split(' '); // an inline command, as a human types it
        }

        var words = new string[Number(line)];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = await ReadReplyAsync(cancellation) ?? "";
        }

        return words;
    }

    /// <summary>The next reply as redis-cli would print it raw: null for a null, one line for each element of an array.</summary>
    public async Task<string?> ReadReplyAsync(CancellationToken cancellation)
    {
        var line = await ReadLineAsync(cancellation) ?? throw new EndOfStreamException("the server closed the connection");
        switch (line[0])
        {
            case '+' or ':':
                return line[1..];
            case '-':
                throw new RedisErrorException(line[1..]);
            case '$' when Number(line) is var length:
                return length < 0 ? null : await ReadBulkAsync(length, cancellation);
            case '*' when Number(line) is var count:
                var elements = new List<string?>();
                for (var i = 0; i < count; i++)
                {
                    elements.Add(await ReadReplyAsync(cancellation));
                }

                return count < 0 ? null : string.Join('\n', elements);
            default:
                throw new FormatException($"not a RESP reply: {line}");
        }
    }

    private static int Number(string line) => int.Parse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private async Task<string> ReadBulkAsync(int length, CancellationToken cancellation)
    {
        var bytes = new byte[length + 2];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (_start == _end && !await FillAsync(cancellation))
            {
                throw new EndOfStreamException("the peer closed the connection in the middle of a bulk string");
            }

            bytes[i] = _buffer[_start++];
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (_start < _end || await FillAsync(cancellation))
        {
            var next = (char)_buffer[_start++];
            if (next == '\n' && line.Length > 0 && line[^1] == '\r')
            {
                line.Length--;
                return line.Length > 0 ? line.ToString() : throw new FormatException("an empty line is not RESP");
            }

            line.Append(next);
        }

        return line.Length == 0 ? null : throw new EndOfStreamException($"the peer closed the connection after `{line}`");
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        _start = 0;
        _end = await socket.ReceiveAsync(_buffer, SocketFlags.None, cancellation);
        return _end > 0;
    }
}

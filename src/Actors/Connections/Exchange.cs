using System.Text;

namespace ActorLoad.Connections;

/// <summary>Commands that leave in one send, and the replies to them.</summary>
internal sealed class Exchange
{
    private readonly Expected[] _expected;

    /// <summary>These commands, at least one. Those without a reply come before the next one's.</summary>
    public Exchange(IReadOnlyList<(ScriptCommand Command, Expected Expected)> commands)
    {
        Commands = [.. commands.Select(each => each.Command)];
        Length = commands.Sum(each => (long)each.Command.MaxLength);
        MaxLength = (int)Math.Min(Length, int.MaxValue);
        var (isSubscriber, isMonitor) = (commands.Any(each => each.Expected.IsSubscriber), commands.Any(each => each.Expected.IsMonitor));
        _expected =
        [
            .. commands.Where((each, index) => each.Expected.Replies > 0 || index == commands.Count - 1)
                .Select(each => each.Expected with { IsSubscriber = isSubscriber, IsMonitor = isMonitor }),
        ];
        var words = Commands[0].Words;
        FirstWord = words.Length == 0 ? [] : Encoding.UTF8.GetBytes(words[0]);
    }

    /// <summary>The commands.</summary>
    public ScriptCommand[] Commands { get; }

    /// <summary>Most bytes of all commands, for any numbers, however many these are.</summary>
    public long Length { get; }

    /// <summary>Most bytes of all commands that can be sent.</summary>
    public int MaxLength { get; }

    /// <summary>The name of the first command.</summary>
    public byte[] FirstWord { get; }

    /// <summary>True if at least one reply must come.</summary>
    public bool AwaitsReply => _expected[0].Replies > 0;

    /// <summary>Number of commands with replies. A last command without a reply counts too.</summary>
    public int Answers => _expected.Length;

    /// <summary>The expected replies to one of them, in the order in which they come.</summary>
    public ref readonly Expected Expected(int answer) => ref _expected[answer];

    /// <summary>Writes all commands, and returns their length in bytes.</summary>
    /// <param name="sender">The sender of the first command.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes.</param>
    public int Write(in Sender sender, Span<byte> destination)
    {
        if (Commands.Length == 1)
        {
            return Commands[0].Write(sender, destination);
        }

        var length = 0;
        for (var index = 0; index < Commands.Length; index++)
        {
            length += Commands[index].Write(sender with { Command = sender.Command + index }, destination[length..]);
        }

        return length;
    }
}

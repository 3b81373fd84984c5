using System.Text;

namespace ActorLoad.Hosting.Terminal;

/// <summary>An outlet as a <see cref="TextWriter"/>. Never throws.</summary>
internal sealed class OutletWriter(Outlet outlet) : TextWriter
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Single characters wait for the end of their line.</summary>
    public override void Write(char value)
    {
        _line.Append(value);
        if (value == '\n')
        {
            Flush();
        }
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    public override void Write(string? value)
    {
        _line.Append(value);
        Flush();
    }

    /// <summary>In one piece, so that another process that shares the log cannot split a line.</summary>
    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void Flush()
    {
        if (_line.Length > 0)
        {
            outlet.Put(_line.ToString());
            _line.Clear();
        }
    }
}

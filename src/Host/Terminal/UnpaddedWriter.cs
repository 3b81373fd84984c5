using System.Text;

namespace ActorLoad.Hosting.Terminal;

/// <summary>Writes lines without the trailing spaces with which tables fill their last column.</summary>
internal sealed class UnpaddedWriter(TextWriter writer) : TextWriter
{
    private int _spaces;

    public override Encoding Encoding => writer.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        var kept = new StringBuilder(_spaces + buffer.Length);
        foreach (var character in buffer)
        {
            switch (character)
            {
                case ' ':
                    _spaces++;
                    break;
                case '\n' or '\r':
                    kept.Append(character);
                    _spaces = 0;
                    break;
                default:
                    kept.Append(' ', _spaces).Append(character);
                    _spaces = 0;
                    break;
            }
        }

        if (kept.Length > 0)
        {
            writer.Write(kept.ToString());
        }
    }

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void Flush() => writer.Flush();
}

using System.Globalization;
using System.Text;

namespace ActorLoad.Peers.Terminals;

/// <summary>What a person sees of a terminal: obeys the escape sequences that ActorLoad writes, and fails at any other.</summary>
/// <param name="columns">Cells of a row.</param>
/// <param name="rows">Rows.</param>
/// <param name="folds">True for a terminal that folds rows which no longer fit when it gets narrower, as most do; false for one that cuts them.</param>
public sealed class VirtualScreen(int columns, int rows, bool folds = true)
{
    private const string Synchronized = "?2026";
    private const string Cursor = "?25";

    // They show nothing: what shells and .NET's console say of keys.
    private const string BracketedPaste = "?2004";
    private const string ApplicationKeys = "?1";

    private readonly List<Row> _all = [new Row()];
    private readonly StringBuilder _unfinished = new();
    private string _style = "";
    private int _top;
    private int _row;
    private int _column;

    /// <summary>The rows on the screen, without spaces at their ends.</summary>
    public IReadOnlyList<string> Rows => [.. Enumerable.Range(_top, rows).Select(row => row < _all.Count ? _all[row].Text : "")];

    /// <summary>All rows, those that have left the screen at its top too.</summary>
    public IReadOnlyList<string> History => [.. _all.Select(row => row.Text)];

    /// <summary>The screen as one text.</summary>
    public string Text => string.Join('\n', Rows).TrimEnd('\n');

    /// <summary>False while the cursor is hidden.</summary>
    public bool IsCursorVisible { get; private set; } = true;

    /// <summary>True within a frame that the terminal shall show in one piece.</summary>
    public bool IsInFrame { get; private set; }

    /// <summary>For each frame so far, the characters that it wrote.</summary>
    public List<int> Frames { get; } = [];

    /// <summary>How often everything below the cursor was erased.</summary>
    public int Erasures { get; private set; }

    /// <summary>The style with which a text stands on the screen, as the arguments of <c>ESC [ m</c>; null if it does not.</summary>
    public string? StyleOf(string text) => _all.Skip(_top).Select(row => row.StyleOf(text)).FirstOrDefault(style => style is not null);

    /// <summary>Shows what a program writes.</summary>
    public void Write(string text)
    {
        foreach (var character in text)
        {
            if (_unfinished.Length > 0)
            {
                _unfinished.Append(character);
                if (_unfinished.Length > 2 && character is >= '@' and <= '~')
                {
                    var (arguments, letter) = (_unfinished.ToString(2, _unfinished.Length - 3), character);
                    _unfinished.Clear();
                    Obey(arguments, letter);
                }
                else if (_unfinished.Length == 2 && character is ('=' or '>'))
                {
                    _unfinished.Clear(); // of keys, too
                }
                else if (_unfinished.Length == 2 && character != '[')
                {
                    throw new InvalidDataException($"an unknown escape sequence: ESC {character}");
                }
            }
            else if (character == '\u001b')
            {
                _unfinished.Append(character);
            }
            else
            {
                Put(character);
            }
        }
    }

    /// <summary>Changes its size, as the person who looks at it does.</summary>
    public void Resize(int newColumns, int newRows)
    {
        if (newColumns < columns)
        {
            for (var index = 0; index < _all.Count; index++)
            {
                if (_all[index].Cut(newColumns) is { } rest && folds)
                {
                    _all.Insert(index + 1, rest);
                    _row += index < _row ? 1 : 0;
                }
            }
        }

        (columns, rows) = (newColumns, newRows);
        _top = Math.Max(Math.Min(_top, _row), _row - rows + 1);
    }

    private void Put(char character)
    {
        switch (character)
        {
            case '\r':
                _column = 0;
                break;
            case '\n':
                _row++;
                while (_all.Count <= _row)
                {
                    _all.Add(new Row());
                }

                _top = Math.Max(_top, _row - rows + 1);
                break;
            default:
                if (_column == columns)
                {
                    Put('\r');
                    Put('\n');
                }

                _all[_row].Put(_column++, character, _style);
                if (IsInFrame)
                {
                    Frames[^1]++;
                }

                break;
        }
    }

    private void Obey(string arguments, char letter)
    {
        var count = int.TryParse(arguments, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Max(1, number) : 1;
        switch (letter, arguments)
        {
            case ('m', _): _style = arguments is "" or "0" ? "" : $"{_style};{arguments}".Trim(';'); break;
            case ('A', _): _row = Math.Max(_top, _row - count); break;
            case ('B', _): _row = Math.Min(_top + rows - 1, _row + count); break;
            case ('K', "" or "0"): _all[_row].Cut(_column); break;
            case ('J', "" or "0"):
                Erasures++;
                _all[_row].Cut(_column);
                _all.RemoveRange(_row + 1, _all.Count - _row - 1);
                break;
            case ('h' or 'l', Cursor): IsCursorVisible = letter == 'h'; break;
            case ('h' or 'l', BracketedPaste or ApplicationKeys): break;
            case ('h' or 'l', Synchronized):
                IsInFrame = letter == 'h';
                if (IsInFrame)
                {
                    Frames.Add(0);
                }

                break;
            default: throw new InvalidDataException($"an unknown escape sequence: ESC [ {arguments} {letter}");
        }

        while (_all.Count <= _row)
        {
            _all.Add(new Row());
        }
    }

    private sealed class Row
    {
        private readonly List<(char Character, string Style)> _cells = [];

        public string Text => string.Concat(_cells.Select(cell => cell.Character)).TrimEnd();

        public void Put(int column, char character, string style)
        {
            while (_cells.Count <= column)
            {
                _cells.Add((' ', ""));
            }

            _cells[column] = (character, style);
        }

        public Row? Cut(int column)
        {
            if (_cells.Count <= column)
            {
                return null;
            }

            var rest = new Row();
            rest._cells.AddRange(_cells[column..]);
            _cells.RemoveRange(column, _cells.Count - column);
            return rest;
        }

        public string? StyleOf(string text)
        {
            var at = string.Concat(_cells.Select(cell => cell.Character)).IndexOf(text, StringComparison.Ordinal);
            return at < 0 ? null : _cells[at].Style;
        }
    }
}

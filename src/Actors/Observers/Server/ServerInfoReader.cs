
namespace ActorLoad.Observers.Server;

/// <summary>Asks a server for INFO with one command, in the form that the server understands. The first answers find that form.</summary>
/// <param name="connection">Where to ask.</param>
public sealed class ServerInfoReader(ServerConnection connection)
{
    // Redis 7, Valkey and Dragonfly give several sections at once, and skip a section that they lack. Garnet gives several, and refuses a
    // section that it lacks. Older servers take one section or none; without one they give nearly all.
    private static readonly string[][] Forms =
        [["INFO", "server", "clients", "memory", "stats", "cpu"], ["INFO", "server", "clients", "memory", "stats"], ["INFO"]];

    private const int LongestBeginning = 60;

    private int _form;
    private bool _hasRead;

    /// <summary>Asks. Throws <see cref="ServerUnavailableException"/> if the connection is lost, if INFO is refused, or if the answer is
    /// not INFO.</summary>
    public async Task<ServerInfo> ReadAsync()
    {
        while (true)
        {
            var isLast = _form == Forms.Length - 1;
            try
            {
                var text = string.Join('\n', await connection.AskAsync(Forms[_form]).ConfigureAwait(false));
                var info = ServerInfo.Parse(text, connection.Words);
                if (info.IsInfo && (isLast || info.Text(ServerKind.Received) is not null))
                {
                    _hasRead = true;
                    return info;
                }

                if (isLast)
                {
                    var said = connection.Words.Keep(text, LongestBeginning);
                    throw new ServerUnavailableException($"answers INFO with something else: \"{said}\"")
                    { IsFinal = true, WasConnected = true, IsInfoOfAnother = true };
                }
            }
            catch (ServerRefusedException refusal) when (isLast || !refusal.Message.StartsWith("ERR", StringComparison.Ordinal))
            {
                var isPassing = ServerObstacles.Of(refusal.Message) is ServerObstacle.Loading or ServerObstacle.Busy;
                throw new ServerUnavailableException($"refused INFO ({refusal.Message})", refusal)
                { IsFinal = !isPassing, WasConnected = true, Error = refusal.Message };
            }
            catch (ServerRefusedException)
            {
                // It does not know this form. Try the next.
            }
            catch (ServerUnavailableException cause) when (connection.HasClosed && !_hasRead)
            {
                throw new ServerUnavailableException($"answers PING, and {cause.Message} when it is asked for INFO", cause)
                { WasConnected = true, HasClosedOnInfo = true };
            }

            _form++;
        }
    }
}

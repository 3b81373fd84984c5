using ActorLoad.Metrics;
using ActorLoad.Resp;

namespace ActorLoad.Connections;

/// <summary>What a connection says between open and close, compiled once for all connections of a fleet.</summary>
/// <param name="Setup">Commands before the script, in one send: HELLO or AUTH, CLIENT SETNAME, SELECT and what the run file adds.</param>
/// <param name="Script">The commands of the run file.</param>
public sealed record Session(Script Setup, Script Script)
{
    /// <summary>The session of a connection that was cut and comes back.</summary>
    public Session AfterReconnect { get => field ?? this; init; }

    /// <summary>PING of an idle client; null if the client sends none.</summary>
    internal Exchange? Ping { get; init; }

    /// <summary>Seed of the run.</summary>
    public int Seed { get; init; }

    /// <summary>Number of the fleet, from 0.</summary>
    public int Fleet { get; init; }

    /// <summary>How the connection speaks TLS before all that; null if it does not.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>The session of a client that signs in with <paramref name="credentials"/>, if these are given.</summary>
    public static Session Of(Credentials credentials, ConnectionSettings settings, int seed = 0, int fleet = 0)
    {
        var usual = Of(credentials, settings, isReconnect: false) with { Seed = seed, Fleet = fleet };
        return settings.Setup.OnlyAfterReconnect.IsEmpty ? usual
            : usual with { AfterReconnect = Of(credentials, settings, isReconnect: true) with { Seed = seed, Fleet = fleet } };
    }

    /// <summary>True if a key in it is too long to be one of a cluster's node.</summary>
    internal bool HasLongKey => Commands.Any(command => command.HasLongKey);

    private IEnumerable<ScriptCommand> Commands => Script.Commands.Concat(Setup.Commands).Concat(AfterReconnect.Setup.Commands);

    /// <summary>Number of keys in it that differ in more than their random number. Each is listed for the nodes of a cluster.</summary>
    internal int DifferentKeys => Keys.Count();

    /// <summary>Finds the keys of each of these endpoints that is a node of a cluster.</summary>
    internal void Prepare(IEnumerable<Endpoint> targets)
    {
        SlotSet[] nodes = [.. targets.Select(target => target.Node?.Slots).OfType<SlotSet>()];
        foreach (var same in Keys)
        {
            same.First().Prepare(nodes);
            foreach (var other in same.Skip(1))
            {
                other.TakeFrom(same.First());
            }
        }
    }

    private IEnumerable<IGrouping<string, KeyPlaceholder>> Keys =>
        Commands.SelectMany(command => command.Keys).Where(key => key.HasChoice).GroupBy(key => key.Pattern);

    /// <summary>What cannot be carried out; empty if all can.</summary>
    internal string Problem() => Setup.First.Exchanges.Any(exchange => !exchange.AwaitsReply)
        ? "no command of the setup has a reply, so nothing tells when it is over"
        : Setup.Problem() is { Length: > 0 } problem ? problem : Script.Problem();

    private static Session Of(Credentials credentials, ConnectionSettings settings, bool isReconnect)
    {
        var setup = Script.Together(Steps(credentials, settings.Setup, settings.Script.Fleet, isReconnect));
        var script = settings.Script.After(setup);
        return new Session(setup, script)
        {
            Tls = credentials.Tls,
            Ping = settings.PingEvery > TimeSpan.Zero || settings.Pool is not null ? script.Ping() : null,
        };
    }

    // As real clients do: HELLO has the sign-in and the name at once.
    private static IEnumerable<ScriptStep> Steps(Credentials credentials, SetupSettings setup, string fleet, bool isReconnect)
    {
        ScriptWord[] name = setup.ClientName.Length > 0 ? [ScriptWord.Open(setup.ClientName)] : [];
        if (setup.Resp >= 3)
        {
            string[] auth = credentials.AreGiven ? ["AUTH", credentials.User, credentials.Password] : [];
            string[] words = ["HELLO", "3", .. auth, .. name.Length > 0 ? ["SETNAME"] : Array.Empty<string>()];
            yield return ScriptStep.Of([.. words.Select(ScriptWord.Literal), .. name], fleet);
        }
        else
        {
            if (credentials.AreGiven)
            {
                yield return ScriptStep.Literal([.. credentials.Auth]);
            }

            if (name.Length > 0)
            {
                yield return ScriptStep.Of([ScriptWord.Literal("CLIENT"), ScriptWord.Literal("SETNAME"), .. name], fleet);
            }
        }

        if (setup.Select > 0)
        {
            yield return ScriptStep.Literal("SELECT", $"{setup.Select}");
        }

        var added = isReconnect ? setup.Commands.AddRange(setup.OnlyAfterReconnect) : setup.Commands;
        foreach (var step in Script.Steps(added, fleet))
        {
            yield return step;
        }
    }
}

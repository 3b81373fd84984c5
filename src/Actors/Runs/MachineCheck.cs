using ActorLoad.Configuration;
using ActorLoad.Transport;
using ActorLoad.Transport.Uring;

namespace ActorLoad.Runs;

/// <summary>Checks, before a run begins, that this machine has the transport and the socket options that it asks for.</summary>
public static class MachineCheck
{
    /// <summary>Throws a <see cref="SettingsException"/> that names the key and the remedy if it has not.</summary>
    public static void Check(RunSettings settings)
    {
        try
        {
            TransportChoice.Make(settings.Transport, automatic: 1);
        }
        catch (RingUnavailableException unavailable)
        {
            throw Error("transport.kind", unavailable.Message, "auto takes what is available; sockets runs everywhere");
        }

        SocketOption[] options = [.. settings.Fleets.SelectMany(fleet => fleet.Connection.Socket.Options).Distinct()];
        if (options.Length > 0 && SocketOption.Refused(options) is var (option, reason))
        {
            throw Error($"connection.{option.Key}", reason, SocketOption.RemedyOf(option));
        }
    }

    private static SettingsException Error(string key, string problem, string remedy) =>
        new([new SettingsError("this machine", null, key, problem, remedy)]);
}

using ActorLoad.Diagnosis.Rules;
using ActorLoad.Diagnosis.Tuning;
using ActorLoad.Metrics;
using ActorLoad.Observers.Kernel;

namespace ActorLoad.Doctor;

/// <summary>What the machine must give on which ActorLoad runs. Pure.</summary>
internal static class ClientChecks
{
    /// <summary>Connections that the firewall remembers now.</summary>
    public const string ConntrackCount = "net.netfilter.nf_conntrack_count";

    private const string Range = TuningKeys.PortRange;

    /// <summary>Descriptors: each connection is one.</summary>
    public static Check Descriptors(RunNeeds needs, MachineReadings machine)
    {
        var beside = (needs.Observers * needs.Targets) + OwnLimits.Beside;
        var needed = needs.Open + beside;
        if (machine.Number(TuningKeys.Descriptors) is not { } present)
        {
            return Check.Unseen(TuningKeys.Descriptors, Check.Machine, $"{needed}", machine.WhyUnseen(TuningKeys.Descriptors), "ulimit -Hn");
        }

        var shown = machine.Setting(TuningKeys.Descriptors);
        return present >= needed
            ? Check.Ok(TuningKeys.Descriptors, Check.Machine, shown, $"{needed}", $"{needs.Open.Of("connection")} at once, and what ActorLoad has open beside them")
            : Check.Fail(
                TuningKeys.Descriptors, Check.Machine, shown, $"{needed}",
                $"ActorLoad may have {present.Text()} descriptors (ulimit -n), and {needs.Open.Of("connection")} at once want more: some would get no socket",
                TroubleRemedies.ClientDescriptors(present, machine.Number(KernelSettings.NofileHard), needed, beside, needs.MaxOpen));
    }

    /// <summary>The run's own limit.</summary>
    public static Check MaxOpen(RunNeeds needs) => needs.Due <= needs.MaxOpen
        ? Check.Ok(TuningKeys.MaxOpen, Check.Run, $"{needs.MaxOpen}", $"{needs.Due}", $"{needs.Due.Of("connection")} at once")
        : Check.Fail(
            TuningKeys.MaxOpen, Check.Run, $"{needs.MaxOpen}", $"{needs.Due}",
            $"{needs.Due.Of("connection")} would be due at once, and {(needs.Due - needs.MaxOpen).Text()} of them be dropped, because no more than "
            + $"{needs.MaxOpen.Text()} may be open",
            Remedies.MaxOpen(needs.MaxOpen, needs.Due));

    /// <summary>A port for each connection of each pair of addresses, and where the kernel's search for one gets dear.</summary>
    public static IEnumerable<Check> Ports(RunNeeds needs, MachineReadings machine) => needs.Shares.Select(share => Ports(needs, share, machine));

    private static Check Ports(RunNeeds needs, TargetShare share, MachineReadings machine)
    {
        var (open, range) = (share.Open, machine.Setting(Range));
        var pair = $"{machine.SourceOf(share.Target)} -> {share.Target}";
        if (machine.Ports is not { } ports)
        {
            return Check.Unseen(Range, pair, $"{open}", machine.WhyUnseen(Range), $"sysctl {Range}");
        }

        var present = $"{range} ({ports.Text()})";
        if (open + needs.Observers > ports)
        {
            var observers = needs.Observers > 0 ? $" and {((long)needs.Observers).Of("connection")} of the run's observers" : "";
            return Check.Fail(
                Range, pair, present, $"{open + needs.Observers}",
                $"{open.Of("connection")} at once to {share.Target}{observers} want a port each, and there are {ports.Of("port")}: the others would find none",
                TroubleRemedies.Ports(range, ports, open + needs.Observers, needs.Targets, needs.MaxOpen, needs.Observers));
        }

        return needs.KernelPorts && open > ports / 2
            ? Check.Warn(
                Range, pair, present, $"{2 * open}",
                $"{open.Of("connection")} at once to {share.Target}, whose ports the kernel chooses: beyond half of the {ports.Text()} each connect "
                + "first searches the half that is full",
                TroubleRemedies.HalfRange(range, open))
            : Check.Ok(
                Range, pair, present, $"{open}",
                $"{open.Of("connection")} at once to {share.Target}"
                + (open <= ports / 2 ? "" : ", more than half of the ports: ActorLoad knows which of them are free (connection.ports = slot), so nobody searches for one"));
    }

    /// <summary>Ports that wait in TIME_WAIT, and whether they can be had again.</summary>
    public static Check TimeWait(RunNeeds needs, MachineReadings machine)
    {
        const string Name = TuningKeys.TimeWaitReuse;
        var present = machine.Setting(Name);
        if (!needs.IsGraceful)
        {
            return Check.Ok(Name, Check.Machine, present, null, "connections are closed by RST and nothing waits in TIME_WAIT, whatever this is");
        }

        if (!needs.KernelPorts)
        {
            // connect() takes a port that was bound out of TIME_WAIT, whatever the sysctl says, where TCP has timestamps.
            return Check.Ok(
                Name, Check.Machine, present, null,
                "each connection binds the port that has been free for longest, else the next of the range (connection.ports = slot), and has it out of TIME_WAIT "
                + "again, whatever this is, once the server has closed too");
        }

        if (present is null || machine.Ports is not { } ports)
        {
            return Check.Unseen(Name, Check.Machine, null, machine.WhyUnseen(present is null ? Name : Range), $"sysctl {Name} {Range}");
        }

        if (present == "1" || (present == "2" && needs.IsLoopback))
        {
            return Check.Ok(
                Name, Check.Machine, present, null,
                "a port in TIME_WAIT can be had again after a second"
                + (present == "2" ? "; 2 means on loopback only, so a target on another machine would show what this one hides" : ""));
        }

        var why = present == "2" ? "2 means on loopback only, and the target is elsewhere" : "it is off";
        if (needs.StartedInMinute is not { } started)
        {
            return Check.Warn(
                Name, Check.Machine, present, null,
                $"each connection waits in TIME_WAIT for 60 s with its port, because connection.close = graceful lets us close first, and no port can be had "
                + $"again before ({why}): from {(ports / 60).Text()} connections a second on to one address and port there would be none left",
                TroubleRemedies.TimeWait(present, needs.IsLoopback, needs.KernelPorts, machine.Setting(Range), null));
        }

        var waiting = (started + needs.Targets - 1) / Math.Max(1, needs.Targets);
        return waiting <= ports
            ? Check.Ok(Name, Check.Machine, present, null, $"{waiting.Of("connection")} in 60 s to one address and port wait in TIME_WAIT, and there are {ports.Text()} ports")
            : Check.Fail(
                Name, Check.Machine, present, null,
                $"{waiting.Of("connection")} in 60 s to one address and port would wait in TIME_WAIT, because connection.close = graceful lets us close first: "
                + $"there are {ports.Text()} ports, and none can be had again before ({why})",
                TroubleRemedies.TimeWait(present, needs.IsLoopback, needs.KernelPorts, machine.Setting(Range), waiting));
    }

    /// <summary>Room in the firewall's table.</summary>
    public static Check Conntrack(RunNeeds needs, MachineReadings machine)
    {
        const string Name = TuningKeys.Conntrack;
        var (present, used) = (machine.Number(Name), machine.Number(ConntrackCount) ?? 0);
        var needed = used + Math.Max(needs.Open, needs.Tracked ?? needs.Open);
        if (present is not { } max)
        {
            return machine.Setting(Range) is null || machine.Unseen.Any(note => note.StartsWith(Name, StringComparison.Ordinal))
                ? Check.Unseen(Name, Check.Machine, $"{needed}", machine.WhyUnseen(Name), $"sysctl {Name}")
                : Check.Ok(Name, Check.Machine, null, null, "nobody tracks connections here: nf_conntrack is not loaded");
        }

        if (max >= needed)
        {
            return Check.Ok(Name, Check.Machine, $"{max}", $"{needed}", $"the firewall remembers {used.Of("connection")} now");
        }

        var sentence = $"the firewall can remember {max.Of("connection")} and remembers {used.Text()}; the run would have {needed.Text()} in its table"
            + $"{(needs.Tracked > needs.Open ? ", closed ones that it still remembers included" : "")}, and it drops what finds no room";
        var remedies = TroubleRemedies.Conntrack(max, needed);

        // Nothing in the table may mean that it is loaded and has no rule to track for.
        return used > 0 && max < used + needs.Open
            ? Check.Fail(Name, Check.Machine, $"{max}", $"{needed}", sentence, remedies)
            : Check.Warn(Name, Check.Machine, $"{max}", $"{needed}", used > 0 ? sentence : $"if it tracks at all, {sentence}", remedies);
    }
}

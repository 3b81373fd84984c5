using ActorLoad.Hosting.Commands;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Terminal;

StandardDescriptors.Secure();
MachineLimits.ExitIfTooLow(args);
ResourceFailures.EndTheProcess();
// Every clock of this program comes from here, but for the loops that wait in the kernel.
var time = TimeProvider.System;
Outlets.Open(time);

// `actorload` alone is the quick run; `actorload --cps 8000 --durs 20` works like the ancestor's flags.
if (args.Length == 0 || (args[0].StartsWith('-') && args[0] is not ("-h" or "-?" or "--help" or "--version")))
{
    args = ["run", .. args];
}

if (args[0] != TargetCommand.Name)
{
    SocketEngine.RunCompletionsInline(isDaemon: args[0] == ServeCommand.Name);
}

var code = await RootCommandLine.InvokeAsync(args, time);
return Outlets.Close() is null ? code : ExitCodes.Error;

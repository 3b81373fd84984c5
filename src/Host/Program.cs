using ActorLoad.Hosting.Commands;
using ActorLoad.Hosting.Runs;
using ActorLoad.Hosting.Terminal;

StandardDescriptors.Secure();
MachineLimits.ExitIfTooLow(args);
ResourceFailures.EndTheProcess();
// Every clock of this program comes from here, but for the loops that wait in the kernel.
var time = TimeProvider.System;
Outlets.Open(time);

args = RootCommandLine.WithCommand(args);
if (args[0] != TargetCommand.Name)
{
    SocketEngine.RunCompletionsInline(isDaemon: args[0] == ServeCommand.Name);
}

var code = await RootCommandLine.InvokeAsync(args, time);
return Outlets.Close() is null ? code : ExitCodes.Error;

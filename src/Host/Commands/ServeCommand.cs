using System.CommandLine;
namespace ActorLoad.Hosting.Commands;
internal static class ServeCommand { public static Command Create() => new("serve"); }

using System.Globalization;
using Bytemill.Chaos;
using Spectre.Console.Cli;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
var app = new CommandApp<ChaosCommand>();
app.Configure(config =>
{
    config.SetApplicationName("chaos.sh");
    config.AddExample("--seed", "1", "--rounds", "20");
    config.AddExample("--seed", "1", "--round", "17");
    config.AddExample("--seed", "5", "--rounds", "10", "--faults", "kill-worker,cut-one-off");
    config.PropagateExceptions();
});
try
{
    return await app.RunAsync(args).ConfigureAwait(false);
}
catch (Exception e) when (e is ChaosException or CommandAppException)
{
    Console.Error.WriteLine("chaos: " + e.Message);
    return 2;
}

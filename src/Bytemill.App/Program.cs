using Bytemill.App;
using Bytemill.Pipeline;
using Spectre.Console.Cli;

var app = new CommandApp();
app.Configure(CommandLine.Configure);
try
{
    return await app.RunAsync(CommandLine.NameStandardStreams(args)).ConfigureAwait(false);
}
catch (Exception e) when (e is CommandAppException || UserErrors.IsInputError(e))
{
    ErrorConsole.WriteError(UserErrors.IsInputError(e) ? UserErrors.Describe(e) : UsageErrors.Describe(e, args));
    return ExitCodes.WrongUsage;
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}
catch (Exception e) when (e is not (OutOfMemoryException or StackOverflowException))
{
    ErrorConsole.WriteError(UserErrors.Describe(e));
    if (args.Contains("--verbose"))
    {
        Console.Error.WriteLine(e);
    }

    return ExitCodes.RunFailed;
}

using Bytemill.App;
using Spectre.Console.Cli;

namespace Bytemill.Tests;

public sealed class UsageErrorsTests
{
    [Theory]
    [InlineData("run --limit x --input a", "--limit takes a number", "'x'")]
    [InlineData("run --input a --shuffle=-1", "--shuffle takes a number", "'-1'")]
    [InlineData("run --pack 99999999999", "--pack takes a number", "'99999999999'")]
    [InlineData("run --split-seed 1e3", "--split-seed takes a number", "'1e3'")]
    [InlineData("run --alpha much", "--alpha takes a number", "'much'")]
    [InlineData("run --inputs a", "Unknown option 'inputs'", "--help")]
    public async Task Describe_WhatTheParserRefuses_NamesOptionAndValue(string line, params string[] named)
    {
        string[] arguments = line.Split(' ');
        var app = new CommandApp();
        app.Configure(config =>
        {
            CommandLine.Configure(config);
            config.PropagateExceptions();
        });
        Exception refused = await Assert.ThrowsAnyAsync<CommandAppException>(() => app.RunAsync(arguments, TestContext.Current.CancellationToken));
        Assert.All(named, part => Assert.Contains(part, UsageErrors.Describe(refused, arguments), StringComparison.Ordinal));
    }
}

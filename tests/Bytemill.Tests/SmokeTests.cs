namespace Bytemill.Tests;

public class SmokeTests
{
    [Fact]
    public void Truth() => Assert.Equal(4, 2 + 2);
}

namespace Bytemill.Pipeline;

/// <summary>What the actors of one node share.</summary>
internal sealed class NodeServices : IDisposable
{
    public NodeServices(NodeOptions options)
    {
        Options = options;
        Cpu = new CpuPool(Math.Max(1, options.Threads ?? options.Workers));
        Jobs = new JobContextCache();
    }

    public NodeOptions Options { get; }

    public CpuPool Cpu { get; }

    public JobContextCache Jobs { get; }

    public void Dispose()
    {
        Cpu.Dispose();
        Jobs.Dispose();
    }
}

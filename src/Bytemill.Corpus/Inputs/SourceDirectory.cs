using Microsoft.Extensions.FileSystemGlobbing.Abstractions;

namespace Bytemill.Corpus;

/// <summary>A directory as globs see it: names that start with <c>_</c> or <c>.</c> left out, symbolic links followed
/// unless they lead back to a directory on the way here.</summary>
internal sealed class SourceDirectory : DirectoryInfoBase
{
    private readonly DirectoryInfo _directory;
    private readonly SourceDirectory? _parent;
    private readonly string _realPath;

    public SourceDirectory(DirectoryInfo directory)
        : this(directory, parent: null)
    {
    }

    private SourceDirectory(DirectoryInfo directory, SourceDirectory? parent)
    {
        _directory = directory;
        _parent = parent;
        _realPath = RealPath(directory);
    }

    public override string Name => _directory.Name;

    public override string FullName => _directory.FullName;

    public override DirectoryInfoBase? ParentDirectory => _parent;

    public override IEnumerable<FileSystemInfoBase> EnumerateFileSystemInfos()
    {
        EnumerationOptions all = new() { AttributesToSkip = 0, IgnoreInaccessible = false };
        foreach (FileSystemInfo entry in _directory.EnumerateFileSystemInfos("*", all))
        {
            if (entry.Name.StartsWith('_') || entry.Name.StartsWith('.'))
            {
                continue;
            }

            if (entry is DirectoryInfo child)
            {
                SourceDirectory directory = new(child, this);
                if (!directory.LeadsBack())
                {
                    yield return directory;
                }
            }
            else if (entry is FileInfo file)
            {
                yield return new FileInfoWrapper(file);
            }
        }
    }

    public override DirectoryInfoBase GetDirectory(string path) =>
        new SourceDirectory(new DirectoryInfo(Path.Combine(FullName, path)), this);

    public override FileInfoBase GetFile(string path) => new FileInfoWrapper(new FileInfo(Path.Combine(FullName, path)));

    private static string RealPath(DirectoryInfo directory) =>
        directory.LinkTarget is null
            ? directory.FullName
            : directory.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? directory.FullName;

    private bool LeadsBack()
    {
        for (SourceDirectory? ancestor = _parent; ancestor is not null; ancestor = ancestor._parent)
        {
            if (string.Equals(ancestor._realPath, _realPath, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}

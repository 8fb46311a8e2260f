using Bytemill.Corpus;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>A committed file that is to be published.</summary>
/// <param name="Source">Full path where its task left it.</param>
/// <param name="Result">What the manifest says of it.</param>
/// <param name="IsInPlace">Whether it is where it is to be, from an earlier job.</param>
internal sealed record ListedOutput(string Source, ManifestOutput Result, bool IsInPlace = false)
{
    /// <summary>Whether it is there as long as it was made, where it is in place.</summary>
    public bool IsThere => !IsInPlace || Stores.Of(Source).Find(Source)?.LengthBytes == Result.LengthBytes;

    /// <summary>The files of all tasks that made some, in order.</summary>
    public static IEnumerable<ListedOutput> ReadAll(TaskContext context)
    {
        string manifest = context.Stage.Inputs.Tokenized;
        foreach ((Wire.TokenizedFileInfo info, int task) in manifest.Length == 0 ? [] : ReadInfos(context).Select((info, task) => (info, task)))
        {
            foreach (ListedOutput output in Of(context.Plan, task, StorePath.DirectoryOf(context.Job.PathOf(manifest, task, WorkFileNames.TokenizedInfo)), info))
            {
                yield return output;
            }
        }
    }

    /// <summary>The files of one task.</summary>
    /// <param name="plan">Of the job.</param>
    /// <param name="task">Index of the task.</param>
    /// <param name="directory">Full path of its committed attempt.</param>
    /// <param name="info">What the task says of them.</param>
    public static IEnumerable<ListedOutput> Of(JobPlan plan, int task, string directory, Wire.TokenizedFileInfo info)
    {
        if (plan.Spec.Layout.IsPlain)
        {
            TokenizedFile file = plan.TokenizedFile(task);
            yield return new ListedOutput(
                SourceOf(WorkFileNames.Tokenized, file.Name),
                new ManifestOutput(file.Name.Replace('\\', '/'), info.LengthBytes, info.Rows, info.Tokens, info.Xxh3, file.Epoch),
                info.InPlace);
        }

        foreach (Wire.OutputFile file in info.Files)
        {
            yield return new ListedOutput(
                SourceOf(file.WorkName, file.Name),
                new ManifestOutput(
                    file.Name.Replace('\\', '/'),
                    file.LengthBytes,
                    file.HasRows ? file.Rows : null,
                    file.HasTokens ? file.Tokens : null,
                    file.Xxh3,
                    file.HasEpoch ? file.Epoch : null,
                    file.Split.Length == 0 ? null : file.Split),
                info.InPlace);
        }

        string SourceOf(string workName, string name) => info.InPlace ? StorePath.Combine(plan.Spec.OutputDirectory, name) : StorePath.Combine(directory, workName);
    }

    /// <summary>What all tasks say of their files, in order.</summary>
    public static IEnumerable<Wire.TokenizedFileInfo> ReadInfos(TaskContext context) =>
        context.OpenAll(context.Stage.Inputs.Tokenized, WorkFileNames.TokenizedInfo).Select(ReadInfo);

    /// <summary>What a task says of its files.</summary>
    public static Wire.TokenizedFileInfo ReadInfo(RunOpener open)
    {
        using Stream file = open();
        return CheckedMessage.Read(file, Wire.TokenizedFileInfo.Parser);
    }
}

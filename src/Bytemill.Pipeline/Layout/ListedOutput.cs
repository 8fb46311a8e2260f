namespace Bytemill.Pipeline;

/// <summary>A committed file that is to be published.</summary>
/// <param name="Source">Full path where its task left it.</param>
/// <param name="Result">What the manifest says of it.</param>
internal sealed record ListedOutput(string Source, ManifestOutput Result)
{
    /// <summary>The files of all tasks that made some, in order.</summary>
    public static IEnumerable<ListedOutput> ReadAll(TaskContext context)
    {
        string manifest = context.Stage.Inputs.Tokenized;
        for (int task = 0; manifest.Length > 0 && task < context.Job.Manifest(manifest).AttemptDirectories.Length; task++)
        {
            Wire.TokenizedFileInfo info = ReadInfo(context, task);
            if (context.Spec.Layout.IsPlain)
            {
                TokenizedFile file = context.Plan.TokenizedFile(task);
                yield return new ListedOutput(
                    context.Job.PathOf(manifest, task, WorkFileNames.Tokenized),
                    new ManifestOutput(file.Name.Replace('\\', '/'), info.LengthBytes, info.Rows, info.Tokens, info.Xxh3, file.Epoch));
            }

            foreach (Wire.OutputFile file in info.Files)
            {
                yield return new ListedOutput(
                    context.Job.PathOf(manifest, task, file.WorkName),
                    new ManifestOutput(
                        file.Name.Replace('\\', '/'),
                        file.LengthBytes,
                        file.HasRows ? file.Rows : null,
                        file.HasTokens ? file.Tokens : null,
                        file.Xxh3,
                        file.HasEpoch ? file.Epoch : null,
                        file.Split.Length == 0 ? null : file.Split));
            }
        }
    }

    /// <summary>What a task says of its files.</summary>
    public static Wire.TokenizedFileInfo ReadInfo(TaskContext context, int task)
    {
        using Stream file = context.Open(context.Stage.Inputs.Tokenized, task, WorkFileNames.TokenizedInfo)();
        return CheckedMessage.Read(file, Wire.TokenizedFileInfo.Parser);
    }
}

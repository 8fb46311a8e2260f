using Bytemill.Corpus;
using Bytemill.Tokenization;
using Bytemill.Training;

namespace Bytemill.Pipeline;

/// <summary>Reads the files of a committed attempt only to see whether they are what was written.</summary>
internal static class WorkFileCheck
{
    /// <summary>Whether all files of the directory can be read and their checksums are right.</summary>
    /// <param name="directory">Of the attempt.</param>
    /// <param name="stage">What its task did.</param>
    public static bool IsWhole(string directory, StageKind stage)
    {
        try
        {
            foreach (string path in Directory.EnumerateFiles(directory))
            {
                ReadThrough(path, stage);
            }

            return true;
        }
        catch (Exception e) when (e is RunFormatException or ModelFormatException or IOException or UnauthorizedAccessException)
        {
            // Whatever is wrong with it: it is made anew.
            return false;
        }
    }

    /// <summary>Whether a file that an earlier job made is there, and what it was.</summary>
    /// <exception cref="StoreUnavailableException">Nobody can say.</exception>
    public static bool IsWhole(string path, long lengthBytes, string xxh3)
    {
        try
        {
            using Stream file = Stores.OpenRead(path);
            return file.Length == lengthBytes && FileHash.Of(file) == xxh3;
        }
        catch (Exception e) when (e is IOException and not StoreUnavailableException or UnauthorizedAccessException)
        {
            // Whatever is wrong with it: it is made anew.
            return false;
        }
    }

    /// <summary>Requires that a file is what was written, unless it has left for its final name.</summary>
    /// <param name="path">Where its task left it.</param>
    /// <param name="xxh3">Its hash.</param>
    /// <param name="finalPath">Where it is once it is published.</param>
    /// <exception cref="RunFormatException">It is damaged.</exception>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    public static void Require(string path, string xxh3, string finalPath)
    {
        try
        {
            using Stream file = Stores.OpenRead(path);
            Compare(file, path, xxh3);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            if (!Stores.HasFile(finalPath))
            {
                throw new FileNotFoundException($"A committed result is gone: neither '{path}' nor '{finalPath}' is there.", path, e);
            }
        }
    }

    private static void ReadThrough(string path, StageKind stage)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        switch (Path.GetFileName(path))
        {
            case WorkFileNames.Run:
                RunFileCheck.ReadThrough(file, stage == StageKind.CountNGrams ? RunKind.NGramRun : RunKind.PieceRun, CancellationToken.None);
                break;
            case WorkFileNames.Slice:
                RunFileCheck.ReadThrough(file, RunKind.NGramSlice, CancellationToken.None);
                break;
            case WorkFileNames.Kept or WorkFileNames.Dropped:
                RunFileCheck.ReadThrough(file, RunKind.PieceSlice, CancellationToken.None);
                break;
            case WorkFileNames.Ranked:
                RunFileCheck.ReadThrough(file, RunKind.RankedPieces, CancellationToken.None);
                break;
            case WorkFileNames.NGramModel:
                NGramModel.Open(File.OpenHandle(path)).Dispose();
                break;
            case WorkFileNames.Vocabulary:
                ModelFile.Read(file);
                break;
            case WorkFileNames.Cut or WorkFileNames.TokenizedInfo or WorkFileNames.ShuffleIndex or WorkFileNames.LeftOut or WorkFileNames.RunInfo:
                CheckedMessage.ReadThrough(file);
                break;
            case WorkFileNames.ShuffleRows:
                using (FileStream indexFile = File.OpenRead(Path.Combine(Path.GetDirectoryName(path)!, WorkFileNames.ShuffleIndex)))
                {
                    ShuffleFile.ReadThrough(file, CheckedMessage.Read(indexFile, Wire.ShuffleIndex.Parser));
                }

                break;
            case var name when name == WorkFileNames.Tokenized || name.StartsWith(WorkFileNames.OutputPrefix, StringComparison.Ordinal):
                Compare(file, path, HashOf(name, Path.Combine(Path.GetDirectoryName(path)!, WorkFileNames.TokenizedInfo)));
                break;
            default:
                throw new InvalidOperationException($"A committed attempt holds '{path}', which no task writes.");
        }
    }

    private static string HashOf(string name, string infoPath)
    {
        using FileStream infoFile = File.OpenRead(infoPath);
        Wire.TokenizedFileInfo info = CheckedMessage.Read(infoFile, Wire.TokenizedFileInfo.Parser);
        return name == WorkFileNames.Tokenized ? info.Xxh3
            : info.Files.FirstOrDefault(file => file.WorkName == name)?.Xxh3
                ?? throw new RunFormatException($"Work file '{infoPath}' does not name '{name}' beside it.");
    }

    private static void Compare(Stream file, string path, string xxh3)
    {
        if (FileHash.Of(file) != xxh3)
        {
            throw new RunFormatException($"Work file '{path}' is damaged: its checksum differs.");
        }
    }
}

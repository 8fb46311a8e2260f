using System.Collections.Immutable;
using System.Text;

namespace Bytemill.Tokenization;

/// <summary>
/// The special tokens of a model: ids without bytes. <c>&lt;pad&gt;</c>, <c>&lt;bos&gt;</c> and <c>&lt;eos&gt;</c> are ids 0, 1, 2;
/// those defined by the user follow the vocabulary. Immutable and thread-safe.
/// </summary>
public sealed class SpecialTokens
{
    /// <summary>Longest name, in UTF-8 bytes.</summary>
    public const int MaxNameLength = 1024;

    private static readonly ImmutableArray<string> s_builtIn = ["<pad>", "<bos>", "<eos>"];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    internal SpecialTokens(int vocabularyCount, ImmutableArray<string> userDefined)
    {
        FirstUserDefinedId = vocabularyCount;
        UserDefined = userDefined;
        for (int i = 0; i < s_builtIn.Length; i++)
        {
            _ids.Add(s_builtIn[i], i);
        }

        for (int i = 0; i < userDefined.Length; i++)
        {
            string? fault = FindFault(userDefined[i]);
            if (fault is null && !_ids.TryAdd(userDefined[i], checked(vocabularyCount + i)))
            {
                fault = "is there twice or is built in";
            }

            if (fault is not null)
            {
                Throw.BadSpecialToken(i, userDefined[i], fault, nameof(userDefined));
            }
        }
    }

    /// <summary>Names defined by the user, in the order of their ids.</summary>
    public ImmutableArray<string> UserDefined { get; }

    /// <summary>Id of the first of <see cref="UserDefined"/>: the number of ids of the vocabulary.</summary>
    public int FirstUserDefinedId { get; }

    /// <summary>All names, the built-in ones first.</summary>
    public IEnumerable<string> Names => s_builtIn.Concat(UserDefined);

    /// <summary>Finds the id of a special token by its name.</summary>
    public bool TryGetId(string name, out int id) => _ids.TryGetValue(name, out id);

    /// <summary>Finds the name of a special token by its id.</summary>
    public bool TryGetName(int id, out string name)
    {
        int index = id - FirstUserDefinedId;
        name = (uint)id < (uint)s_builtIn.Length ? s_builtIn[id]
            : (uint)index < (uint)UserDefined.Length ? UserDefined[index]
            : "";
        return name.Length > 0;
    }

    // What is wrong with a name, or null.
    private static string? FindFault(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "is empty";
        }

        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]))
            {
                if (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[i + 1]))
                {
                    return "has a lone surrogate, which UTF-8 cannot hold";
                }

                i++;
            }
        }

        return Encoding.UTF8.GetByteCount(name) > MaxNameLength ? "is too long" : null;
    }
}

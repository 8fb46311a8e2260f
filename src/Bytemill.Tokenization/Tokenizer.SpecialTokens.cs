namespace Bytemill.Tokenization;

/// <content>Special tokens given after training.</content>
public sealed partial class Tokenizer
{
    /// <summary>Whether <paramref name="id"/> is a special token, built in or defined by the user: an id without bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id.</exception>
    public bool IsSpecial(int id) => PieceOf(id).IsEmpty;

    /// <summary>The text of <paramref name="ids"/> with the special tokens among them by their names; for showing, not for encoding again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id.</exception>
    public string DecodeWithSpecialTokens(ReadOnlySpan<int> ids)
    {
        var text = new System.Text.StringBuilder();
        int start = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            if (Model.SpecialTokens.TryGetName(ids[i], out string name))
            {
                text.Append(DecodeToString(ids[start..i])).Append(name);
                start = i + 1;
            }
        }

        return text.Append(DecodeToString(ids[start..])).ToString();
    }
}

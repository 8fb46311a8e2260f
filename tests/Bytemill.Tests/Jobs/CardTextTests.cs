using Bytemill.Pipeline;

namespace Bytemill.Tests;

/// <summary>A card that a job and people write together.</summary>
public sealed class CardTextTests
{
    private static readonly Dictionary<string, string> s_first = new() { ["dataset_info"] = "dataset_info:\n  rows: 1\n", ["configs"] = "configs:\n- config_name: default\n" };
    private static readonly Dictionary<string, string> s_second = new() { ["dataset_info"] = "dataset_info:\n- rows: 2\n- rows: 3\n", ["configs"] = "configs:\n- config_name: epoch_0\n" };
    private static readonly Dictionary<string, string> s_initial = new() { ["tags"] = "tags:\n- tokenized\n" };

    private static string New => Merge(null);

    [Fact]
    public void Merge_NoText_HasEntriesAndSection()
    {
        Assert.StartsWith("---\ndataset_info:\n  rows: 1\nconfigs:\n- config_name: default\ntags:\n- tokenized\n---\n\n<!-- bytemill: ", New, StringComparison.Ordinal);
        Assert.Contains(" -->\n# One\n<!-- bytemill: ", New, StringComparison.Ordinal);
        Assert.Equal(New, Merge(New));
        Assert.Null(Without(New));
    }

    [Fact]
    public void Merge_TextThatPeopleHaveWrittenInto_KeepsAllButTheJobsPart()
    {
        string edited = New
            .Replace("---\ndataset_info", "---\nlicense: cc-by-sa-4.0\nlanguage: [en, 'no']\n# sizes\ndataset_info", StringComparison.Ordinal)
            .Replace("configs:", "pretty_name: |\n  # not a comment\n\n  two lines\n# what goes where\nconfigs:", StringComparison.Ordinal)
            .Replace("- tokenized", "- tokenized\n- mine", StringComparison.Ordinal)
            .Replace("<!-- bytemill: what", "# My corpus\n\nOf *my* texts.\n\n<!-- bytemill: what", StringComparison.Ordinal)
            + "\n## Citation\n\n---\nmine\n---\n";
        string merged = Merge(edited, s_second, "# Two\n");
        Assert.Equal(
            edited.Replace("dataset_info:\n  rows: 1\n", s_second["dataset_info"], StringComparison.Ordinal)
                .Replace("configs:\n- config_name: default\n", s_second["configs"], StringComparison.Ordinal)
                .Replace("# One\n", "# Two\n", StringComparison.Ordinal),
            merged);
        Assert.Equal(merged, Merge(merged, s_second, "# Two\n"));
        Assert.Equal(
            "---\nlicense: cc-by-sa-4.0\nlanguage: [en, 'no']\n# sizes\npretty_name: |\n  # not a comment\n\n  two lines\n# what goes where\ntags:\n- tokenized\n- mine\n---\n"
                + "\n# My corpus\n\nOf *my* texts.\n\n\n## Citation\n\n---\nmine\n---\n",
            Without(merged));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# Mine\n\ntext")]
    [InlineData("---\nno end\n")]
    [InlineData("---\n{license: mit}\n---\n# Mine\n")]
    [InlineData("---\n- a list\n---\n# Mine\n")]
    [InlineData("---\na: [\n---\n# Mine\n")]
    [InlineData("---\na: 1\na: 2\n---\n# Mine\n")]
    [InlineData("---\n  a: 1\n---\n# Mine\n")]
    public void Merge_TextWithoutYamlThatCanBeCut_PutsTheEntriesBefore(string text)
    {
        string merged = Merge(text);
        Assert.Equal($"---\n{string.Concat(s_first.Values)}---\n\n{text}", merged);
        Assert.Equal(merged, Merge(merged));
        Assert.Equal(string.IsNullOrWhiteSpace(text) ? null : text, Without(merged));
    }

    [Theory]
    [InlineData("---\n---\n# Mine\n", "---\n---\n# Mine\n")]
    [InlineData("---\nlicense: mit\n---", "---\nlicense: mit\n---\n")]
    [InlineData("---\n# only this\n---\n", "---\n# only this\n---\n")]
    public void Without_TextThatIsPeoples_IsThatText(string text, string expected) => Assert.Equal(expected.Replace("---\n---\n", "", StringComparison.Ordinal), Without(Merge(text)));

    [Fact]
    public void Merge_SectionThatPeopleHaveRemoved_StaysAway()
    {
        string[] lines = New.Split('\n');
        int first = Array.FindIndex(lines, line => line.StartsWith("<!--", StringComparison.Ordinal));
        string edited = string.Join('\n', lines[..first]) + "\nMine.\n";
        Assert.Equal(edited.Replace("rows: 1", "rows: 7", StringComparison.Ordinal), Merge(edited, new() { ["dataset_info"] = "dataset_info:\n  rows: 7\n" }, "# Two\n"));
    }

    [Fact]
    public void Merge_WindowsLineEndings_Stay()
    {
        string edited = (New + "Mine.\n").ReplaceLineEndings("\r\n");
        Assert.Equal((Merge(New + "Mine.\n", s_second, "# Two\n")).ReplaceLineEndings("\r\n"), Merge(edited, s_second, "# Two\n"));
        Assert.Equal("\r\nMine.\r\n".TrimStart(), Without(edited));
    }

    private static string Merge(string? present) => Merge(present, s_first, "# One\n");

    private static string Merge(string? present, Dictionary<string, string> entries, string section) => CardText.Merge(present, entries, s_initial, section);

    private static string? Without(string present) => CardText.Without(present, s_first.Keys, s_initial);
}

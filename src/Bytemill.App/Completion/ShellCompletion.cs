using System.Text;

namespace Bytemill.App;

/// <summary>Scripts that make shells complete commands, options, and else files.</summary>
internal static class ShellCompletion
{
    public static string Bash(CommandNode root)
    {
        var text = new StringBuilder("""
            # bytemill completion bash > ~/.local/share/bash-completion/completions/bytemill
            _bytemill() {
                local cur=${COMP_WORDS[COMP_CWORD]} at="" word words
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    case $word in -*) ;; *) case "$at $word" in
            """).Append('\n');
        foreach ((string path, CommandNode node) in Walk(root).Where(each => each.Path.Length > 0))
        {
            text.Append($"            '{ParentOf(path)} {node.Name}') at='{path}' ;;\n");
        }

        text.Append("        esac ;; esac\n    done\n    case $at in\n");
        foreach ((string path, CommandNode node) in Walk(root))
        {
            IEnumerable<string> words = node.Commands.Select(command => command.Name).Concat(node.Options.Select(option => "--" + option.Long));
            text.Append($"        '{path}') words='{string.Join(' ', words)}' ;;\n");
        }

        return text.Append("""
                esac
                COMPREPLY=($(compgen -W "$words" -- "$cur"))
                [[ $cur == -* || -z $at ]] || COMPREPLY+=($(compgen -f -- "$cur"))
            }
            complete -o filenames -F _bytemill bytemill

            """).ToString();
    }

    public static string Zsh(CommandNode root)
    {
        var text = new StringBuilder("""
            #compdef bytemill
            # bytemill completion zsh > a directory of $fpath, as _bytemill
            _bytemill() {
                local at="" word
                for word in "${(@)words[2,CURRENT-1]}"; do
                    case $word in -*) ;; *) case "$at $word" in
            """).Append('\n');
        foreach ((string path, CommandNode node) in Walk(root).Where(each => each.Path.Length > 0))
        {
            text.Append($"            '{ParentOf(path)} {node.Name}') at='{path}' ;;\n");
        }

        text.Append("        esac ;; esac\n    done\n    local -a commands options\n    case $at in\n");
        foreach ((string path, CommandNode node) in Walk(root))
        {
            text.Append($"        '{path}')\n            commands=({string.Join(' ', node.Commands.Select(command => Quote($"{command.Name}:{command.Description}")))})\n");
            text.Append($"            options=({string.Join(' ', node.Options.Select(option => Quote($"--{option.Long}:{option.Description}")))}) ;;\n");
        }

        return text.Append("""
                esac
                if [[ $PREFIX == -* ]]; then
                    _describe option options
                elif (( $#commands )); then
                    _describe command commands
                else
                    _files
                fi
            }
            # Loaded from $fpath, this is called for the first completion already.
            if [[ $funcstack[1] == _bytemill ]]; then
                _bytemill "$@"
            else
                compdef _bytemill bytemill
            fi

            """).ToString();
    }

    public static string Fish(CommandNode root)
    {
        var text = new StringBuilder("# bytemill completion fish > ~/.config/fish/completions/bytemill.fish\n");
        foreach ((string path, CommandNode node) in Walk(root))
        {
            string[] names = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string condition = names.Length == 0
                ? "__fish_use_subcommand"
                : string.Join("; and ", names.Select(name => $"__fish_seen_subcommand_from {name}"));
            foreach (CommandNode command in node.Commands)
            {
                text.Append($"complete -c bytemill -n {Quote(condition)} -f -a {command.Name} -d {Quote(command.Description)}\n");
            }

            foreach (CommandOptionName option in node.Options)
            {
                text.Append($"complete -c bytemill -n {Quote(condition)} -l {option.Long}{(option.Short.Length > 0 ? $" -s {option.Short}" : "")}{(option.TakesValue ? " -r" : "")} -d {Quote(option.Description)}\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<(string Path, CommandNode Node)> Walk(CommandNode node, string path = "") =>
        node.Commands.SelectMany(command => Walk(command, $"{path} {command.Name}")).Prepend((path, node));

    private static string ParentOf(string path) => path[..path.LastIndexOf(' ')];

    private static string Quote(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

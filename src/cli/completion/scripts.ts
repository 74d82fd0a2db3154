/** Completion scripts by shell. They call `cerevisor complete`, which prints a value, a tab and a description per line. */
export const completionScripts = {
  bash: `# cerevisor completion for bash. In ~/.bashrc:  source <(cerevisor completion bash)
_cerevisor() {
  local value about current=\${COMP_WORDS[COMP_CWORD]}
  current=\${current//[\\\\\\"\\']/}
  COMPREPLY=()
  while IFS=$'\\t' read -r value about; do
    if [[ $value == :files ]]; then
      compopt -o default 2> /dev/null
    elif [[ $value == "$current"* ]]; then
      COMPREPLY+=("$(printf %q "$value")")
    fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -F _cerevisor cerevisor
`,
  zsh: `#compdef cerevisor
# cerevisor completion for zsh. In ~/.zshrc, after compinit:  source <(cerevisor completion zsh)
_cerevisor() {
  local value about files
  local -a values
  while IFS=$'\\t' read -r value about; do
    if [[ $value == :files ]]; then
      files=1
    else
      values+=("\${value//:/\\\\:}\${about:+:$about}")
    fi
  done < <("\${words[1]}" complete -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)
  (( $#values )) && _describe -V cerevisor values
  [[ -n $files ]] && _files
}
if [[ $funcstack[1] == _cerevisor ]]; then
  _cerevisor "$@"
else
  compdef _cerevisor cerevisor
fi
`,
  fish: `# cerevisor completion for fish. Once:  cerevisor completion fish > ~/.config/fish/completions/cerevisor.fish
function __cerevisor_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] "$current" 2> /dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c cerevisor -f -k -a '(__cerevisor_complete)'
`,
} as const;

export type Shell = keyof typeof completionScripts;

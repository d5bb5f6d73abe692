/**
 * The scripts that make a shell ask `opta complete -- WORDS`. Words go over as arguments, never through `eval`: what is
 * half typed must not run. An answer is a line a candidate (`value TAB summary`), then `:0` files, `:4` none, `:16` folders.
 */

// Old bash splits words at `=`, so that they are joined again here, and only the part after it is answered.
const bash = `# bash completion for opta: source <(opta completion bash)
_opta() {
  local words=() joined=0 word line value directive=4 cur
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $word == = || $joined == 1 ]] && ((\${#words[@]})); then
      words[\${#words[@]}-1]+=$word
      [[ $word == = ]] && joined=1 || joined=0
    else
      words+=("$word")
    fi
  done
  cur=\${words[\${#words[@]}-1]}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directive=\${line#:}
    else
      value=\${line%%$'\\t'*}
      [[ $cur == --*=* ]] && value=\${value#*=}
      COMPREPLY+=("$value")
    fi
  done < <(opta complete -- "\${words[@]}" 2>/dev/null)
  cur=\${cur##*=}
  case $directive in
    0) compopt -o filenames 2>/dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur") ;;
    16) compopt -o filenames 2>/dev/null; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$cur") ;;
  esac
}
complete -F _opta opta
`;

const zsh = `#compdef opta
# zsh completion for opta: source <(opta completion zsh), after compinit
_opta() {
  local line value directive=4
  local -a values
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directive=\${line#:}
    else
      value=\${line%%$'\\t'*}
      values+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done < <(opta complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#values} )) && _describe -t opta opta values
  case $directive in
    0) compset -P '*='; _files ;;
    16) compset -P '*='; _files -/ ;;
  esac
}
compdef _opta opta
`;

const fish = `# fish completion for opta: opta completion fish | source
function __opta_answer
  set -l words (commandline -opc) (commandline -ct)
  set -l answer (opta complete -- $words[2..-1] 2>/dev/null)
  for line in $answer[1..-2]
    echo $line
  end
  switch "$answer[-1]"
    case ':0'
      __fish_complete_path (commandline -ct)
    case ':16'
      __fish_complete_directories (commandline -ct)
  end
end
complete -c opta -f -a '(__opta_answer)'
`;

const powershell = `# PowerShell completion for opta: opta completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName opta -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
  # PowerShell before 7.3 drops an empty argument of a native command.
  if ($wordToComplete -eq '') { $words += if ($PSVersionTable.PSVersion -ge [version]'7.3') { '' } else { '""' } }
  $answer = @(& opta complete -- @words 2>$null)
  foreach ($line in $answer) {
    if ($line.StartsWith(':')) {
      if ($line -eq ':4') { continue }
      Get-ChildItem -Path "$wordToComplete*" -Directory:($line -eq ':16') -ErrorAction SilentlyContinue |
        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_.Name) }
      continue
    }
    $value, $summary = $line -split "\`t", 2
    if (-not $summary) { $summary = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $summary)
  }
}
`;

export const completionScripts = { bash, zsh, fish, powershell } as const;

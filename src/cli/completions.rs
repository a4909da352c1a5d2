//! `tutti completions`: what a shell needs to complete commands and flags, made of the same table as `--help`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Args;

/// For which shell.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tutti completions bash > ~/.local/share/bash-completion/completions/tutti
  tutti completions zsh  > ~/.zfunc/_tutti       with ~/.zfunc in $fpath
  tutti completions fish > ~/.config/fish/completions/tutti.fish")]
pub(super) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Prints it.
pub(super) fn print(args: &CompletionsArgs) {
    clap_complete::generate(args.shell, &mut Args::command(), "tutti", &mut std::io::stdout());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_gets_every_command() {
        let commands: Vec<_> =
            Args::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        assert!(commands.contains(&"backup".to_owned()));
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "tutti", &mut script);
            let script = String::from_utf8(script).unwrap();
            for command in &commands {
                assert!(script.contains(command.as_str()), "{shell}: {command}");
            }
        }
    }
}

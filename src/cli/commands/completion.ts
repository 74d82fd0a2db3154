import { Argument } from 'commander';
import { candidatesFor } from '../completion/candidates.ts';
import { completionScripts, type Shell } from '../completion/scripts.ts';
import { completionSources } from '../completion/sources.ts';
import type { Context } from '../context.ts';
import { type AddCommand, examples } from './command.ts';

export const addCompletion: AddCommand = (program, context) => {
  program
    .command('completion')
    .description('print a script that completes commands, sessions and agents in your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(completionScripts)))
    .addHelpText(
      'after',
      examples(
        'source <(cerevisor completion bash)   # in ~/.bashrc',
        'source <(cerevisor completion zsh)    # in ~/.zshrc, after compinit',
        'cerevisor completion fish > ~/.config/fish/completions/cerevisor.fish',
      ),
    )
    // The choices are the shells with scripts.
    .action((shell: string) => printScript(context, shell as Shell));
};

function printScript({ output }: Context, shell: Shell): void {
  const script = completionScripts[shell];
  output.rows(script.trimEnd().split('\n'));
  output.document({ shell, script });
}

/** Called by the completion scripts, and hidden from users. */
export const addComplete: AddCommand = (program, context) => {
  program
    .command('complete', { hidden: true })
    .description('list possible completions of a command line')
    .argument('[words...]', 'the arguments after the program name')
    .action(async (words: string[]) => {
      const { output } = context;
      const { values, files } = await candidatesFor(program, words, completionSources(context));
      output.rows(values.map(({ value, about }) => (about === '' ? value : `${value}\t${about}`)));
      if (files) output.rows([':files']);
      output.document({ values, files });
    });
};
